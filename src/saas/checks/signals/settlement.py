"""Whether two equal bookings on a party's account were both settled: then they were two events (equal unit prices)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_like
from saas.checks.wording import share_name
from saas.ledgers.frame import Ledger

TRADE = r"^(?:ar|ap|advance|prepaid)\b"
MONEY = r"^(?:cash|bank|other_money)\b"


def settled_twice(ledger: Ledger, vouchers: Iterable[str]) -> set[str]:
    """Those of these vouchers (the later of two equal ones) that the party's account shows to be events of their own.

    The other side has as many equal amounts as this one, or one of twice the amount; or an invoice's account came down
    again so far that both must have been paid; or the second of two payments leaves nothing open. Payments without such
    a match stay suspicious.
    """
    lines = digest(ledger).lines.filter(role_like(TRADE), pl.col("fen") > 0)
    asked = lines.filter(pl.col("voucher").is_in(list(vouchers)))
    of_asked = pl.col("voucher").is_in(asked["voucher"].unique().implode())
    paid = set(digest(ledger).lines.filter(role_like(MONEY), of_asked)["voucher"])
    parties = lines.join(asked.select("account", "aux").unique(), on=["account", "aux"], how="semi")
    accounts = parties.sort("month", "date", "row").partition_by("account", "aux", as_dict=True)
    return {
        line["voucher"]
        for line in asked.iter_rows(named=True)
        if _is_settled(line, accounts[line["account"], line["aux"]], line["voucher"] in paid)
    }


def _is_settled(line: dict[str, object], account: pl.DataFrame, is_payment: bool) -> bool:
    side, fen = line["side"], int(str(line["fen"]))
    if not line["aux"]:  # an account of many parties: those summaries that bear the same name
        named = [text == line["text"] or share_name(str(line["text"]), text) for text in account["text"]]
        account = account.filter(pl.Series(named, dtype=pl.Boolean))
    own, other = (account.filter((pl.col("side") == side) == same)["fen"] for same in (True, False))
    if (other == 2 * fen).any() or (other == fen).sum() >= (own == fen).sum() > 1:
        return True
    signed = account.select(pl.when(pl.col("side") == side).then("fen").otherwise(-pl.col("fen"))).to_series()
    running = list(accumulate(signed))
    at = account["voucher"].to_list().index(line["voucher"])
    if (other == fen).any() or is_payment:
        return is_payment and running[at] == 0  # two equal halves of what was open: paid twice it would be overdrawn
    before = min(0, *running[: at + 1])  # payments of what was open when the file begins
    return bool(min(running[at:]) - before < fen)
