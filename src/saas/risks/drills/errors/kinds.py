"""The kinds of error a drill can inject: what each is called, the rules that should see it, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from saas.kernel.i18n import Text, _
from saas.risks.drills.errors import accounts, entries, missing
from saas.risks.drills.errors.scene import Mistake, Scene


@dataclass(frozen=True, slots=True)
class Kind:
    """`rules` find it; `also` may fire as its consequence without anything else being wrong."""

    name: str
    label: Text
    told: Text  # what was done, told after the drill
    rules: tuple[str, ...]
    also: tuple[str, ...]
    inject: Callable[[Scene], Mistake]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("duplicate_voucher", _("A voucher booked twice"),
             _("The same document was booked again some days later."),
             ("N25",), ("N08", "N44"), entries.duplicate_voucher),
        Kind("slip_of_ten", _("A zero too many"), _("A steady monthly amount was entered ten times too large."),
             ("N38",), ("N08", "N10", "N22", "N34"), entries.slip_of_ten),
        Kind("reversed_sides", _("Debit and credit exchanged"), _("Both sides of the entry were exchanged."),
             ("N39",), ("N08", "N09", "N10", "N35"), entries.reversed_sides),
        Kind("wrong_account", _("A wrong expense account"),
             _("An expense that always goes to one account was booked to another."),
             ("N43", "N24"), ("N35",), accounts.wrong_account),
        Kind("equipment_expensed", _("Equipment booked as an expense"),
             _("Equipment that belongs to the fixed assets was booked as an expense."),
             ("N41", "N43"), ("N22", "N35"), accounts.equipment_expensed),
        Kind("unknown_account", _("A code that does not exist"), _("A digit of the account code was mistyped."),
             ("N05",), ("N07", "N21", "N43"), accounts.unknown_account),
        Kind("unbalanced", _("A voucher that does not balance"), _("The amount of one line was mistyped."),
             ("N01",), ("N07", "N08"), entries.unbalanced),
        Kind("red_without_reference", _("A red voucher without its reason"),
             _("A red-letter voucher was added that does not say what it corrects."),
             ("N26",), ("N08", "N23"), entries.red_without_reference),
        Kind("missing_number", _("A missing voucher number"), _("A voucher was taken out of the month."),
             ("N02",), ("N33",), missing.missing_number),
        Kind("missing_depreciation", _("A month without depreciation"),
             _("The monthly depreciation or amortisation was left out."),
             ("N22", "N33"), (), missing.missing_monthly),
        Kind("not_closed", _("Profit and loss not closed"), _("The closing entry of a month was left out."),
             ("N21",), (), missing.not_closed),
    )
}  # fmt: skip
