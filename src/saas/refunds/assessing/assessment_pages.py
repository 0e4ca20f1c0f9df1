"""The assessment page: evidence beside the sheets of items, losses and harms, and the ladder that follows, live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.cases.words import RESPONSIBILITIES
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.errors import Invalid, Refusal
from saas.kernel.forms import Submitted, raw_form
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.refunds import queries, words
from saas.refunds.assessing import assessment, evidence
from saas.refunds.assessing.assessment import Assessment, Reckoned, agreed_of, as_judged, reckoned, service_of
from saas.refunds.assessing.assessment_form import SPARE, as_sent, read_service, typed
from saas.refunds.assessing.evidence import contract_months
from saas.refunds.assessing.evidence_view import evidence_view
from saas.refunds.dossier import Dossier, dossier, facts_line
from saas.refunds.ladder_view import ladder_view
from saas.refunds.models import Refund
from saas.refunds.workflow import REFUND

PAGE = "/f/{slug:str}/refunds/{row_id:uuid}/assessment"


@get(PAGE, opt={"permission": "refunds.work"})
async def sheet(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    found = await dossier(session, await queries.refund(session, row_id))
    form: Submitted[Any] = Submitted(typed(found.refund, service_of(found.refund), found.terms))
    return await _page(request, session, found, form)


@post(f"{PAGE}/preview", opt={"permission": "refunds.work"}, status_code=200)
async def preview(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    """The ladder of what stands in the form now; nothing is kept."""
    found = await dossier(session, await queries.refund(session, row_id))
    return await _page(request, session, found, Submitted(await raw_form(request)), sent=True)


@post(PAGE, opt={"permission": "refunds.work"}, status_code=200)
async def keep(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Keep the sheets and the ladder. Sent twice, the same stands there."""
    found = await dossier(session, await queries.refund(session, row_id))
    form: Submitted[Any] = Submitted(await raw_form(request))
    given = await _given(session, found, form)
    if not form.ok:
        return await _page(request, session, found, form, sent=True, status=422)
    try:
        async with session.begin_nested():
            await assessment.calculate(session, actor_of(request), found.refund, given, clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        form.errors.update(fields or {"": refusal.reason})
        found = await dossier(session, await queries.refund(session, row_id))
        return await _page(request, session, found, form, sent=True, status=refusal.status)
    return to(f"{REFUND.url(found.refund)}#ladder", request)


async def _given(session: AsyncSession, found: Dossier, form: Submitted[Any]) -> Assessment:
    """What was sent, errors in `form`."""
    service = read_service(form)
    case = await _case(session, found, form)
    amount: Money | None = None
    text = str(form.raw.get("amount", "")).strip()
    if text:
        try:
            amount = Money.of(text)
        except ValueError:
            form.refuse("amount", _("This is not an amount. Write it like 1,234.50."))
    return Assessment(service, case, amount, str(form.raw.get("override_reason", "")).strip()[:2000])


async def _case(session: AsyncSession, found: Dossier, form: Submitted[Any]) -> Case | None:
    """The case of this client that was chosen."""
    chosen = str(form.raw.get("case_id", ""))
    listed = await assessment.cases_of(session, found.refund, found.contract)
    case = next((one for one in listed if str(one.id) == chosen), None)
    if case is None and chosen and found.refund.case_id is not None and chosen == str(found.refund.case_id):
        case = await cases.case(session, found.refund.case_id)
    return case


async def _page(
    request: Req,
    session: AsyncSession,
    found: Dossier,
    form: Submitted[Any],
    *,
    sent: bool = False,
    status: int = 200,
) -> Response[str]:
    refund = found.refund
    given = await _given(session, found, form) if sent else Assessment(service_of(refund), found.case, refund.amount)
    amount = given.amount if sent or refund.overridden else None
    terms = as_judged(found.terms, refund.reason, given.case)
    result = reckoned(terms, refund.reason, await agreed_of(session, refund), given.service, amount)
    shown = as_sent(form.raw) if sent else dict(form.raw)
    return await page(
        request,
        "refunds/assessment.html",
        session=session,
        status=status,
        found=found,
        refund=refund,
        client=found.client,
        facts=facts_line(found),
        form=Submitted(shown, form.errors),
        computed=result.proposed,
        ladder=ladder_view(_with(refund, result), terms, found.policy),
        margin=margin_rows(result),
        at_fault=terms.reason(refund.reason).at_fault,
        evidence=evidence_view(refund, await evidence.gather(session, refund, clock.now())),
        months=[(month, month) for month in contract_months(found.contract)],
        cases=[(str(c.id), _case_name(c)) for c in await assessment.cases_of(session, refund, found.contract)],
        losses=list(words.LOSSES.items()),
        spare=SPARE,
        may_keep=refund.state == "complete" and refund.preparer_id == actor_of(request).id,
        blank_row={"kind": "labour", "name": "", "hours": "", "rate": shown.get("rate", ""), "amount": "", "proof": "",
                   "price": "", "delivered": "yes", "shown_by": ""},
    )  # fmt: skip


def margin_rows(result: Reckoned) -> list[dict[str, Any]]:
    """What the refund does to the margin of the contract."""
    rows: list[tuple[Text, int]] = [
        (_("Cost of the service (loss sheet)"), result.loss),
        (_("Margin without a refund"), result.before),
        (_("Kept after the refund"), result.kept),
        (_("Margin with the refund"), result.margin),
    ]
    return [
        {"label": label, "value": str(Money(fen)), "tone": "red" if fen < 0 else "", "strong": n == len(rows) - 1}
        for n, (label, fen) in enumerate(rows)
    ]


def _with(refund: Refund, result: Reckoned) -> Refund:
    """The refund as it would be with this ladder; never added to the session."""
    return Refund(reason=refund.reason, ladder=result.ladder.store(), computed=result.proposed, amount=result.proposed,
                  override_reason="")  # fmt: skip


def _case_name(case: Case) -> str:
    whose = RESPONSIBILITIES.get(case.responsibility, "")
    return f"{case.number} {case.title}" + (f" · {whose}" if whose else "")


ROUTES = [sheet, preview, keep]
