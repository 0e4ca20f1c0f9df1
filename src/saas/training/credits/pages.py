"""Credits of a year: one's own, with what was learned outside; of everybody, to confirm and to take along."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import people
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import noted
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden, Invalid, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Both, Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.tenancy import of_this_firm
from saas.kernel.uploads import attachment, download, keep
from saas.training.credits import ledger, table
from saas.training.credits.rule import rule_of
from saas.training.duty_models import CreditEntry
from saas.training.frame import SUBJECTS, rooms

PATH = "/f/{slug:str}/training/credits"
FIRST, LAST = 2018, 2100
WHYS: dict[str, Text] = {
    "certificate": _("certificate"),
    "session": _("team session"),
    "outside": _("learned outside"),
}


class Outside(msgspec.Struct):
    """Something learned outside, with its proof; `key` makes one of two posts."""

    key: UUID
    title: Annotated[str, msgspec.Meta(max_length=120)]
    credits: Annotated[int, msgspec.Meta(ge=1, le=90)]
    subject: Literal["professional", "general"]
    earned_on: date
    proof: UploadFile | None = None


class Decide(msgspec.Struct):
    """Yes, or no with a reason."""

    verdict: Literal["yes", "no"]
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


@get(PATH, opt={"permission": "training.read"})
async def credits(request: Req, session: Db, year: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, _year(year))


@post(PATH, opt={"permission": "training.learn"})
async def add(request: Req, session: Db) -> Response[Any]:
    """It counts once a manager has looked at the proof."""
    form, now, actor = await submitted(request, Outside), clock.now(), actor_of(request)
    if form.ok and form.taken.earned_on > clock.today():
        form.refuse("earned_on", _("Choose today or an earlier day."))
    if form.ok and form.taken.proof is None:
        form.refuse("proof", _("Attach the proof: a certificate or a confirmation."))
    year = form.taken.earned_on.year if form.ok else clock.today().year
    if form.ok and form.taken.proof is not None and actor.id is not None:
        given = form.taken
        if await _entry(session, given.key) is not None:
            return to(f"/training/credits?year={year}", request)
        try:
            [file] = await keep(request, [form.taken.proof])
        except Invalid as refusal:
            form.refuse("proof", refusal.reason)
            return await _show(request, session, year, form=form, status=422)
        session.add(
            CreditEntry(
                id=given.key, member_id=actor.id, year=year, credits=given.credits, subject=given.subject,
                why="outside", source_id=given.key, title={"zh": given.title, "en": given.title},
                earned_on=given.earned_on, file_sha256=file["sha256"], file_name=file["name"],
                entered_by=actor.id, entered_at=now,
            )
        )  # fmt: skip
        return to(f"/training/credits?year={year}", request)
    return await _show(request, session, year, form=form, status=422)


@post(f"{PATH}/{{entry_id:uuid}}/decide", opt={"permission": "training.confirm"})
async def decide(request: Req, session: Db, entry_id: FromPath[UUID]) -> Response[Any]:
    form, actor, now = await submitted(request, Decide), actor_of(request), clock.now()
    if form.ok and form.taken.verdict == "no" and not form.taken.reason:
        form.refuse("reason", _("Say why it does not count."))
    if not form.ok:
        return await _show(request, session, clock.today().year, decided=form, status=422)
    try:
        async with session.begin_nested():
            given = form.taken
            entry = await ledger.decide(session, entry_id, given.verdict == "yes", given.reason, actor, now)
    except Refusal as refusal:
        await noted(request, refusal)
        return await _show(request, session, clock.today().year, refusal=refusal, status=refusal.status)
    return to(f"/training/credits?year={entry.year}", request)


@get(f"{PATH}/{{entry_id:uuid}}/proof", opt={"permission": "training.read"})
async def proof(request: Req, session: Db, entry_id: FromPath[UUID]) -> Response[bytes]:
    """One's own, or for those who see everybody's."""
    entry, actor = await _entry(session, entry_id), actor_of(request)
    if entry is None:
        raise Missing()
    if entry.member_id != actor.id and not actor.may("training.overview"):
        raise Forbidden(_("Only the person and those who confirm see the proof."), action="training.credits",
                        subject_id=entry.id)  # fmt: skip
    return await download([{"sha256": entry.file_sha256, "name": entry.file_name}], entry.file_sha256)


@get("/f/{slug:str}/training/credits.xlsx", opt={"permission": "training.overview"})
async def export(request: Req, session: Db, year: FromQuery[str] = "") -> Response[bytes]:
    """Everybody's year as a workbook: a sheet of balances, a sheet of entries."""
    chosen, members = _year(year), await people(session)
    balances = await ledger.balances(session, [m.id for m in members], chosen)
    entries = {m.id: await ledger.entries(session, m.id, chosen) for m in members}
    content = table.workbook(chosen, members, balances, entries)
    record(session, actor_of(request), "training.export", clock.now(), year=chosen)
    return attachment(content, f"{_('Credits')}-{chosen}.xlsx", table.XLSX)


def _year(text: str) -> int:
    """The year of the address, this one where it is none."""
    return int(text) if text.isdecimal() and FIRST <= int(text) <= LAST else clock.today().year


async def _entry(session: AsyncSession, entry_id: UUID) -> CreditEntry | None:
    query = select(CreditEntry).where(of_this_firm(CreditEntry), CreditEntry.id == entry_id)
    found: CreditEntry | None = await session.scalar(query)
    return found


async def _show(
    request: Req,
    session: AsyncSession,
    year: int,
    *,
    form: Submitted[Any] | None = None,
    decided: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    actor, at, members = actor_of(request), address_in(request), await people(session)
    assert actor.id is not None
    names = {member.id: member.name for member in (await members_by_id(session)).values()}
    everybody = await ledger.balances(session, [m.id for m in members] or [actor.id], year)
    return await page(
        request,
        "training/credits/index.html",
        session=session,
        rooms=rooms(request, "credits"),
        year=year,
        years=[{"label": str(y), "url": at(f"/training/credits?year={y}"), "active": y == year}
               for y in range(clock.today().year, clock.today().year - 3, -1)],
        rule=rule_of(year),
        balance=everybody.get(actor.id) or await ledger.of_member(session, actor.id, year),
        entries=[entry_row(entry) for entry in await ledger.entries(session, actor.id, year)],
        everybody=[(m, everybody[m.id]) for m in members] if actor.may("training.overview") else [],
        waiting=[{**entry_row(entry), "name": names.get(entry.member_id, ""), "mine": entry.member_id == actor.id}
                 for entry in await ledger.waiting(session)] if actor.may("training.confirm") else [],
        subjects=list(SUBJECTS.items()),
        may=_may(actor),
        key=uuid7(),
        form=form or Submitted(),
        decided=decided or Submitted(),
        refusal=refusal,
        today=clock.today(),
        status=status,
    )  # fmt: skip


def _may(actor: Actor) -> dict[str, bool]:
    return {"add": actor.may("training.learn"), "overview": actor.may("training.overview"),
            "confirm": actor.may("training.confirm")}  # fmt: skip


def entry_row(entry: CreditEntry) -> dict[str, Any]:
    """An entry as lists show it."""
    if entry.counts:
        state: tuple[Text, str, str] = (_("counts"), "green", "check")
    elif entry.decided_at is None:
        state = (_("to be confirmed"), "amber", "clock")
    else:
        state = (_("does not count"), "", "x")
    return {
        "id": entry.id,
        "member_id": entry.member_id,
        "title": Both(entry.title["zh"], entry.title["en"]),
        "why": WHYS[entry.why],
        "subject": SUBJECTS[entry.subject],
        "credits": entry.credits,
        "on": entry.earned_on,
        "state": state,
        "refused_why": entry.refused_why,
        "has_proof": bool(entry.file_sha256),
    }


ROUTES = [credits, add, decide, proof, export]
