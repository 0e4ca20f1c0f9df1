"""What a refund policy says, typed: the terms of one version, as they stand in RefundPolicy.terms.

Amounts in fen, ratios in percent, deadlines in working days. The presets P1–P9 are the trade's (accounting.md §8);
P10 gives back what was paid above the price (a double payment), which none of them does.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

Preset = Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10"]
NoticeMonth = Literal["full", "daily", "none"]  # how the month of the notice is counted
GiftMonths = Literal["last", "spread", "forfeit"]
Percent = Annotated[int, Meta(ge=0, le=1000)]
Days = Annotated[int, Meta(ge=1, le=250)]
Fen = Annotated[int, Meta(ge=0)]


class Tier(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to so many months served, at most so many percent of what was received go back."""

    months: Annotated[int, Meta(ge=0, le=240)]
    percent: Annotated[int, Meta(ge=0, le=100)]


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason for which money is given back: what it needs, and how it is reckoned."""

    code: str  # unmet, interruption, cancel, double_payment, our_error, cooling_off, downgrade, …
    name_zh: str
    name_en: str
    preset: Preset
    evidence: tuple[str, ...] = ()  # keys of EVIDENCE (refunds/checklist.py)
    at_fault: bool = False  # the firm's own error: no deduction, second level of approval
    most_percent: Percent = 100  # of what was received; compensation for an own error is not cut by it
    optional: bool = False  # goes beyond the law; labelled so (cooling-off)
    when_zh: str = ""  # the condition in words, as printed
    when_en: str = ""
    tiers: tuple[Tier, ...] = ()  # by months served, ascending; after the last one `most_percent` counts

    def __post_init__(self) -> None:
        """ValueError where later tiers give more than earlier ones: whoever stays longer never gets more back."""
        months = [tier.months for tier in self.tiers]
        percents = [tier.percent for tier in self.tiers] + ([self.most_percent] if self.tiers else [])
        if months != sorted(set(months)) or percents != sorted(percents, reverse=True):
            raise ValueError("tiers ascend by months and never give more later")

    def in_words(self, locale: str) -> tuple[str, str]:
        """(name, condition) in a language; Chinese where the English is not there."""
        if locale == "en":
            return self.name_en or self.name_zh, self.when_en or self.when_zh
        return self.name_zh, self.when_zh

    def most(self, months: int) -> int:
        """Percent of what was received that go back at most after so many months served."""
        return next((tier.percent for tier in self.tiers if months <= tier.months), self.most_percent)


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole policy of one version."""

    name_zh: str
    name_en: str
    basis: tuple[str, ...]  # legal basis, as printed in Chinese; `basis_en` says the same, line by line
    reasons: tuple[Reason, ...]
    notice_month: NoticeMonth = "full"
    gifts: GiftMonths = "last"
    penalty: Fen = 0  # agreed for ending without cause; 0: none
    loss_percent: Percent = 130  # the deduction never exceeds this share of the proved loss
    deduction_cap_percent: Percent = 100  # the firm's own cap, of what was received
    cooling_off_days: int = 7
    credit_bonus_percent: Percent = 0
    credit_months: Days = 12
    hour_cost: Fen = 0  # of labour, for the loss sheet
    fast_lane_up_to: Fen = 0  # small and clean requests: the countersignature is the only approval
    level_2_from: Fen = 0  # amounts above need a second level
    offer_days: Days = 10
    appeal_days: Days = 10
    pay_days: Days = 5  # printed in the offer: paid within so many working days after the yes
    retention_years: Days = 30
    basis_en: tuple[str, ...] = ()
    further_zh: tuple[str, ...] = ()  # further clauses, as printed; `further_en` says the same, line by line
    further_en: tuple[str, ...] = ()
    deadlines: dict[str, Days] = field(default_factory=dict)  # state → working days

    def in_words(self, locale: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """(name, legal basis, further clauses) in a language; Chinese where the English is not there."""
        if locale == "en":
            return self.name_en or self.name_zh, self.basis_en or self.basis, self.further_en or self.further_zh
        return self.name_zh, self.basis, self.further_zh

    def reason(self, code: str) -> Reason:
        """The rule of one reason; KeyError for a reason this version does not know."""
        for reason in self.reasons:
            if reason.code == code:
                return reason
        raise KeyError(code)


def as_at_fault(terms: Terms, code: str) -> Terms:
    """The same terms, with one reason as one of our own fault."""
    reasons = tuple(replace(one, at_fault=True) if one.code == code else one for one in terms.reasons)
    return replace(terms, reasons=reasons)
