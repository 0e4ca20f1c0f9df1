"""The library of precedents, and the sample that is read again."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.refunds.calculation import Ladder
from saas.refunds.forms import Words
from saas.refunds.lists import listing
from saas.refunds.models import Refund
from saas.refunds.watch import closed, quality
from saas.refunds.watch.anonymous import anonymised
from saas.refunds.watch.closed import DECIDED, Sought
from saas.refunds.watch.pages import WATCH, tabs
from saas.refunds.watch.report_pages import band, percent
from saas.refunds.watch.spread import BANDS, FEWEST, band_of
from saas.refunds.words import OUTCOMES, REJECTIONS

PAGE = 20
FIELDS = ("reason", "band", "least", "most", "outcome")


@get(f"{WATCH}/precedents", opt={"permission": "refunds.read"})
async def precedents(request: Req, session: Db) -> Response[str]:
    """How the same was decided before, without anybody's name: for everybody who prepares or decides."""
    given = {name: request.query_params.get(name, "") for name in FIELDS}
    place = listing.place_of(request.query_params.get("after", ""), "")
    found = list(await closed.precedents(session, sought(given), place=place, limit=PAGE + 1))
    shown, more = found[:PAGE], len(found) > PAGE
    named = await listing.reasons(session)
    last = shown[-1][0] if shown else None
    query = urlencode({**given, "after": f"{last.closed_at.isoformat()}~{last.id}"}) if last is not None else ""
    return await page(
        request,
        "refunds/watch/precedents.html",
        session=session,
        tabs=tabs(request, "/precedents") if actor_of(request).may("refunds.watch") else [],
        given=given,
        reasons=list(named.items()),
        bands=[(str(number), band(number)) for number in range(len(BANDS))],
        outcomes=[(name, OUTCOMES[name]) for name in DECIDED],
        rows=await _precedents(session, shown, named),
        next_url=address_in(request)(f"/refunds/watch/precedents?{query}") if more else "",
    )


def sought(given: dict[str, str]) -> Sought:
    """The fields of the address; what makes no sense is left out."""
    number = int(given["band"]) if given["band"].isdecimal() else -1
    return Sought(
        given["reason"],
        number if 0 <= number < len(BANDS) else None,
        _money(given["least"]),
        _money(given["most"]),
        given["outcome"] if given["outcome"] in DECIDED else "",
    )


def _money(text: str) -> Money | None:
    try:
        return Money.of(text)
    except ValueError:
        return None


async def _precedents(session: AsyncSession, found: Any, named: dict[str, str]) -> list[dict[str, Any]]:
    around = await closed.names_around(session, [row[0] for row in found])
    members = [member.name for member in (await members_by_id(session)).values()]
    shown = []
    for refund, starts_on, ends_on, received in found:
        names = around[refund.id]
        paid = refund.amount if refund.outcome == "refund" else refund.credit
        shown.append(
            {
                "reason": named.get(refund.reason, refund.reason),
                "band": band(band_of(starts_on, ends_on, refund.notice_on)),
                "year": refund.closed_at.year,
                "asked": refund.asked,
                "received": received,
                "paid": paid,
                "share": percent(paid.fen * 1000 // received.fen) if paid is not None and received else "",
                "outcome": OUTCOMES.get(refund.outcome, refund.outcome),
                "lines": _lines(refund),
                "texts": [anonymised(str(text), names, members) for text in _texts(refund) if text],
            }
        )
    return shown


def _lines(refund: Refund) -> list[dict[str, Any]]:
    lines = Ladder.restore(refund.ladder).lines if refund.ladder else ()
    return [{"label": line.label, "value": Money(line.amount)} for line in lines]


def _texts(refund: Refund) -> list[Any]:
    """What people wrote about the decision: the reason of the request, of a changed amount, of a rejection, …"""
    rejected = REJECTIONS.get(refund.rejection_code, "")
    written = (refund.reason_text, refund.override_reason, refund.mediation, refund.appeal, refund.outcome_reason)
    return [*written, rejected, refund.rejection_reason]


class Verdict(Struct):
    """What somebody who had no part in it found."""

    result: Literal["good", "fault"]
    remark: Words
    about: list[str] = field(default_factory=list)


@get(f"{WATCH}/quality", opt={"permission": "refunds.watch"})
async def sample(request: Req, session: Db) -> Response[str]:
    return await _sample(request, session, {})


@post(f"{WATCH}/quality/{{check_id:uuid}}", opt={"permission": "refunds.review"}, status_code=200)
async def judge(request: Req, session: Db, check_id: FromPath[UUID]) -> Response[Any]:
    """Good, or faulty in named points; a fault needs a point, and whoever had a part is refused."""
    form = await submitted(request, Verdict)
    if form.ok and form.taken.result == "fault" and not set(form.taken.about) & set(quality.FAULTS):
        form.refuse("about", quality.NAME_A_FAULT)
    if not form.ok:
        await closed.check(session, check_id)
        return await _sample(request, session, {check_id: form}, status=422)
    faults = [name for name in form.taken.about if name in quality.FAULTS] if form.taken.result == "fault" else []
    await quality.judge(session, check_id, actor_of(request), faults=faults, remark=form.taken.remark, now=clock.now())
    return to("/refunds/watch/quality", request)


async def _sample(
    request: Req, session: AsyncSession, forms: dict[UUID, Submitted[Any]], status: int = 200
) -> Response[str]:
    found, actor = await closed.checks(session), actor_of(request)
    members, counted = await members_by_id(session), await closed.verdicts(session)
    rows: list[dict[str, Any]] = [
        {
            "check": check,
            "refund": refund,
            "form": forms.get(check.id, Submitted()),
            "faults": [quality.FAULTS[name] for name in check.about if name in quality.FAULTS],
            "may_judge": check.checked_at is None
            and actor.may("refunds.review")
            and actor.id is not None
            and not await closed.took_part(session, refund.id, actor.id),
        }
        for check, refund in found
    ]
    return await page(
        request,
        "refunds/watch/quality.html",
        session=session,
        status=status,
        tabs=tabs(request, "/quality"),
        waiting=[row for row in rows if row["check"].checked_at is None],
        done=[row for row in rows if row["check"].checked_at is not None],
        faults=list(quality.FAULTS.items()),
        clients=await clients_by_id(session, list({refund.client_id for _check, refund in found})),
        members=members,
        rates=[
            {"name": members[who].name if who in members else "", "read": n, "faulty": bad, "few": n < FEWEST}
            for who, (n, bad) in counted.items()
        ],
    )


ROUTES = [precedents, sample, judge]
