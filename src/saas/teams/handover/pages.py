"""Hand-over lists: all of them, a new one, and one with its lines, its signatures and its paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.kernel import clock, records
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Locale, reader
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.kernel.uploads import attachment
from saas.teams.cover.away import away_words
from saas.teams.handover import handover_queries as queries
from saas.teams.handover import printing, writing
from saas.teams.handover.content import OCCASIONS, SECTIONS, is_prompt, ordered
from saas.teams.handover.handover_forms import LineForm, NewHandover
from saas.teams.handover.handover_models import Handover
from saas.teams.handover.workflow import HANDOVER
from saas.teams.measures import handed_over_on_time
from saas.teams.rooms import MANAGES, options, tabs

ROOM = "/teams/handovers"
NEW = f"/f/{{slug:str}}{ROOM}/new"
ONE = f"/f/{{slug:str}}{ROOM}/{{row_id:uuid}}"
PAPERS = (("zh", "中文"), ("en", "English"))
MAY = {"permission": "teams.handover"}
Names = Mapping[UUID, Membership]


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db) -> Response[str]:
    names = await members_by_id(session)
    return await page(
        request,
        "teams/handovers/index.html",
        session=session,
        rooms=tabs(request, ROOM),
        figures=[(await handed_over_on_time(session, clock.now())).shown()],
        rows=[_row(each, names) for each in await queries.handovers(session)],
        may_add=actor_of(request).may("teams.handover"),
    )


def _row(row: Handover, names: Names) -> dict[str, Any]:
    return {
        "row": row,
        "url": HANDOVER.url(row),
        "occasion": OCCASIONS[row.occasion],
        "state": HANDOVER.state(row.state),
        "people": f"{names[row.from_id].name} → {names[row.to_id].name}",
        "supervisor": names[row.supervisor_id].name,
        "day": show_date(row.effective_on),
    }


@get(NEW, opt=MAY)
async def new(request: Req, session: Db) -> Response[str]:
    raw = {"key": str(uuid7()), "from_id": str(actor_of(request).id), "effective_on": clock.today().isoformat()}
    return await _new(request, session, Submitted({**raw, "occasion": "staff"}))


@post(NEW, opt=MAY, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form, actor = await submitted(request, NewHandover), actor_of(request)
    await writing.check(session, form, actor)
    if not form.ok:
        return await _new(request, session, form, status=422)
    row = await writing.begin(session, actor, form.taken, clock.now())
    return to(HANDOVER.url(row), request)


async def _new(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    here, actor = await members(session), actor_of(request)
    chosen = form.raw.get("clients", [])
    return await page(
        request,
        "teams/handovers/new.html",
        session=session,
        status=status,
        givers=options(here) if actor.may(MANAGES) else [(str(actor.id), actor.name)],
        people=options(here, await away_words(session)),
        supervisors=options(m for m in here if writing.SUPERVISORS & set(m.roles)),
        clients=[(str(c.id), f"{c.number} {c.name_in(reader())}") for c in await clients.clients(session, limit=500)],
        chosen=[chosen] if isinstance(chosen, str) else list(chosen),
        occasions=list(OCCASIONS.items()),
        form=form,
    )


@get(ONE, opt={"permission": "teams.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    line: Submitted[Any] | None = None,
) -> Response[Any]:
    """One list; `line` brings back a line that was refused."""
    row, names = await queries.handover(session, row_id), await members_by_id(session)
    found, actor = ordered(await queries.lines(session, row.id)), actor_of(request)
    if row.state != "draft":  # what was asked for and not written is no part of what was signed
        found = [each for each in found if not is_prompt(each)]
    return await page(
        request,
        "teams/handovers/detail.html",
        session=session,
        status=status,
        handover=row,
        view=_row(row, names),
        record=await records.view(session, HANDOVER, row, actor, clock.now()),
        record_url=address_in(request)(HANDOVER.url(row)),
        sections=[(name, label, [x for x in found if x.section == name]) for name, label in SECTIONS.items()],
        papers=[(label, f"{HANDOVER.url(row)}/document.pdf?language={key}") for key, label in PAPERS],
        section_options=list(SECTIONS.items()),
        signatures=_signatures(row, names),
        refusals=row.refusals,
        may_write=row.state == "draft" and _may_write(row, actor),
        line=line or Submitted(),
        form=form or Submitted(),
        refusal=refusal,
    )


def _may_write(row: Handover, actor: Actor) -> bool:
    return actor.may("teams.handover") and (actor.id in (row.from_id, row.made_by) or actor.may(MANAGES))


def _signatures(row: Handover, names: Names) -> list[dict[str, Any]]:
    """For ui.signatures."""
    plain = printing.signatures(row, {m.id: m.name for m in names.values()})
    return [
        {"initial": name[:1], "name": name, "role": role, "when": when, "note": digest,
         "current": n == len(row.signatures) and row.state != "dropped"}
        for n, (role, name, when, digest) in enumerate(plain)
    ]  # fmt: skip


@post(f"{ONE}/collect", opt=MAY, status_code=200)
async def collect(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Add what came since."""
    row = await writing.draft(session, row_id, actor_of(request))
    await writing.fill(session, row)
    return to(HANDOVER.url(row), request)


@post(f"{ONE}/lines", opt=MAY, status_code=200)
async def keep_line(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form, actor = await submitted(request, LineForm), actor_of(request)
    row = await writing.draft(session, row_id, actor)
    writing.check_line(form)
    if not form.ok:
        return await show(request, session, row.id, line=form, status=422)
    await writing.keep_line(session, row, form.taken, actor, clock.now())
    return to(f"{HANDOVER.url(row)}#section-{form.taken.section}", request)


@post(f"{ONE}/lines/{{line_id:uuid}}/drop", opt=MAY, status_code=200)
async def drop_line(request: Req, session: Db, row_id: FromPath[UUID], line_id: FromPath[UUID]) -> Response[Any]:
    actor = actor_of(request)
    row = await writing.draft(session, row_id, actor)
    await writing.drop_line(session, row, line_id, actor, clock.now())
    return to(HANDOVER.url(row), request)


@get(f"{ONE}/document.pdf", opt={"permission": "teams.read"})
async def document(session: Db, row_id: FromPath[UUID], language: FromQuery[str] = "") -> Response[bytes]:
    """The paper with its signatures, in the reader's or the chosen language; before the last one a draft."""
    row = await queries.handover(session, row_id)
    locale: Locale = "en" if (language or reader()) == "en" else "zh"
    return attachment(await printing.pdf(session, row, locale), f"{row.number}-{locale}.pdf", "application/pdf")


ROUTES = [index, new, add, detail, collect, keep_line, drop_line, document, *action_routes(HANDOVER, show)]
