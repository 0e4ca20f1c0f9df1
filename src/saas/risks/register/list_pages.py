"""The register: heat map, list, workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.uploads import attachment
from saas.risks.levels import CATEGORIES, LEVELS
from saas.risks.register import queries
from saas.risks.register.export import MEDIA_TYPE, workbook
from saas.risks.register.listing import VIEWS, Wanted, by_level, chosen, heat_map, row, wanted
from saas.risks.register.workflow import RISK
from saas.risks.tabs import tabs
from saas.risks.watch import suggesting
from saas.risks.watch.naming import called, names

RISKS = "/f/{slug:str}/risks"


@get(RISKS, opt={"permission": "risks.read"})
async def index(request: Req, session: Db) -> Response[str]:
    """Heat map and list of what the address asks for."""
    asked, actor = wanted(request.query_params), actor_of(request)
    found = await queries.risks(session, closed=asked.state == "closed")
    members, measures = await members_by_id(session), await queries.measures_by_risk(session)
    shown, today = chosen(found, asked), clock.today()

    def url(**changed: Any) -> str:
        given = {**asked.query, **{name: str(value) for name, value in changed.items()}}
        return address_in(request)("/risks?" + urlencode({k: v for k, v in given.items() if v}))

    return await page(
        request,
        "risks/index.html",
        session=session,
        tabs=tabs(request, "register"),
        asked=asked,
        rows=[row(risk, asked, members, measures, today) for risk in shown],
        any=bool(found),
        map=heat_map([r for r in found if _without_place(asked).takes(r)], asked, url),
        views=[
            {"label": label, "url": url(view="" if name == "today" else name), "active": asked.view == name}
            for name, label in VIEWS.items()
        ],
        levels=_levels(found, asked, url),
        categories=[{"label": label, "url": url(category=name)} for name, label in CATEGORIES.items()],
        states=[{"label": state.label, "url": url(state=state.name)} for state in RISK.states],
        category=CATEGORIES.get(asked.category),
        state=RISK.state(asked.state).label if asked.state else None,
        clear_url=address_in(request)("/risks") if asked.query else "",
        export_url=url().replace("/risks?", "/risks/export?") if actor.may("risks.export") else "",
        suggestions=await _suggestions(session) if actor.may("risks.write") else [],
        may_write=actor.may("risks.write"),
        may_declare=actor.may("incidents.declare"),
    )  # fmt: skip


def _without_place(asked: Wanted) -> Wanted:
    """The map shows every cell of what else is asked for."""
    return Wanted(asked.view, asked.level, asked.category, asked.state, asked.owner)


def _levels(found: Any, asked: Wanted, url: Any) -> list[dict[str, Any]]:
    counts = by_level(found, asked)
    return [
        {"level": level, "count": counts[level.name], "on": asked.level == level.name,
         "url": url(level="" if asked.level == level.name else level.name)}
        for level in LEVELS
    ]  # fmt: skip


async def _suggestions(session: AsyncSession) -> list[dict[str, Any]]:
    """What the figures suggest, ready to be taken or left."""
    found, named = await suggesting.waiting(session), await names(session)
    entries = {risk.id: risk for risk in await queries.risks(session)}
    shown = []
    for one in found:
        risk = entries.get(one.risk_id) if one.risk_id else None
        if one.risk_id is not None and risk is None:
            continue
        shown.append(
            {
                "one": one,
                "risk": risk,
                "title": f"{risk.number} {risk.title}" if risk else called(one.watch, named),
                "before": suggesting.likelihood_now(risk) if risk else 0,
            }
        )
    return shown


@get(f"{RISKS}/export", opt={"permission": "risks.export"})
async def export(request: Req, session: Db) -> Response[bytes]:
    """The list as it is narrowed, as a workbook."""
    asked = wanted(request.query_params)
    found = chosen(await queries.risks(session, closed=asked.state == "closed"), asked)
    content = await workbook(session, found, await members_by_id(session))
    record(session, actor_of(request), "risks.export", clock.now(), summary=str(len(found)))
    return attachment(content, f"risks-{clock.today().isoformat()}.xlsx", MEDIA_TYPE)


ROUTES = [index, export]
