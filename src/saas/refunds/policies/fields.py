"""The terms of a policy field by field: name, unit and limits, and the part each stands in when printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.refunds.workflow import DEADLINES, REFUND

Unit = Literal["fen", "percent", "days", "working_days", "months", "years", "choice"]


@dataclass(frozen=True, slots=True)
class Field:
    """One term. `least` and `most` in its unit; `help` is what a form says beneath it."""

    name: str
    label: Text
    unit: Unit
    least: int = 0
    most: int = 250
    help: Text | None = None
    options: dict[str, Text] = field(default_factory=dict)
    internal: bool = False  # our own control: not printed, not shown to clients

    def shown(self, value: Any) -> Text | str:
        """A value in words."""
        if self.unit == "choice":
            return self.options[value]
        if self.unit == "fen":
            return _("%(amount)s yuan", amount=Money(value)) if value else _("none")
        return _count(self.unit, value)


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of the policy; `intro` are sentences that hold in every version."""

    number: int
    title: Text
    fields: tuple[Field, ...] = ()
    intro: tuple[Text, ...] = ()


ONE: dict[str, Text] = {
    "days": _("1 day"), "working_days": _("1 working day"), "months": _("1 month"), "years": _("1 year"),
}  # fmt: skip


def _count(unit: Unit, value: int) -> Text:
    if unit == "percent":
        return _("%(n)s %%", n=value)
    if value == 1:
        return ONE[unit]
    if unit == "months":
        return _("%(n)s months", n=value)
    if unit == "years":
        return _("%(n)s years", n=value)
    return _("%(n)s working days", n=value) if unit == "working_days" else _("%(n)s days", n=value)


NOTICE_MONTH = {
    "full": _("counts in full"),
    "daily": _("counts by days"),
    "none": _("does not count"),
}
GIFTS = {
    "last": _("follow the paid months and cost nothing"),
    "spread": _("share the price with the paid months"),
    "forfeit": _("end with the contract; used ones are charged"),
}
MOST_FEN = 100_000_000_00  # a hundred million yuan

PARTS: tuple[Part, ...] = (
    Part(1, _("When money goes back"), (
        Field("cooling_off_days", _("Cooling-off"), "days", 1, 90,
              _("Only for the reason with the cooling-off preset.")),
    ), (
        _("The client may end the contract at any time and need not say why."),
        _("Which paper each reason needs stands beside it; papers we hold ourselves are not asked for."),
    )),
    Part(2, _("What was served"), (
        Field("notice_month", _("The month of the notice"), "choice", options=NOTICE_MONTH),
        Field("gifts", _("Gift months"), "choice", options=GIFTS),
    ), (
        _("Months whose service failed are not charged. Work with a price of its own is charged when it is delivered."),
    )),
    Part(3, _("Deductions"), (
        Field("penalty", _("Agreed penalty"), "fen", 0, MOST_FEN, _("0: none. Taken only with the preset P4.")),
        Field("loss_percent", _("At most of the proved loss"), "percent", 0, 130),
        Field("deduction_cap_percent", _("At most of what was received"), "percent", 0, 100),
        Field("hour_cost", _("An hour of work in the loss sheet"), "fen", 0, MOST_FEN,
              _("Not printed: clients do not see it."), internal=True),
    ), (
        _("A deduction needs a proved loss and is the smallest of the limits below; none where we are at fault."),
        _("Costs paid to third parties are kept only against a receipt."),
    )),
    Part(4, _("Limits and compensation"), (), (
        _("A refund is never negative and never more than was received, VAT included; it is rounded once, to the fen."),
        _("A direct loss through our error (late fee, fine) is made good against proof; beyond what was received it "
          "becomes a claim of its own."),
    )),
    Part(5, _("Credit instead of money"), (
        Field("credit_bonus_percent", _("Bonus"), "percent", 0, 100),
        Field("credit_months", _("Valid for"), "months", 1, 60),
    ), (
        _("Only if the client chooses it; nobody is talked into it."),
    )),
    Part(6, _("Times"), (
        Field("offer_days", _("An offer stands"), "working_days", 3, 60),
        Field("appeal_days", _("An appeal against a rejection"), "working_days", 3, 60),
        Field("pay_days", _("Paid after the client’s yes"), "working_days", 1, 60),
        Field("retention_years", _("The file is kept"), "years", 30, 100),
    ), (
        _("Each stage has its time in working days; while we wait for the client’s papers the clock stands still."),
    )),
    Part(7, _("Approval"), (
        Field("fast_lane_up_to", _("Fast lane up to"), "fen", 0, MOST_FEN,
              _("Small and clean requests: the countersignature of a second person is the only approval."),
              internal=True),
        Field("level_2_from", _("A second level above"), "fen", 0, MOST_FEN,
              _("Also on every override and every own error."), internal=True),
    ), (
        _("Nobody approves what they prepared; whoever countersigned does not approve, and two levels are two people."),
    )),
    Part(8, _("Further clauses")),
    Part(9, _("Legal basis")),
)  # fmt: skip
FIELDS: dict[str, Field] = {one.name: one for part in PARTS for one in part.fields}
DEADLINE_FIELDS: dict[str, Field] = {
    state: Field(f"deadline-{state}", REFUND.state(state).label, "working_days", 1, 60) for state in DEADLINES
}
