"""What the law says about the terms of a policy: what cannot be published, and what must have been read before.

Civil Code 496–498 (standard terms), 585 with Fa Shi [2023] 13 art. 65 (penalties), 928 and 933 (mandates).
"""

from __future__ import annotations

from saas.kernel.i18n import Text, _
from saas.refunds.terms import Reason, Terms


def forbidden(terms: Terms) -> list[Text]:
    """Terms that would not stand; a policy with one of them is not published."""
    found = []
    if not any(reason.code == "cancel" for reason in terms.reasons):
        found.append(_("The client may end a mandate at any time (Civil Code 933): keep a reason for it."))
    for reason in terms.reasons:
        name = _name(reason)
        if reason.at_fault and (reason.most_percent < 100 or reason.tiers):
            found.append(_("“%(reason)s” is our own fault: it has no ratio limit (Civil Code 497).", reason=name))
        if reason.at_fault and reason.preset in ("P2", "P4"):
            found.append(
                _("“%(reason)s” is our own fault: neither list price nor deduction (Civil Code 497).", reason=name)
            )
        if reason.preset == "P8" and not reason.optional:
            found.append(_("“%(reason)s” goes beyond the law (Fa Shi [2025] No. 4): label it so.", reason=name))
    return found


def weighty(terms: Terms) -> list[Text]:
    """Terms that hold only if the contract points them out; whoever publishes confirms that they know."""
    found = []
    if terms.penalty:
        found.append(
            _("A penalty holds only if the contract agrees it, and only as far as a loss is proved (Civil Code 585).")
        )
    if terms.gifts == "forfeit":
        found.append(_("Charging gift months must stand in bold in the contract (Civil Code 496)."))
    for reason in terms.reasons:
        name = _name(reason)
        if reason.preset == "P2":
            found.append(
                _("“%(reason)s” at list price must stand in bold in the contract (Civil Code 496).", reason=name)
            )
        if not reason.optional and (reason.most_percent < 100 or reason.tiers):
            found.append(
                _(
                    "“%(reason)s” may keep more than was served: such a ratio may be void (Civil Code 497, 928).",
                    reason=name,
                )
            )
    return found


def _name(reason: Reason) -> Text:
    """Both names: the sentence may be read in either language."""
    return _("%(zh)s / %(en)s", zh=reason.name_zh, en=reason.name_en)
