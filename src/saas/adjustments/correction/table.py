"""The decision table D1–D22 of accounting.md §1.2. Read from the top: the first row that fits decides.

The order differs from the numbers in a few places, because the narrower case is asked first: what is no error at all,
what changes no money, assets found, statements still unapproved. A row with `instead` names no method: it changes the
facts and the search goes on below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saas.adjustments.correction import law
from saas.adjustments.correction import refusals as no
from saas.adjustments.correction.facts import Facts
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.refusals import Refused
from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Row:
    """One row: for these facts, this method, resting on this law. Empty conditions fit everything."""

    id: str
    when: Mapping[str, Any]  # fact → the value, or the tuple of values, it must have; "pl": is P&L touched
    method: Method | None
    law: Text
    vouchers: Text
    remark: Text | None = None
    refused: tuple[Refused, ...] = ()
    instead: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, facts: Facts) -> bool:
        return all(_value(facts, name) in _allowed(wanted) for name, wanted in self.when.items())


def _value(facts: Facts, name: str) -> object:
    return "pl" in facts.touches if name == "pl" else getattr(facts, name)


def _allowed(wanted: object) -> tuple[object, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


SAME = {"posting": "posted", "year": "same"}
CLOSED = {"posting": "posted", "year": "earlier_closed"}
SHAPE = ("account", "side", "auxiliary", "tax_split")
CUT_OFF = ("early", "late")
NONE = _("none")
ONE_BLUE = _("1 blue, wrong account against right account")
ONE_CURRENT = _("1 blue in the open period, on the account of the same nature")
RESTATED = _("(a) through 6901, (b) income tax, (c) 6901 to retained earnings, (d) surplus reserve where accrued")
POSTED = (no.STRIKE, no.DELETE, no.NOT_DRAFT)

TABLE: tuple[Row, ...] = (
    Row(
        "D22",
        {"kind": "not_an_error"},
        Method.ORDINARY,
        law.PRACTICE,
        _("an ordinary voucher"),
        _("Reversed accruals, differences from estimates, settlements and reclassifications are no corrections."),
    ),
    Row(
        "D10",
        {"kind": "ledger_slip"},
        Method.NOT_APPLICABLE,
        law.ARTICLE_51,
        NONE,
        _("Striking out belongs to paper ledgers: taught, not offered."),
        (no.STRIKE,),
    ),
    Row(
        "D1",
        {"posting": "draft"},
        Method.REFILL,
        law.ARTICLE_51_5,
        NONE,
        _("Corrected in the firm's own program; the case keeps copies from before and after."),
        (no.DRAFT_FIRST, no.STRIKE),
    ),
    Row(
        "D9",
        {"kind": "descriptive"},
        Method.NO_ENTRY,
        law.PRACTICE,
        NONE,
        _("A written explanation is filed with the voucher."),
        (no.NO_MONEY, *POSTED),
    ),
    Row(
        "D20",
        {"kind": "asset_surplus", "standard": "enterprise"},
        Method.RESTATE,
        law.CAS_28,
        _("debit 1601, credit 6901"),
        _("A fixed asset found is an error of an earlier period."),
        (no.NOT_CURRENT_MATERIAL, no.RETAINED_RESTATE),
    ),
    Row(
        "D20",
        {"kind": "asset_surplus", "standard": "small"},
        Method.THROUGH_SUSPENSE,
        law.SMALL_SURPLUS,
        _("1601 against 1901, then 1901 to 5301"),
        None,
        (no.NO_RESTATEMENT_SMALL, no.RETAINED),
    ),
    Row(
        "D21",
        {"standard": "enterprise", "statements_approved": False, "year": ("earlier_open", "earlier_closed")},
        None,
        law.CAS_29,
        _("as D11 while December is open, else as D15"),
        _("Found after year-end and before the statements are approved: an adjusting event."),
        instead={"statements_approved": True, "material": True},
    ),
    Row(
        "D11",
        {"year": "earlier_open"},
        None,
        law.ARTICLE_51,
        _("as D2–D9, dated the last day of the open December"),
        _("Then renew the carry-forward of profit and loss, and of the year's profit to retained earnings."),
        instead={"year": "same"},
    ),
    Row(
        "D2",
        {**SAME, "kind": SHAPE},
        Method.RED_BLUE,
        law.ARTICLE_51_5,
        _("red copy of the whole voucher, and a blue correct one"),
        _("Also for a wrong split of lines, quantity or currency."),
        (no.DOUBLE, no.NOT_DIFFERENCE, no.NOT_BLUE, *POSTED),
    ),
    Row(
        "D3",
        {**SAME, "kind": "amount_high"},
        Method.DIFF_RED,
        law.ARTICLE_51_5,
        _("1, the difference, negative"),
        _("Every affected line; the voucher still balances."),
        (no.NO_FULL_COPY, no.DOUBLE, no.NOT_BLUE, *POSTED),
    ),
    Row(
        "D4",
        {**SAME, "kind": "amount_low"},
        Method.DIFF_BLUE,
        law.ARTICLE_51_5,
        _("1, the difference, positive"),
        _("Every affected line; the voucher still balances."),
        (no.NO_FULL_COPY, no.NOT_BLUE, *POSTED),
    ),
    Row(
        "D5",
        {**SAME, "kind": "duplicate"},
        Method.RED_ONLY,
        law.ARTICLE_51_5,
        _("1 red copy of the surplus voucher"),
        _("Check which copy carries the original document."),
        (no.NO_BLUE_DUPLICATE, no.DOUBLE, *POSTED),
    ),
    Row(
        "D6",
        {**SAME, "kind": "omission"},
        Method.SUPPLEMENT,
        law.PRACTICE,
        _("1 ordinary voucher"),
        _("Not a correction in the sense of Article 51; it needs its own original document."),
        (no.OWN_DOCUMENT, no.NOT_BLUE),
    ),
    Row(
        "D7",
        {**SAME, "kind": "early", "right_month_over": False},
        Method.RED_NOW_BLUE_THEN,
        law.ARTICLE_51_5,
        _("red now, blue in the right month"),
        _("The blue voucher is a draft that waits for its month and is numbered then."),
        (no.DOUBLE, no.NOT_DIFFERENCE, *POSTED),
    ),
    Row(
        "D7",
        {**SAME, "kind": "early", "right_month_over": True},
        Method.NO_ENTRY,
        law.PRACTICE,
        NONE,
        _("The right month is over and the cumulative figures are right; check the returns filed in between."),
        (no.ALREADY_RIGHT, *POSTED),
    ),
    Row(
        "D8",
        {**SAME, "kind": "late"},
        Method.NO_ENTRY,
        law.PRACTICE,
        NONE,
        _("The year's total is right; VAT or individual income tax of the earlier month may need an amended return."),
        (no.ALREADY_RIGHT, *POSTED),
    ),
    Row(
        "D19",
        {**CLOSED, "kind": CUT_OFF, "turned_round": True, "standard": "small"},
        Method.NO_ENTRY,
        law.SMALL_88,
        NONE,
        _("The error has turned round by itself; the tax of both years is still checked."),
        (no.ALREADY_RIGHT, no.NO_RESTATEMENT_SMALL),
    ),
    Row(
        "D19",
        {**CLOSED, "kind": CUT_OFF, "turned_round": True, "standard": "enterprise", "material": False},
        Method.NO_ENTRY,
        law.CAS_28_IMMATERIAL,
        NONE,
        _("The error has turned round by itself; the tax of both years is still checked."),
        (no.ALREADY_RIGHT, no.NO_RESTATEMENT_IMMATERIAL),
    ),
    Row(
        "D18",
        {**CLOSED, "kind": ("duplicate", "omission", "amount_high", "amount_low", "side")},
        None,
        law.ARTICLE_51_5,
        _("1 blue for the net effect, as D12–D17"),
        _("Right minus wrong is computed per account first; its accounts decide."),
        instead={"kind": "account"},
    ),
    Row(
        "D12",
        {**CLOSED, "pl": False},
        Method.BLUE,
        law.ARTICLE_51_5,
        ONE_BLUE,
        _("The same under every standard; no prior-year adjustment, no tax entry."),
        (no.CLOSED_YEAR, no.NO_RESULT_TOUCHED, no.NO_RESTATE_NEEDED, *POSTED),
    ),
    Row(
        "D13",
        {**CLOSED, "pl": True, "standard": "small"},
        Method.BLUE_CURRENT,
        law.SMALL_88,
        ONE_CURRENT,
        _("No restatement; the tax belongs to the earlier year, and the next annual return takes the opposite."),
        (no.CLOSED_YEAR, no.NO_RESTATEMENT_SMALL, no.RETAINED, *POSTED),
    ),
    Row(
        "D14",
        {**CLOSED, "pl": True, "standard": "enterprise", "material": False},
        Method.BLUE_CURRENT,
        law.CAS_28_IMMATERIAL,
        ONE_CURRENT,
        _("As D13; a person has decided that the error is not material and written why."),
        (no.CLOSED_YEAR, no.NO_RESTATEMENT_IMMATERIAL, no.RETAINED, *POSTED),
    ),
    Row(
        "D15",
        {**CLOSED, "pl": True, "standard": "enterprise", "material": True},
        Method.RESTATE,
        law.CAS_28,
        RESTATED,
        _("Comparative figures restated, note disclosure; 6901 ends at zero and never goes through the year's profit."),
        (no.CLOSED_YEAR, no.NOT_CURRENT_MATERIAL, no.RETAINED_RESTATE, *POSTED),
    ),
    Row(
        "D16",
        {**CLOSED, "pl": True, "standard": "npo", "material": True},
        Method.NET_ASSETS,
        law.NPO,
        _("1 blue against opening net assets, restricted or unrestricted by the origin of the item"),
        None,
        (no.CLOSED_YEAR, no.NOT_CURRENT_MATERIAL, *POSTED),
    ),
    Row(
        "D17",
        {**CLOSED, "pl": True, "standard": "npo", "material": False},
        Method.BLUE_CURRENT,
        law.NPO,
        _("1 blue in current income or expense"),
        None,
        (no.CLOSED_YEAR, no.NO_RESTATEMENT_IMMATERIAL, *POSTED),
    ),
    Row(
        "—",
        {},
        Method.UNDECIDED,
        law.PRACTICE,
        NONE,
        _("The table has no rule for this standard: ask a licensed accountant and record the answer."),
    ),
)
