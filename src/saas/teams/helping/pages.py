"""Questions among colleagues: the list, asking, one question, and what stands beside the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.kernel import clock, records
from saas.kernel.access import ROLES, Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_datetime, to
from saas.kernel.workflow import Workflow
from saas.teams.cover.away import away_words
from saas.teams.helping import asking
from saas.teams.helping.help_models import Help
from saas.teams.helping.workflow import HELP, OPEN
from saas.teams.rooms import options, tabs

ROOM = "/teams/help"
ONE = f"/f/{{slug:str}}{ROOM}/{{row_id:uuid}}"
NEW = f"/f/{{slug:str}}{ROOM}/new"
Names = Mapping[UUID, Membership]


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db) -> Response[str]:
    names = await members_by_id(session)
    return await page(
        request,
        "teams/help/index.html",
        session=session,
        rooms=tabs(request, ROOM),
        rows=[_row(each, names) for each in await asking.lately(session)],
    )


@get(NEW, opt={"permission": "teams.help"})
async def new(request: Req, session: Db, kind: FromQuery[str], subject: FromQuery[UUID]) -> Response[str]:
    raw = {"key": str(uuid7()), "kind": kind, "subject_id": str(subject), "days": "1"}
    workflow, row = await asking.subject_of(session, actor_of(request), kind, subject)
    return await _new(request, session, workflow, row, Submitted(raw))


@post(NEW, opt={"permission": "teams.help"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form, actor = await submitted(request, asking.NewHelp), actor_of(request)
    raw = form.raw
    workflow, row = await asking.subject_of(session, actor, str(raw.get("kind", "")), _id(raw.get("subject_id")))
    await asking.check(session, form, actor)
    if not form.ok:
        return await _new(request, session, workflow, row, form, status=422)
    asked = await asking.ask(session, actor, form.taken, clock.now())
    return to(f"{asked.url}#help", request)


def _id(text: Any) -> UUID:
    """A record that does not exist where the form was tampered with."""
    try:
        return UUID(str(text))
    except ValueError:
        return uuid7()


async def _new(
    request: Req, session: AsyncSession, workflow: Workflow, row: Any, form: Submitted[Any], status: int = 200
) -> Response[str]:
    me = actor_of(request).id
    people = [m for m in await members(session) if m.id != me]
    held = {role for m in people for role in m.roles}
    roles = [
        (role, str(_("Anybody with the role: %(role)s", role=label))) for role, label in ROLES.items() if role in held
    ]
    return await page(
        request,
        "teams/help/new.html",
        session=session,
        status=status,
        title=workflow.title(row),
        url=workflow.url(row),
        label=workflow.label,
        whom=[*options(people, await away_words(session)), *roles],
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
) -> Response[Any]:
    """One question."""
    row, names = await asking.one(session, row_id), await members_by_id(session)
    return await page(
        request,
        "teams/help/detail.html",
        session=session,
        status=status,
        help=row,
        view=_row(row, names),
        record=await records.view(session, HELP, row, actor_of(request), clock.now()),
        record_url=address_in(request)(HELP.url(row)),
        form=form or Submitted(),
        refusal=refusal,
    )


def _row(row: Help, names: Names) -> dict[str, Any]:
    helper = names.get(row.helper_id) if row.helper_id else None
    whom: Text | str = helper.name if helper else _("anybody with the role: %(role)s", role=ROLES[row.role])
    by = names.get(row.settled_by) if row.settled_by else None
    labels = {w.name: w.label for w in composition().workflows.values()}
    return {
        "row": row,
        "about": labels.get(row.subject_kind, ""),
        "state": HELP.state(row.state),
        "asker": names[row.asker_id].name,
        "initial": names[row.asker_id].initial,
        "whom": whom,
        "url": HELP.url(row),
        "when": show_datetime(row.asked_at),
        "due": show_datetime(row.due_at) if row.state in OPEN else "",
        "settled": f"{by.name if by else ''} {show_datetime(row.settled_at)}".strip(),
        "late": row.state in OPEN and row.due_at is not None and row.due_at < clock.now(),
    }


async def of_record(session: AsyncSession, subject: Any, actor: Actor) -> dict[str, Any]:
    """Beside the record: what was asked about it, what was answered, and the way to ask."""
    names = await members_by_id(session)
    kind = next((name for name, (w, _permission) in asking.SUBJECTS.items() if w.row is type(subject)), "")
    return {
        "template": "teams/_help.html",
        "rows": [_row(each, names) for each in await asking.about(session, subject.id)],
        "ask_url": f"{ROOM}/new?kind={kind}&subject={subject.id}" if kind and actor.may("teams.help") else "",
    }


ROUTES = [index, new, add, detail, *action_routes(HELP, show)]
