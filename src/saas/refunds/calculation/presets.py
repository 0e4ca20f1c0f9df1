"""The presets by name: what each is called in the trade, its formula, and when it fits (accounting.md §8)."""

from __future__ import annotations

from dataclasses import dataclass

from saas.kernel.i18n import Text, _
from saas.refunds.terms import Preset


@dataclass(frozen=True, slots=True)
class Named:
    """One preset in words."""

    name: Text
    formula: Text
    use: Text


PRESETS: dict[Preset, Named] = {
    "P1": Named(
        _("Remaining months"),
        _("received − months served × (contract price ÷ paid months)"),
        _("the usual way"),
    ),
    "P2": Named(
        _("At list price"),
        _("received − months served × list price"),
        _("only where the contract says in bold that ending early cancels the discount"),
    ),
    "P3": Named(
        _("By item"),
        _("received − what was delivered, each at its agreed price"),
        _("contracts for a package of services"),
    ),
    "P4": Named(
        _("Remaining months less a deduction"),
        _("remaining months − the smallest of agreed penalty, share of the proved loss and the firm’s cap"),
        _("the client ends without cause, and the contract has a clause"),
    ),
    "P5": Named(
        _("The firm’s fault"),
        _("received − months without fault × price + direct loss (late fee, fine)"),
        _("a filing missed or wrong, a service that failed"),
    ),
    "P6": Named(
        _("Not begun"),
        _("received − what was paid to third parties against a receipt"),
        _("nothing was delivered"),
    ),
    "P7": Named(_("By days"), _("remaining months, the last month by days"), _("short services")),
    "P8": Named(
        _("Cooling-off"),
        _("all of it within so many days, as long as nothing was filed"),
        _("a promise beyond the law, labelled as such"),
    ),
    "P9": Named(
        _("Credit or smaller plan"),
        _("remaining months as service credit, with a bonus"),
        _("the client goes on with a smaller plan, or later"),
    ),
    "P10": Named(
        _("Paid too much"),
        _("received − contract price"),
        _("paid twice or too much; the contract goes on"),
    ),
}
