"""A refund's page: where it stands, calculation, evidence, talk with the client; and new requests by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contract
from saas.clients.pages import CHANNELS
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.kernel.uploads import download
from saas.notices.qr import svg
from saas.notices.queries import firm
from saas.notices.returns.addresses import came_back
from saas.notices.workflow import NOTICE
from saas.refunds import dossier as around
from saas.refunds import queries, words
from saas.refunds.asking import requesting
from saas.refunds.asking.choosing import contract_choice, reasons_of
from saas.refunds.asking.front_door import address as front_door
from saas.refunds.asking.requesting import AnotherIsOpen
from saas.refunds.assessing import evidence
from saas.refunds.assessing.evidence_view import evidence_view
from saas.refunds.checklist import EVIDENCE
from saas.refunds.dossier import Dossier, dossier
from saas.refunds.facts import refund_facts
from saas.refunds.forms import NewRequest
from saas.refunds.ladder_view import ladder_view
from saas.refunds.papers import papers_of
from saas.refunds.payment.approving import approval_view
from saas.refunds.payment.payment_desk import payment_view
from saas.refunds.rules import CHECKS
from saas.refunds.watch.signals import signals_view
from saas.refunds.workflow import REFUND
from saas.tasks import parts

ONE = "/f/{slug:str}/refunds/{row_id:uuid}"
NEW = "/f/{slug:str}/refunds/new"


@get(ONE, opt={"permission": "refunds.read"})
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
    opened: str = "",
) -> Response[Any]:
    """The page of one refund. `form` brings back what was refused; `opened` names its dialog, if not the workflow's."""
    refund = await queries.refund(session, row_id)
    actor, now = actor_of(request), clock.now()
    found = await dossier(session, refund)
    start: Submitted[Any] = Submitted(_defaults(found))
    return await page(
        request,
        "refunds/detail.html",
        session=session,
        status=status,
        found=found,
        refund=refund,
        client=found.client,
        members=found.members,
        record=await view(session, REFUND, refund, actor, now),
        record_url=address_in(request)(REFUND.url(refund)),
        form=form if form is not None and not opened else start,
        forms={opened: form} if form is not None and opened else {},
        blank=Submitted(),
        refusal=refusal,
        **_words(found),
        **await _parts(session, found, actor, now),
    )


def _words(found: Dossier) -> dict[str, Any]:
    """What the page's templates look words up in."""
    return {
        "words": words,
        "evidence_labels": EVIDENCE,
        "check_labels": CHECKS,
        "channels": CHANNELS,
        "reason_name": words.reason_name(found.reason),
        "letter_states": {state.name: state for state in NOTICE.states},
    }


async def _parts(session: AsyncSession, found: Dossier, actor: Actor, now: datetime) -> dict[str, Any]:
    """The regions of the page, each ready for its template."""
    refund = found.refund
    facts, powers = await refund_facts(session, refund), around.powers(found, actor)
    return {
        "facts": around.facts_line(found),
        "asked_rows": around.request_rows(found),
        "checks": around.check_rows(found),
        "papers": around.paper_rows(found),
        "powers": powers,
        "returned": await came_back(session, found.contacts) if powers["may_ask"] else [],
        "ladder": ladder_view(refund, found.terms, found.policy),
        "evidence": evidence_view(refund, refund.evidence or await evidence.gather(session, refund, now)),
        "payment": await payment_view(session, refund, facts, actor),
        "approval": await approval_view(session, refund, facts, actor),
        "signals": await signals_view(session, refund, actor),
        "tasks": parts.rows(await parts.parts_of(session, refund.id), found.members, now),
        "everybody": [(str(m.id), m.name) for m in found.members.values() if m.left_at is None],
        "side_panels": [await panel(session, refund, actor) for panel in composition().panel("refunds.rail")],
    }


def _defaults(found: Dossier) -> dict[str, Any]:
    refund = found.refund
    return {"preparer_id": str(refund.preparer_id or ""), "how": "", "into": "credit"}


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "refunds.read"})
async def attached(session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """One of the files of this refund, always for saving."""
    found = await dossier(session, await queries.refund(session, row_id))
    return await download(found.files, digest)


@get(NEW, opt={"permission": "refunds.request"})
async def new(
    request: Req,
    session: Db,
    client: FromQuery[UUID | None] = None,
    contract: FromQuery[UUID | None] = None,
    reason: FromQuery[str] = "",
) -> Response[str]:
    """First the client, then the contract and the reason, then the rest: each page asks only what the last needs."""
    raw = {"key": requesting.new_key(), "client": str(client or ""), "contract_id": str(contract or "")}
    raw |= {"reason": reason, "notice_on": clock.today().isoformat()}
    return await _form(request, session, Submitted(raw))


@post(NEW, opt={"permission": "refunds.request"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewRequest)
    if not form.ok:
        return await _form(request, session, form, status=422)
    contract = await queries.contract(session, form.taken.contract_id)
    try:
        async with session.begin_nested():
            papers = await papers_of(request)
            refund = await requesting.open_request(
                session, actor_of(request), contract, form.taken, papers, clock.now()
            )
    except Missing:
        raise
    except AnotherIsOpen as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, form, status=refusal.status, open_one=refusal.refund)
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, form, status=refusal.status)
    return to(REFUND.url(refund), request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200, open_one: Any = None
) -> Response[str]:
    known = await _chosen(session, form)
    contract: Contract | None = known["contract"]
    door = front_door(await firm(session))
    return await page(
        request,
        "refunds/new.html",
        session=session,
        status=status,
        form=form,
        open_one=open_one,
        url=address_in(request)(REFUND.url(open_one)) if open_one else "",
        sources=list(words.SOURCES.items()),
        door=door,
        door_qr=svg(door, str(_("Ask for money back"))),
        today=clock.today().isoformat(),
        first_day=contract.starts_on.isoformat() if contract else "",
        **known,
    )


async def _chosen(session: AsyncSession, form: Submitted[Any]) -> dict[str, Any]:
    """What was chosen so far, and what there is to choose next: the client, the contract, the policy's reason."""
    contract_id, client_id = _id(form.raw.get("contract_id")), _id(form.raw.get("client"))
    contract = await queries.contract(session, contract_id) if contract_id else None
    client_id = contract.client_id if contract else client_id
    if client_id is None:
        listed = [(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=1000)]
        return {"clients": listed, "client": None, "contract": None, "reason": None}
    client = await clients.client(session, client_id)
    paid = [(c, receipts) for c, receipts in await clients.contracts(session, client.id) if receipts]
    if contract is None and len(paid) == 1:
        contract = paid[0][0]
    known: dict[str, Any] = {"clients": [], "client": client, "contract": contract, "reason": None}
    known["contracts"] = [contract_choice(c, receipts) for c, receipts in paid]
    known["contacts"] = [(str(c.id), c.name) for c in await clients.contacts(session, client.id)]
    return {**known, **await reasons_of(session, contract, str(form.raw.get("reason", "")))} if contract else known


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text or ""))
    except ValueError:
        return None


ROUTES = [new, add, detail, attached, *action_routes(REFUND, show)]
