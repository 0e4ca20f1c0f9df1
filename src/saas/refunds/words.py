"""Words for what refunds keep as codes."""

from __future__ import annotations

from saas.kernel.i18n import Text, _, reader
from saas.refunds.terms import Reason, Terms

HOW: dict[str, Text] = {
    "link": _("by link"),
    "phone": _("by telephone"),
    "wechat": _("by WeChat"),
    "email": _("by e-mail"),
    "visit": _("at a visit"),
    "letter": _("by letter"),
}
REJECTIONS: dict[str, Text] = {
    "no_grounds": _("the reason does not hold"),
    "delivered": _("the service was delivered in full"),
    "not_received": _("nothing was received for it"),
    "out_of_time": _("the agreed time for it is over"),
    "duplicate": _("it was paid back before"),
    "withdrawn": _("the client does not pursue it"),
    "other": _("another reason"),
}
LOSSES: dict[str, Text] = {
    "labour": _("Labour"),
    "sunk": _("Sunk cost"),
    "third_party": _("Paid to others"),
    "depreciation": _("Depreciation"),
}
OUTCOMES: dict[str, Text] = {
    "refund": _("paid back"),
    "credit": _("service credit"),
    "plan": _("another plan"),
    "cancelled": _("taken back by the client"),
    "rejected": _("rejected"),
}
SOURCES: dict[str, Text] = {
    "": _("not told"),
    "referral": _("recommended by a client"),
    "search": _("found on the web"),
    "partner": _("through a partner"),
    "visit": _("our own visit"),
    "other": _("otherwise"),
}


def reason_name(reason: Reason) -> str:
    """A reason of the policy in the reader's language."""
    return reason.name_en if reader() == "en" else reason.name_zh


def policy_name(terms: Terms) -> str:
    return terms.name_en if reader() == "en" else terms.name_zh
