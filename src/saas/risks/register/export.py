"""The register as a workbook: entries, measures and the history of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.tenancy import of_this_firm
from saas.risks.levels import CATEGORIES, TREATMENTS, level_of
from saas.risks.models import Measure, Risk, RiskScore
from saas.risks.register.workflow import RISK
from saas.risks.wording import said

Cell = str | int | Decimal | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RISK_HEADS: tuple[tuple[Text, int], ...] = (
    (_("Risk number"), 15), (_("Risk"), 28), (_("Category"), 12), (_("State"), 10),
    (_("Why it may happen"), 36), (_("Event"), 36),
    (_("Effect"), 36), (_("Likelihood"), 10), (_("Impact"), 10), (_("Inherent score"), 10),
    (_("Residual likelihood"), 10), (_("Residual impact"), 10), (_("Residual score"), 10), (_("Level"), 10),
    (_("Exposure (yuan)"), 14), (_("Treatment"), 10), (_("Plan"), 36), (_("Controls"), 36), (_("Owner"), 12),
    (_("Review on"), 12), (_("Law or standard"), 30),
)  # fmt: skip
MEASURE_HEADS = (
    (_("Risk number"), 15), (_("Measure"), 44), (_("Owner"), 12), (_("Due"), 12), (_("Done on"), 12), (_("Result"), 40),
)  # fmt: skip
SCORE_HEADS = (
    (_("Risk number"), 15), (_("On"), 12), (_("Scored by"), 12), (_("Likelihood"), 10), (_("Impact"), 10),
    (_("Residual likelihood"), 10), (_("Residual impact"), 10), (_("Exposure (yuan)"), 14), (_("Reason"), 44),
)  # fmt: skip


async def workbook(session: AsyncSession, risks: Sequence[Risk], members: Mapping[UUID, Membership]) -> bytes:
    """Three sheets; numbers are numbers and days are days, so that they can be reckoned with."""
    number = {risk.id: risk.number for risk in risks}
    measures = (await session.scalars(select(Measure).where(of_this_firm(Measure)).order_by(Measure.due_on))).all()
    scores = (await session.scalars(select(RiskScore).where(of_this_firm(RiskScore)).order_by(RiskScore.at))).all()
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, _("Risk register"), RISK_HEADS, [_risk(risk, members) for risk in risks])
    _sheet(book, _("Measures"), MEASURE_HEADS,
           [[number[m.risk_id], *_measure(m, members)] for m in measures if m.risk_id in number])  # fmt: skip
    _sheet(book, _("History of scores"), SCORE_HEADS,
           [[number[s.risk_id], *_score(s)] for s in scores if s.risk_id in number])  # fmt: skip
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, title: Text, heads: Sequence[tuple[Text, int]], lines: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(str(title))
    sheet.append([str(head) for head, _width in heads])
    for line in lines:
        sheet.append([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in line])
    for column, (_head, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(1, column).font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _risk(risk: Risk, members: Mapping[UUID, Membership]) -> list[Cell]:
    return [
        risk.number, risk.title, str(CATEGORIES.get(risk.category, risk.category)), str(RISK.state(risk.state).label),
        said(risk.cause), said(risk.event), said(risk.effect), risk.likelihood, risk.impact, risk.inherent,
        risk.residual_likelihood, risk.residual_impact, risk.residual, str(level_of(risk.residual).label),
        _yuan(risk.exposure), str(TREATMENTS.get(risk.treatment, "")), said(risk.plan), said(risk.control),
        _name(risk.owner_id, members), risk.review_on, risk.source,
    ]  # fmt: skip


def _measure(measure: Measure, members: Mapping[UUID, Membership]) -> list[Cell]:
    return [measure.text, _name(measure.owner_id, members), measure.due_on, _day(measure.done_at), measure.result]


def _score(score: RiskScore) -> list[Cell]:
    return [
        _day(score.at), score.by_name, score.likelihood, score.impact, score.residual_likelihood,
        score.residual_impact, _yuan(score.exposure), score.reason,
    ]  # fmt: skip


def _name(member_id: UUID | None, members: Mapping[UUID, Membership]) -> str:
    return members[member_id].name if member_id is not None and member_id in members else ""


def _yuan(amount: Money | None) -> Decimal | None:
    return amount.yuan if amount is not None else None


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(CHINA).date() if moment is not None else None
