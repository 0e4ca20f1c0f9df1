"""/surveys/tags: the firm's list of themes and the words that suggest them."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import listed
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.surveys import tagging
from saas.surveys.models import SurveyTag
from saas.surveys.rooms import tabs
from saas.surveys.wording import said

AT = "/f/{slug:str}/surveys/tags"
Line = Annotated[str, Meta(max_length=40)]


class TagForm(Struct):
    key: UUID  # of a new theme, made with the page; or the row's own
    name_zh: Line
    name_en: Line = ""
    keywords: Annotated[str, Meta(max_length=600)] = ""
    archived: bool = False


@get(AT, opt={"permission": "surveys.manage"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _show(request, session)


async def _show(
    request: Req, session: AsyncSession, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    known = await tagging.tags(session, archived=True)
    refused = str(form.raw.get("key", "")) if form is not None else ""
    blank = Submitted[Any]({"key": str(uuid7())})
    return await page(
        request, "surveys/building/tags.html", session=session, status=status, tabs=tabs(request, "tags"),
        rows=[{"tag": one, "name": said(one.name), "words": listed(one.keywords),
               "form": form if form is not None and refused == str(one.id) else _typed(one)} for one in known],
        blank=form if form is not None and refused not in {str(one.id) for one in known} else blank,
    )  # fmt: skip


def _typed(one: SurveyTag) -> Submitted[Any]:
    return Submitted({"key": str(one.id), "name_zh": one.name.get("zh", ""), "name_en": one.name.get("en", ""),
                      "keywords": listed(one.keywords), "archived": "yes" if one.archived_at else ""})  # fmt: skip


@post(AT, opt={"permission": "surveys.manage"}, status_code=200)
async def save(request: Req, session: Db) -> Response[Any]:
    """A theme written down or changed; put away it stands on earlier answers still."""
    form = await submitted(request, TagForm)
    if not form.ok:
        return await _show(request, session, form, 422)
    given, now = form.taken, clock.now()
    known = next((one for one in await tagging.tags(session, archived=True) if one.id == given.key), None)
    if known is None:
        known = SurveyTag(id=given.key, key=str(given.key), name={}, keywords=[])
        session.add(known)
    known.name = {"zh": given.name_zh, "en": given.name_en or given.name_zh}
    known.keywords = [word for word in re.split(r"[、,，;；\s]+", given.keywords) if word][:40]
    known.archived_at = (known.archived_at or now) if given.archived else None
    record(session, actor_of(request), "surveys.tag", now, subject=known, summary=given.name_zh)
    return to("/surveys/tags", request)


ROUTES = [index, save]
