"""One return: what is known of it, what happened to it, and the deeds."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.filings import queries, recording
from saas.filings.forms import AmendForm, RecordForm, WaiveForm
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import name_of, period_name
from saas.filings.standing import STANDINGS, standing
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.filing import filing_table
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page, show_date, show_datetime, to
from saas.kernel.records import history
from saas.kernel.uploads import download, keep

READ, WORK = {"permission": "filings.read"}, {"permission": "filings.work"}
ONE = "/f/{slug:str}/filings/{filing_id:uuid}"
CAUSES: dict[str, Text] = {"own": _("our own cause"), "client": _("the client’s cause")}
SOURCES: dict[str, Text] = {
    "typed": _("typed"),
    "imported": _("imported from a list"),
    "": _("planned by the calendar"),
}
BASES: dict[str, Text] = {
    "table": _("from the published table"),
    "formula": _("reckoned by the rule"),
    "override": _("set by the firm"),
}


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, filing_id: FromPath[UUID]) -> Response[str]:
    return await _show(request, session, filing_id)


@post(f"{ONE}/record", opt=WORK)
async def save(request: Req, session: Db, filing_id: FromPath[UUID]) -> Response[Any]:
    """Days of filing and acceptance, amount and receipt."""
    filing, form = await queries.filing(session, filing_id, lock=True), await submitted(request, RecordForm)
    if form.ok:
        given = form.taken
        wrong = recording.fault(filing, given.filed_on, given.accepted_on, clock.today())
        if wrong is not None:
            form.refuse(*wrong)
        try:
            if form.ok:
                files = await keep(request, given.files)
                await recording.set_days(
                    session, actor_of(request), filing, clock.now(), filed_on=given.filed_on,
                    accepted_on=given.accepted_on, zero=given.zero, payable=given.payable, files=files,
                )  # fmt: skip
        except Refusal as refusal:
            _refuse(form, refusal)
    return await _answer(request, session, filing_id, form, "record")


@post(f"{ONE}/amend", opt=WORK)
async def amend(request: Req, session: Db, filing_id: FromPath[UUID]) -> Response[Any]:
    filing, form = await queries.filing(session, filing_id, lock=True), await submitted(request, AmendForm)
    if form.ok and form.taken.amended_on > clock.today():
        form.refuse("amended_on", _("This day is still to come."))
    if form.ok:
        given = form.taken
        try:
            await recording.amend(
                session, actor_of(request), filing, given.amended_on, given.cause, given.note, clock.now()
            )
        except Refusal as refusal:
            _refuse(form, refusal)
    return await _answer(request, session, filing_id, form, "amend")


@post(f"{ONE}/waive", opt=WORK)
async def waive(request: Req, session: Db, filing_id: FromPath[UUID]) -> Response[Any]:
    filing, form = await queries.filing(session, filing_id, lock=True), await submitted(request, WaiveForm)
    if form.ok:
        try:
            await recording.waive(session, actor_of(request), filing, clock.today(), form.taken.reason, clock.now())
        except Refusal as refusal:
            _refuse(form, refusal)
    return await _answer(request, session, filing_id, form, "waive")


@post(f"{ONE}/put-back", opt=WORK)
async def put_back(request: Req, session: Db, filing_id: FromPath[UUID]) -> Response[Any]:
    await recording.put_back(
        session, actor_of(request), await queries.filing(session, filing_id, lock=True), clock.now()
    )
    return to(f"/filings/{filing_id}", request)


@get(f"{ONE}/receipts/{{digest:str}}", opt=READ)
async def receipt(session: Db, filing_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    return await download((await queries.filing(session, filing_id)).receipts, digest)


def _refuse(form: Submitted[Any], refusal: Refusal) -> None:
    for name, reason in (getattr(refusal, "fields", {}) or {"": refusal.reason}).items():
        form.refuse(name, reason)


async def _answer(
    request: Req, session: AsyncSession, filing_id: UUID, form: Submitted[Any], opened: str
) -> Response[Any]:
    if form.ok:
        return to(f"/filings/{filing_id}", request)
    return await _show(request, session, filing_id, form=form, opened=opened, status=422)


async def _show(
    request: Req, session: AsyncSession, filing_id: UUID, *,
    form: Submitted[Any] | None = None, opened: str = "", status: int = 200,
) -> Response[str]:  # fmt: skip
    filing = await queries.filing(session, filing_id)
    blank = {"record": _typed(filing), "waive": Submitted(),
             "amend": Submitted({"amended_on": clock.today().isoformat(), "cause": "own"})}  # fmt: skip
    return await page(
        request, "filings/detail.html", session=session, status=status,
        filing=filing, client=await clients.client(session, filing.client_id), name=name_of(filing.code),
        period=period_name(filing.period), standing=STANDINGS[standing(filing, clock.today())],
        facts=await _facts(session, filing), causes=list(CAUSES.items()), today=clock.today(),
        forms={**blank, **({opened: form} if form else {})},
        history=[_told(entry) for entry in reversed(await history(session, filing.id))],
        may_work=actor_of(request).may("filings.work"),
    )  # fmt: skip


def _typed(filing: Filing) -> Submitted[RecordForm]:
    """The row as its form shows it."""
    raw = {
        "filed_on": filing.filed_on.isoformat() if filing.filed_on else "",
        "accepted_on": filing.accepted_on.isoformat() if filing.accepted_on else "",
        "payable": str(filing.payable) if filing.payable is not None else "",
        **({"zero": "yes"} if filing.zero else {}),
    }
    return Submitted(raw)


async def _facts(session: AsyncSession, filing: Filing) -> list[dict[str, Any]]:
    people = await members_by_id(session)
    by = people[filing.recorded_by].name if filing.recorded_by in people else ""
    said = [
        (_("Due day"), show_date(filing.due_on)),
        (_("Before it moved"), show_date(filing.base_on) if filing.base_on != filing.due_on else ""),
        (_("How the day was found"), BASES[filing.basis]),
        (_("Rests on"), filing_table().filings[filing.code].source),
        (_("Not required because"), filing.waived_reason),
        (_("Amended"), _amended(filing)),
        (_("Recorded"), SOURCES[filing.source]),
        (_("Recorded by"), f"{by} {show_datetime(filing.recorded_at)}".strip()),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def _amended(filing: Filing) -> str:
    if filing.amended_on is None:
        return ""
    return f"{show_date(filing.amended_on)} · {CAUSES[filing.amended_cause]} · {filing.amended_note}"


def _told(entry: Any) -> dict[str, Any]:
    after = entry.detail.get("after", {})
    days = [after[name] for name in ("filed_on", "accepted_on", "amended_on", "waived_reason") if after.get(name)]
    return {
        "icon": "edit",
        "tone": "accent",
        "who": entry.actor_name,
        "what": composition().deeds[entry.action],
        "when": show_datetime(entry.at),
        "detail": " · ".join(dict.fromkeys(_day(text) for text in days)),
    }


def _day(text: str) -> str:
    try:
        return show_date(date.fromisoformat(text))
    except ValueError:
        return text


ROUTES = [detail, save, amend, waive, put_back, receipt]
