"""Why a method is not offered: shown beside the chosen one, so that a reviewer sees the alternatives were weighed."""

from saas.adjustments.correction.methods import Method
from saas.kernel.i18n import Text, _

Refused = tuple[Method, Text]

DOUBLE = (
    Method.DOUBLE_ENTRY,
    _("It inflates the turnover of both accounts and leaves no copy of the wrong voucher to cancel."),
)
STRIKE = (Method.STRIKE_THROUGH, _("It belongs to paper ledgers; a posted electronic voucher stays as it is."))
DELETE = (Method.DELETE, _("A posted voucher may not be deleted, inserted or changed; the trace would be lost."))
NOT_DRAFT = (Method.REFILL, _("Only a voucher that is not posted yet may be filled in again."))
NOT_DIFFERENCE = (
    Method.DIFF_BLUE,
    _("A difference cures only an amount on the right accounts; here something else is wrong."),
)
NO_FULL_COPY = (
    Method.RED_BLUE,
    _("The accounts are right: cancelling the whole voucher would say more than was wrong."),
)
NOT_BLUE = (Method.BLUE, _("A single blue voucher is only for errors of earlier years."))
CLOSED_YEAR = (
    Method.RED_BLUE,
    _("The year is closed: a red copy would put last year's figures into this year's turnover."),
)
NO_RESTATEMENT_SMALL = (
    Method.RESTATE,
    _("Small enterprises apply corrections prospectively and have no account for prior-year adjustments."),
)
RETAINED = (
    Method.RETAINED_DIRECT,
    _("The correction belongs to this year's profit and loss, not straight to retained earnings."),
)
RETAINED_RESTATE = (
    Method.RETAINED_DIRECT,
    _("The amount has to be seen in prior-year adjustments before it is carried to retained earnings."),
)
NOT_CURRENT_MATERIAL = (
    Method.BLUE_CURRENT,
    _("A material error may not be put into this year's result; comparative figures are restated."),
)
NO_RESTATEMENT_IMMATERIAL = (
    Method.RESTATE,
    _("The error is not material: comparative figures stay as they are."),
)
NO_RESULT_TOUCHED = (
    Method.BLUE_CURRENT,
    _("No income or expense account is touched, so this year's result stays out of it."),
)
NO_RESTATE_NEEDED = (
    Method.RESTATE,
    _("No income or expense account is touched, so there is nothing to restate in the result."),
)
NO_BLUE_DUPLICATE = (Method.RED_BLUE, _("The other copy stands: a blue voucher would book it twice again."))
OWN_DOCUMENT = (Method.RED_BLUE, _("Nothing wrong was booked; the missing entry needs its own original document."))
ALREADY_RIGHT = (
    Method.RED_BLUE,
    _("The cumulative figures are right already; two more vouchers would only move them back and forth."),
)
NO_MONEY = (Method.RED_BLUE, _("No amount and no account changes; a written explanation is filed with the voucher."))
DRAFT_FIRST = (Method.RED_BLUE, _("Nothing is posted yet, so there is nothing to cancel."))

REOPEN_OFF = (Method.REOPEN, _("The firm does not allow reopening; it erases the trace and breaks the notice's hash."))
REOPEN_DELIVERED = (
    Method.REOPEN,
    _("A return or statement of that or a later period is filed, or something was handed over."),
)
REOPEN_YEAR = (Method.REOPEN, _("Reopening is for the same year only."))
REOPEN_CONDITIONS = (
    Method.REOPEN,
    _("Allowed by the firm: approved by a manager, with snapshots before and after and the finding linked."),
)
LINE_ONLY_OFF = (
    Method.LINE_ONLY,
    _("Common in practice with the same balances, but Article 51 asks for a copy with the same content."),
)
