"""/services/library: search, copy, write, review; and the three that fit beside a case or a refund."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.identity.rules import LEFT
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.services import reviewing
from saas.services.library import snippets
from saas.services.library.library_models import Snippet
from saas.services.library.snippets import KINDS, TAGS, Found, SnippetForm
from saas.services.words import tabs
from saas.training.wording import said

AT = "/f/{slug:str}/services/library"
ONE = AT + "/{row_id:uuid}"
READ, WRITE, USE = ({"permission": f"services.{name}"} for name in ("read", "write", "use"))
BESIDE = 3  # shown beside a record


class Looked(Struct):
    words: Annotated[str, Meta(max_length=300)]


@get(AT, opt=READ)
async def index(
    request: Req, session: Db, q: FromQuery[str] = "", kind: FromQuery[str] = "", tag: FromQuery[str] = ""
) -> Response[str]:
    kind, tag = kind if kind in KINDS else "", tag if tag in TAGS else ""
    found = await snippets.find(session, words=q, kind=kind, tags=[tag] if tag else [])
    at = address_in(request)

    def url(**changed: str) -> str:
        given = {"q": q, "kind": kind, "tag": tag, **changed}
        return at("/services/library?" + "&".join(f"{k}={v}" for k, v in given.items() if v))

    return await page(
        request, "services/library.html", session=session, tabs=tabs(request, "library"), q=q, kind=kind, tag=tag,
        rows=[row(one) for one in found],
        kinds=[{"label": label, "on": name == kind, "url": url(kind="" if name == kind else name)}
               for name, label in KINDS.items()],
        tags=[{"label": label, "on": name == tag, "url": url(tag="" if name == tag else name)}
              for name, label in TAGS.items()],
        narrowed=bool(q or kind or tag), may_write=actor_of(request).may("services.write"),
        may_use=actor_of(request).may("services.use"),
    )  # fmt: skip


def row(found: Found) -> dict[str, Any]:
    """An entry as lists and panels show it, in the reader's language."""
    one = found.snippet
    return {"one": one, "about": said(one.about), "text": said(one.text), "kind": KINDS[one.kind],
            "tags": [TAGS[tag] for tag in one.tags if tag in TAGS], "uses": found.uses,
            "late": reviewing.late(one, clock.today())}  # fmt: skip


@get(AT + "/new", opt=WRITE)
async def new(request: Req, session: Db) -> Response[str]:
    return await _form(request, session, Submitted({"kind": "answer", "owner_id": str(actor_of(request).id)}))


@post(AT + "/new", opt=WRITE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    return await _save(request, session, None)


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    one, actor = await snippets.snippet(session, row_id), actor_of(request)
    people = await members_by_id(session)
    return await page(
        request, "services/snippet.html", session=session, row=row(Found(one, 0)), one=one,
        zh={"about": one.about.get("zh", ""), "text": one.text.get("zh", "")},
        en={"about": one.about.get("en", ""), "text": one.text.get("en", "")},
        owner=people[one.owner_id].name if one.owner_id in people else "",
        may_write=actor.may("services.write"), may_use=actor.may("services.use"),
    )  # fmt: skip


@get(ONE + "/edit", opt=WRITE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    one = await snippets.snippet(session, row_id)
    raw = {"kind": one.kind, "about_zh": one.about.get("zh", ""), "about_en": one.about.get("en", ""),
           "text_zh": one.text.get("zh", ""), "text_en": one.text.get("en", ""), "basis": one.basis,
           "tags": one.tags, "owner_id": str(one.owner_id or "")}  # fmt: skip
    return await _form(request, session, Submitted(raw), one)


@post(ONE + "/edit", opt=WRITE, status_code=200)
async def save(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, session, await snippets.snippet(session, row_id))


@post(ONE + "/use", opt=USE, status_code=204)
async def use(request: Req, session: Db, row_id: FromPath[UUID]) -> None:
    """Told by the copy button; nothing on the page changes."""
    await snippets.use(session, row_id, actor_of(request), clock.today())


@post(ONE + "/review", opt=WRITE, status_code=200)
async def review(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one, form = await snippets.snippet(session, row_id), await submitted(request, Looked)
    if not form.ok:
        raise Invalid(_("Say in a few words what was looked at."))
    await reviewing.reviewed(session, one, form.taken.words, actor_of(request), clock.now(), clock.today())
    return to(f"/services/library/{one.id}", request)


@post(ONE + "/archive", opt=WRITE, status_code=200)
async def archive(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    await snippets.archive(session, await snippets.snippet(session, row_id), actor_of(request), clock.now())
    return to("/services/library", request)


async def _save(request: Req, session: AsyncSession, one: Snippet | None) -> Response[Any]:
    form = await submitted(request, SnippetForm)
    if form.ok and form.taken.kind == "answer" and not form.taken.basis:
        form.refuse("basis", _("An answer names the law it rests on."))
    if form.ok and form.taken.owner_id not in (None, *(member.id for member in await members(session))):
        form.refuse("owner_id", LEFT)
    if not form.ok:
        return await _form(request, session, form, one, 422)
    made = await snippets.save(session, form.taken, actor_of(request), clock.now(), clock.today(), one)
    return to(f"/services/library/{made.id}", request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], one: Snippet | None = None, status: int = 200
) -> Response[str]:
    taken = form.raw.get("tags", [])
    return await page(
        request, "services/snippet_form.html", session=session, status=status, form=form, one=one,
        kinds=list(KINDS.items()), tags=list(TAGS.items()), taken=[taken] if isinstance(taken, str) else taken,
        people=[(str(m.id), m.name) for m in await members(session)],
    )  # fmt: skip


def beside(*tags: str) -> Callable[[AsyncSession, Any, Actor], Awaitable[dict[str, Any]]]:
    """A panel with the most used entries of these tags."""

    async def panel(session: AsyncSession, subject: Any, actor: Actor) -> dict[str, Any]:
        found = await snippets.find(session, tags=tags, limit=BESIDE) if actor.may("services.read") else []
        return {"template": "services/_snippets.html", "rows": [row(one) for one in found], "tag": tags[0],
                "may_use": actor.may("services.use")}  # fmt: skip

    return panel


ROUTES = [index, new, create, detail, edit, save, use, review, archive]
