"""Early signs that a client may leave, and warnings before a contract. Pure: facts in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money

UNANSWERED_DAYS = 5  # working days after which a client's word should have been answered, or ours by them
RENEWAL_DAYS = 90  # before a contract's end somebody talks about the next one
EARLY_DAYS = 90  # after its beginning a client is new
AT_RISK = 4  # points from which the account's owner gets a task, where the firm chose no other number


@dataclass(frozen=True, slots=True)
class AboutContract:
    """The contract in force, or the last one; money as agreed and as received."""

    number: str
    starts_on: date
    ends_on: date
    price: Money
    received: Money
    cancelled: bool = False

    def owed(self, today: date) -> Money:
        """What the time served is worth and was not received; nothing before it begins."""
        whole = max(1, (self.ends_on - self.starts_on).days + 1)
        served = min(max(0, (today - self.starts_on).days), whole)
        return max(ZERO, Money(self.price.fen * served // whole) - self.received)


@dataclass(frozen=True, slots=True)
class AboutClient:
    """What the signs look at, all from what is on record."""

    unanswered: int = 0  # incoming messages without a later outgoing one, older than UNANSWERED_DAYS
    silent_letters: int = 0  # our letters whose day of answer is over
    late_cases: int = 0
    open_cases: int = 0
    severe_findings: int = 0
    refunds: int = 0  # open requests
    objections: int = 0  # to letters, within half a year
    low_answers: int = 0  # surveys of at most 2 of 5, within half a year
    handlers: int = 0  # bookkeepers within a year
    contract: AboutContract | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign with its weight: 1 is worth a look, 2 is worth a call."""

    name: str
    points: Literal[1, 2]
    words: Text


def signs(about: AboutClient, today: date) -> list[Sign]:
    """Of a client that may leave, the gravest first."""
    found = [
        (about.low_answers, Sign("complaint", 2, _("%(n)s low survey answers in half a year", n=about.low_answers))),
        (about.refunds, Sign("refund", 2, _("%(n)s refund requests are open", n=about.refunds))),
        (about.unanswered, Sign("unanswered", 2, _("%(n)s messages of theirs were not answered within %(days)s working "
                                                   "days", n=about.unanswered, days=UNANSWERED_DAYS))),
        (about.objections, Sign("objection", 1, _("%(n)s letters were objected to in half a year",
                                                  n=about.objections))),
        (about.silent_letters, Sign("silence", 1, _("%(n)s letters were not answered in time",
                                                    n=about.silent_letters))),
        (about.late_cases, Sign("cases", 1, _("%(n)s of %(of)s open cases are late", n=about.late_cases,
                                              of=about.open_cases))),
    ]  # fmt: skip
    said = [sign for count, sign in found if count]
    return sorted([*said, *_of_contract(about.contract, today)], key=lambda sign: -sign.points)


def _of_contract(contract: AboutContract | None, today: date) -> Sequence[Sign]:
    if contract is None or contract.cancelled:
        return []
    found: list[Sign] = []
    owed = contract.owed(today)
    if owed.fen * 4 > contract.price.fen:  # who pays by the quarter in arrears owes up to a quarter of the year
        words = _("%(amount)s of contract %(number)s is served and not paid", amount=owed, number=contract.number)
        found.append(Sign("payment", 2, words))
    left = (contract.ends_on - today).days
    if 0 <= left <= RENEWAL_DAYS:
        words = _("Contract %(number)s ends in %(days)s days", number=contract.number, days=left)
        found.append(Sign("ending", 1, words))
    return found


def points(found: Sequence[Sign]) -> int:
    return sum(sign.points for sign in found)


def warnings(about: AboutClient, today: date) -> list[Text]:
    """Before a contract is signed, renewed or widened: what should be settled first (R14.4)."""
    found: list[Text] = []
    contract = about.contract
    if contract is not None and (owed := contract.owed(today)):
        found.append(_("%(amount)s of the present contract is not paid: agree on it first.", amount=owed))
    if about.severe_findings:
        found.append(
            _("%(n)s grave findings stand open: price the clearing up, or leave it out in writing.",
              n=about.severe_findings)
        )  # fmt: skip
    if about.refunds:
        found.append(_("A refund request is open: settle it before a new contract."))
    if about.low_answers or about.objections:
        found.append(_("There were complaints: let the manager talk before prices are named."))
    if contract is None:
        found.append(_("No contract is on record: without one in writing no work begins (代理记账管理办法)."))
    elif contract.ends_on < today and not contract.cancelled:
        found.append(
            _("Contract %(number)s ended on %(day)s: work goes on without one.", number=contract.number,
              day=contract.ends_on.isoformat())
        )  # fmt: skip
    return found
