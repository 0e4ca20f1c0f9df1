"""Proof of cure: a finding is gone from the next import because of its correction, not of an omission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from saas.checks.catalogue import BY_ID
from saas.checks.corrections import Correction
from saas.checks.differences import differences
from saas.checks.effective import effective, posted_as
from saas.checks.finding import Finding
from saas.checks.positions import positions
from saas.checks.stands import stands
from saas.checks.voucher_kinds import lines, vouchers
from saas.kernel.i18n import Text, _
from saas.ledgers.frame import REPEATED, Ledger


@dataclass(frozen=True, slots=True)
class Cure:
    """Whether a finding is cured, and the sentence that says why or why not."""

    ok: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule's own test looks at. `effective` is `after` with corrections folded into what they correct."""

    finding: Finding
    before: Ledger
    after: Ledger
    effective: Ledger
    settings: Mapping[str, Any]

    def again(self, ledger: Ledger) -> list[Finding]:
        """What the rule says now, with the thresholds under which the finding was made."""
        return BY_ID[self.finding.rule].run(ledger, self.settings)


def cured(
    finding: Finding,
    before: Ledger,
    after: Ledger,
    corrections: Sequence[Correction],
    settings: Mapping[str, Any] | None = None,
) -> Cure:
    """Compare the import in which the finding was made with the next one; `corrections` are the approved vouchers.

    Required, in this order: the new file covers the old one's months; every approved voucher stands in it as approved;
    nothing else changed in those months; and the rule's own test.
    """
    rule = BY_ID[finding.rule]
    posted = posted_as(after, corrections)
    case = Case(
        finding, before, after, effective(after, corrections, finding.period), {**rule.settings, **(settings or {})}
    )
    reason = (
        _covers(case)
        or _as_approved(posted, corrections)
        or _unexplained(case, posted)
        or OWN.get(finding.rule, gone)(case)
    )
    return Cure(reason is None, reason or _("The finding is gone, and nothing else changed"))


def _covers(case: Case) -> Text | None:
    """Every month with vouchers, and the finding's own month where it came from a balance list."""
    wanted = set(case.before.lines["period"].drop_nulls().to_list())
    missing = wanted - set(case.after.lines["period"].drop_nulls().to_list())
    if case.finding.rule in FROM_LISTS and case.finding.period not in case.after.balances["period"].to_list():
        missing |= {case.finding.period or ""}
    return _("The new file does not cover %(period)s", period=min(missing)) if missing else None


def _as_approved(posted: dict[str, Correction], corrections: Sequence[Correction]) -> Text | None:
    for correction in corrections:
        if not any(correction is there for there in posted.values()):
            number = f"{correction.word}-{correction.number}" if correction.number is not None else correction.word
            return _("The approved voucher %(number)s of %(date)s is not in the new file as approved", number=number,
                     date=correction.date.isoformat())  # fmt: skip
    return None


def _unexplained(case: Case, posted: dict[str, Correction]) -> Text | None:
    """A change in the old months that no approved voucher explains.

    The last month may go on. Closing entries follow what they close, a renumbered or reworded voucher says the same,
    and what was missing may be found (N02, N07).
    """
    if case.finding.rule == "N03" and _same_lines(case):
        return None
    found = differences(case.before, case.after)
    closing = _closings(case.before) | _closings(case.after)
    for voucher in found.deleted:
        if voucher not in closing:
            return _("Voucher %(voucher)s is gone; no voucher corrects it", voucher=voucher)
    for change in found.changed:
        redated = case.finding.rule == "N04" and change.what == ("date",) and change.voucher in case.finding.vouchers
        if change.voucher not in closing and change.voucher not in posted and not redated:
            return _("Voucher %(voucher)s was changed without approval", voucher=change.voucher)
    periods = dict(case.after.lines.select("voucher", "period").unique("voucher").iter_rows())
    open_month = case.before.lines["period"].max()
    for voucher in found.added:
        expected = voucher in closing or voucher in posted or case.finding.rule in FOUND_AGAIN
        if not expected and periods[voucher] != open_month:
            return _("Voucher %(voucher)s was added without approval", voucher=voucher)
    return None


def _same_lines(case: Case) -> bool:
    """Two vouchers under one number were given one each: the months hold the same lines as before."""
    columns = ["period", "account", "aux", "debit", "credit"]
    old, new = (f.lines.select(columns).sort(columns) for f in (case.before, case.after))
    return new.filter(pl.col("period").is_in(old["period"].unique().implode())).equals(old)


def _closings(ledger: Ledger) -> set[str]:
    return set(vouchers(ledger).filter(pl.col("kind") == "closing")["voucher"].to_list())


def gone(case: Case) -> Text | None:
    """The rule no longer says it: not of the same object, voucher, or account in that month."""
    return _said_again(case, case.again(case.effective))


def _said_again(case: Case, findings: list[Finding]) -> Text | None:
    was = case.finding
    for now in findings:
        same_place = now.account is not None and (now.account, now.period) == (was.account, was.period)
        same_party = now.compared.get("aux", "") == was.compared.get("aux", "")
        if now.object == was.object or set(now.vouchers) & set(was.vouchers) or (same_place and same_party):
            return _("The rule still finds it: %(message)s", message=now.message)
    return None


def _numbers_there(case: Case) -> Text | None:
    """N02: closing a gap by renumbering (整理断号) hides it."""
    moved = differences(case.before, case.after).renumbered
    if any(voucher.startswith(case.finding.period or "") for voucher in moved):
        return _("The gap was closed by renumbering; the voucher is still missing")
    return _said_again(case, case.again(case.after))


def _still_listed(case: Case) -> Text | None:
    """N06, N07: the list of that month still has the account."""
    listed = stands(case.after).filter(pl.col("period") == case.finding.period)
    if case.finding.account and case.finding.account not in listed["account"].to_list():
        return _("The new balance list lacks account %(account)s", account=case.finding.account)
    return _said_again(case, case.again(case.after))


def _still_known(case: Case) -> Text | None:
    """Rules about balances fall silent without openings; silence is no cure."""
    if positions(case.before).known and not positions(case.effective).known:
        return _("The new file does not show the openings, so the balance is unknown")
    return gone(case)


def _right_side(case: Case) -> Text | None:
    """N08: at the end of the new file the account stands on its normal side, or at zero."""
    account, aux = case.finding.account or "", case.finding.compared.get("aux", "")
    listed = stands(case.after)
    stood = positions(case.after)
    if listed.is_empty() and not stood.known:
        return _("The new file does not show the openings, so the balance is unknown")
    frame = listed if listed.height else stood.parties if aux else stood.ends.with_columns(aux=pl.lit("", REPEATED))
    own = frame.filter(pl.col("account") == account, pl.col("aux") == aux).sort("period")
    if own.is_empty() or own["period"][-1] != frame["period"].max():
        return _("The new balance list lacks account %(account)s", account=account)
    closing, was = own["closing"][-1], case.finding.compared["side"]
    if (closing > 0 and was == "debit") or (closing < 0 and was == "credit"):
        return _("The balance is still on the wrong side")
    return None


def _carried(case: Case) -> Text | None:
    """N21: the month was closed, or a later one, and nothing is left on the accounts at the last closing."""
    closed = lines(case.after).filter(pl.col("voucher").is_in(list(_closings(case.after))))["period"].unique().to_list()
    later = sorted(period for period in closed if period >= (case.finding.period or ""))
    if not later:
        listed = stands(case.after).filter(pl.col("account") == case.finding.account, pl.col("aux") == "")
        settled = listed.height and listed.sort("period")["closing"][-1] == 0
        return (
            None if settled else _("The new file has no closing entry for %(period)s", period=case.finding.period or "")
        )
    accounts = list(case.finding.compared.get("balances", {case.finding.account: ""}))
    on_them = lines(case.after).filter(pl.col("account").is_in(accounts), pl.col("period") <= later[-1])
    left = on_them.group_by("account").agg(pl.col("net").sum()).filter(pl.col("net") != 0)
    if left.height:
        return _("%(account)s is still not zero after closing", account=left["account"].sort()[0])
    return None


def _written_off(case: Case) -> Text | None:
    """N22: the month has its write-off now, and nothing else was taken away to silence the rule."""
    again = gone(case)
    if again is not None or case.finding.compared.get("kind") == "over":
        return again
    credited = [e["account"] for e in case.finding.compared["expected"] if e.get("credit", "1") != "0.00"]
    month = lines(case.effective).filter(pl.col("period") == case.finding.period, pl.col("net") < 0)
    if month.filter(pl.col("account").is_in(credited)).is_empty():
        return _("%(period)s still has no write-off", period=case.finding.period or "")
    return None


def _moved_off(case: Case) -> Text | None:
    """N24, N41: the sum left the account; new words alone cure nothing."""
    was = pl.col("account") == case.finding.account, pl.col("voucher").is_in(case.finding.vouchers)
    before, now = (int(lines(ledger).filter(*was)["net"].sum()) for ledger in (case.before, case.effective))
    if now == before:
        account = case.finding.account or ""
        return _("%(voucher)s still stands on account %(account)s", voucher=case.finding.vouchers[0], account=account)
    return gone(case)


FROM_LISTS = {"N06", "N07"}
FOUND_AGAIN = {"N02", "N07"}  # rules that a recovered voucher cures
OWN: dict[str, Callable[[Case], Text | None]] = {
    "N02": _numbers_there,
    "N06": _still_listed,
    "N07": _still_listed,
    "N08": _right_side,
    "N09": _still_known,
    "N10": _still_known,
    "N11": _still_known,
    "N13": _still_known,
    "N14": _still_known,
    "N15": _still_known,
    "N21": _carried,
    "N22": _written_off,
    "N24": _moved_off,
    "N41": _moved_off,
    "N47": _still_known,
    "N48": _still_known,
    "N55": _still_known,
}
