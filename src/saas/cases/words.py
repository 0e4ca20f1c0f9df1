"""The words of a case: what its codes are called on screen, in letters and in the case file."""

from __future__ import annotations

from saas.checks.report import SEVERITIES as LEVELS
from saas.kernel.i18n import Text, _

SEVERITIES: dict[str, Text] = {str(name): label for name, (label, _style) in LEVELS.items()}
SOURCES: dict[str, Text] = {
    "rule": _("Found by a rule"),
    "staff": _("Noticed by us"),
    "client": _("Told by the client"),
    "authority": _("Told by an authority"),
    "complaint": _("Complaint of the client"),
}
CAUSE_CLASSES: dict[str, Text] = {
    "entry": _("Entry error"),
    "treatment": _("Improper treatment"),
    "external": _("External factor"),
    "system": _("System fault"),
}
CAUSE_CODES: dict[str, Text] = {
    "AMT": _("Wrong amount"),
    "DATE": _("Wrong date"),
    "ACCT": _("Wrong account"),
    "SIDE": _("Sides exchanged"),
    "DUP": _("Entered twice"),
    "OMIT": _("Left out"),
    "TAX": _("Wrong tax treatment"),
    "CUTOFF": _("Wrong period"),
    "POLICY": _("Against the accounting policy"),
    "SYSTEM": _("Fault of a program"),
    "OTHER": _("Another cause"),
}
RESPONSIBILITIES: dict[str, Text] = {
    "firm": _("our firm"),
    "client": _("the client"),
    "external": _("a third party"),
    "shared": _("both sides"),
}
TREATMENTS: dict[str, Text] = {
    "avoid": _("Avoid: stop what causes it"),
    "reduce": _("Reduce: correct and prevent"),
    "transfer": _("Transfer: insure, or hand on"),
    "accept": _("Accept: small enough to bear"),
}
OUTCOMES: dict[str, Text] = {
    "voucher": _("Corrected by voucher"),
    "explained": _("Nothing was wrong"),
    "external": _("External cause, nothing to book"),
    "no_entry": _("Nothing to book"),
    "dismissed": _("False alarm"),
}
EXPECTATIONS: dict[str, Text] = {
    "met": _("met"),
    "partly": _("met in part"),
    "not_met": _("not met"),
}
LIKELIHOODS: tuple[Text, ...] = (
    _("1 rare"),
    _("2 unlikely"),
    _("3 possible"),
    _("4 likely"),
    _("5 almost certain"),
)
IMPACTS: tuple[Text, ...] = (
    _("1 slight"),
    _("2 small"),
    _("3 noticeable"),
    _("4 serious"),
    _("5 grave"),
)
QUESTION_KINDS: dict[str, Text] = {
    "text": _("in words"),
    "choice": _("one of several"),
    "date": _("a date"),
    "amount": _("an amount"),
    "yes_no": _("yes or no"),
}
ANSWER_CHANNELS: dict[str, Text] = {
    "link": _("by link"),
    "phone": _("by telephone"),
    "wechat": _("by WeChat"),
    "email": _("by e-mail"),
    "visit": _("in person"),
    "letter": _("by letter"),
}
