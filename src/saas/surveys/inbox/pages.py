"""/surveys: what clients answered, with themes, follow-ups and the response rate; as a workbook too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.spreadsheets import XLSX
from saas.kernel.uploads import attachment
from saas.surveys.inbox import counting, listing
from saas.surveys.inbox.export import workbook
from saas.surveys.inbox.listing import PAGE, VIEWS, Wanted, wanted
from saas.surveys.inbox.questionnaire_names import names
from saas.surveys.inbox.scoring import FEWEST, percent
from saas.surveys.rooms import tabs
from saas.surveys.tagging import tags
from saas.surveys.wording import said

AT = "/f/{slug:str}/surveys"
LATELY = timedelta(days=90)
MOST = 20_000  # lines of a workbook


@get(AT, opt={"permission": "surveys.read"})
async def index(request: Req, session: Db) -> Response[str]:
    """The inbox, as the address narrows it."""
    asked, actor, at = wanted(request.query_params), actor_of(request), address_in(request)
    found = await listing.answers(session, asked, actor.id)
    rows = await listing.rows(session, found[:PAGE])

    def url(**changed: Any) -> str:
        given = {**asked.query, **{name: str(value) for name, value in changed.items()}}
        return at("/surveys?" + urlencode({k: v for k, v in given.items() if v}))

    return await page(
        request, "surveys/inbox/index.html", session=session, tabs=tabs(request, "inbox"), rows=rows,
        views=[{"label": label, "url": url(view=name), "active": asked.view == name} for name, label in VIEWS.items()],
        **await _filters(session, asked, url), response=await _response(session, asked.questionnaire),
        pages={"shown": f"{asked.offset + 1}–{asked.offset + len(rows)}" if rows else "",
               "previous": url(offset=max(asked.offset - PAGE, 0)) if asked.offset else "",
               "next": url(offset=asked.offset + PAGE) if len(found) > PAGE else ""},
        clear_url=at("/surveys") if asked.query else "",
        export_url=url().replace("/surveys?", "/surveys/export?") if actor.may("surveys.export") else "",
        may_manage=actor.may("surveys.manage"),
    )  # fmt: skip


async def _filters(session: AsyncSession, asked: Wanted, url: Any) -> dict[str, Any]:
    named, themes = await names(session), await tags(session)
    chosen = next((said(one.name) for one in themes if one.id == asked.tag), "")
    return {
        "questionnaires": [{"label": name, "url": url(questionnaire=key)} for key, name in named.items()],
        "questionnaire": named.get(asked.questionnaire, ""),
        "themes": [{"label": said(one.name), "url": url(tag=one.id)} for one in themes],
        "theme": chosen,
    }


async def _response(session: AsyncSession, questionnaire: str) -> dict[str, Any]:
    """How many of those who were asked within 90 days answered; the rate is hidden where few were asked."""
    cohorts = await counting.cohorts(session, clock.now() - LATELY, [])
    mine = [one for (key, _quarter), one in cohorts.items() if questionnaire in ("", key)]
    asked, answered = sum(one.asked for one in mine), sum(one.answered for one in mine)
    return {"asked": asked, "answered": answered, "rate": percent(answered, asked) if asked >= FEWEST else ""}


@get(f"{AT}/export", opt={"permission": "surveys.export"})
async def export(request: Req, session: Db) -> Response[bytes]:
    """The list as it is narrowed: one line for each value."""
    actor, asked = actor_of(request), wanted(request.query_params)
    found = await listing.answers(session, Wanted(asked.view, asked.questionnaire, asked.tag, asked.client), actor.id,
                                  limit=MOST)  # fmt: skip
    content = workbook(await listing.rows(session, found))
    record(session, actor, "surveys.export", clock.now(), summary=str(len(found)))
    return attachment(content, f"surveys-{clock.today().isoformat()}.xlsx", XLSX)


ROUTES = [index, export]
