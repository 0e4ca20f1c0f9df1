"""The methods a correction can take, and those that are only ever refused."""

from __future__ import annotations

from enum import StrEnum

from saas.kernel.i18n import Text, _


class Method(StrEnum):
    REFILL = "refill"
    RED_BLUE = "red_blue"
    LINE_ONLY = "line_only"
    DIFF_RED = "diff_red"
    DIFF_BLUE = "diff_blue"
    RED_ONLY = "red_only"
    SUPPLEMENT = "supplement"
    RED_NOW_BLUE_THEN = "red_now_blue_then"
    NO_ENTRY = "no_entry"
    NOT_APPLICABLE = "not_applicable"
    BLUE = "blue"
    BLUE_CURRENT = "blue_current"
    RESTATE = "restate"
    NET_ASSETS = "net_assets"
    THROUGH_SUSPENSE = "through_suspense"
    ORDINARY = "ordinary"
    UNDECIDED = "undecided"
    # never chosen by the table, only named with the reason against them
    DOUBLE_ENTRY = "double_entry"
    STRIKE_THROUGH = "strike_through"
    REOPEN = "reopen"
    DELETE = "delete"
    RETAINED_DIRECT = "retained_direct"


NEVER = frozenset(
    {Method.DOUBLE_ENTRY, Method.STRIKE_THROUGH, Method.REOPEN, Method.DELETE, Method.RETAINED_DIRECT, Method.UNDECIDED}
)

NAMES: dict[Method, Text] = {
    Method.REFILL: _("Fill in the draft again"),
    Method.RED_BLUE: _("Red copy, then blue correct voucher"),
    Method.LINE_ONLY: _("One voucher: wrong line red, right line blue"),
    Method.DIFF_RED: _("Red voucher for the difference"),
    Method.DIFF_BLUE: _("Supplementary voucher for the difference"),
    Method.RED_ONLY: _("Red copy of the surplus voucher"),
    Method.SUPPLEMENT: _("Supplementary voucher for what was not booked"),
    Method.RED_NOW_BLUE_THEN: _("Red copy now, blue voucher in its month"),
    Method.NO_ENTRY: _("No voucher, written explanation"),
    Method.NOT_APPLICABLE: _("Not applicable to electronic books"),
    Method.BLUE: _("Blue voucher between balance-sheet accounts"),
    Method.BLUE_CURRENT: _("Blue voucher in this year's profit and loss"),
    Method.RESTATE: _("Retrospective restatement"),
    Method.NET_ASSETS: _("Blue voucher against opening net assets"),
    Method.THROUGH_SUSPENSE: _("Through assets awaiting disposal to non-operating income"),
    Method.ORDINARY: _("Ordinary voucher, nothing to correct"),
    Method.UNDECIDED: _("No rule: a licensed accountant decides"),
    Method.DOUBLE_ENTRY: _("One opposite voucher of double amount"),
    Method.STRIKE_THROUGH: _("Striking out by hand"),
    Method.REOPEN: _("Reopening the period and editing"),
    Method.DELETE: _("Deleting the voucher"),
    Method.RETAINED_DIRECT: _("Booking straight to retained earnings"),
}
