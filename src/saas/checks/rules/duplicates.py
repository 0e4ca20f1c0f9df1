"""N25: the same business booked twice.

Two vouchers are copies when their lines agree in account, party, side and fen, and their wording does too, within a
week. Equal entries that recur (rent, fees, list prices) are no copies: a copy is one more than any other month has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.invoice_numbers import invoice_numbers
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.signals.settlement import settled_twice
from saas.checks.wording import INVOICE, alike, without_dates, yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each

FINANCING = r"^(?:loan|capital|other_payable|other_receivable|payable|receivable)\b"
PETTY_FEN = 10_000_00
MONTHLY, TARIFF_FEN = 5, 500_00
MADE_GOOD = "补"
PETTY_ROUND_FEN = 2_000_00
TOLD = (
    *("entry", "body", "invoice", "voucher", "date", "month", "named", "text", "rows"),
    *("amount", "account", "key", "form", "party", "borrows"),
)
# a ledger in which so many vouchers have a twin repeats entries by design, or had a batch imported twice
TWINS, LEAST_TWINS = 0.03, 40


def duplicated(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding for each group of copies; `rows` are those of all copies, `amount` that of the surplus ones."""
    events, count = _twins(ledger, settings["floor_fen"])
    # from the closest agreement to the loosest: another invoice or wording in between must not part two copies
    passes = [
        _pairs(events, by, settings["days"]) for by in (["entry", "body", "invoice"], ["entry", "body"], ["entry"])
    ]
    pairs = pl.concat(passes).unique(["voucher", "a_voucher"], keep="first", maintain_order=True)
    pairs = _with_habits(pairs, ledger)
    found = [pair for pair in pairs.iter_rows(named=True) if _is_copy(pair)]
    settled = settled_twice(ledger, (pair["voucher"] for pair in found if not pair["one_invoice"]))
    groups = _grouped([p for p in found if p["voucher"] not in settled or p["one_invoice"] or _of_one_month(p)])
    if len(groups) > max(LEAST_TWINS, TWINS * count):
        sure = [group for group in groups if group[-1]["one_invoice"]]
        return [_repetitive(len(groups) - len(sure), count), *map(_finding, sure)]
    return [_finding(group) for group in groups]


def _twins(ledger: Ledger, floor: int) -> tuple[pl.DataFrame, int]:
    """Events from this amount on whose lines another event has too, and how many events there are from it on.

    entry: one number for all lines of an event. body: wording without dates.
    """
    books = digest(ledger)
    lines = books.lines.select("voucher", "account", pl.struct("account", "aux", "side", "fen").hash().alias("line"))
    loans = books.lines.filter(role_like(FINANCING))["voucher"].unique()
    entry = lines.group_by("voucher").agg(pl.col("line").sum().alias("entry"), pl.col("account").first())
    events = recurring_events(ledger).filter(pl.col("red").not_()).join(entry, on="voucher")
    large = pl.col("amount") >= floor
    twins = events.filter(large).filter(pl.len().over("entry") > 1)
    numbers = invoice_numbers(ledger).join(twins, on="voucher", how="semi").group_by("voucher")
    twins = twins.join(
        numbers.agg(pl.col("invoice").unique().sort().str.join(" ")), on="voucher", how="left", maintain_order="left"
    ).with_columns(
        pl.col("voucher").is_in(loans.implode()).alias("borrows"),
        of_each("text", lambda text: without_dates(text.str.replace_all(INVOICE, "")), REPEATED).alias("body"),
        pl.col("invoice").fill_null("").cast(REPEATED),
    )
    twins = twins.select(TOLD)  # to sort and to shift columns that nobody asks for would cost a large ledger seconds
    return twins, events.select(large.sum()).item()


def _with_habits(pairs: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """How often entries like the later of each pair come in this ledger.

    c: events of this wording and amount in the month; second: the most in any other month; same: in the ledger.
    key_n: events of this wording and party. kinds: how many wordings and parties share these accounts and this amount,
    which makes it a list price. tariff: these accounts know few amounts and take several a month, as bank fees do.
    """
    events = recurring_events(ledger).filter(pl.col("red").not_())
    monthly = events.group_by("key", "amount", "month").agg(pl.len().cast(pl.Int64).alias("c"))
    monthly = monthly.join(pairs, on=["key", "amount"], how="semi")
    rhythm = monthly.group_by("key", "amount").agg(
        pl.col("c").sum().alias("same"),
        pl.col("c").sort(descending=True).get(1, null_on_oob=True).fill_null(0).alias("second"),
    )
    size = events.group_by("key", "party").agg(pl.len().cast(pl.Int64).alias("key_n"))
    prices = events.select("form", "amount", "key", "party").unique().group_by("form", "amount").len("kinds")
    amounts, months = pl.col("amount").n_unique(), pl.col("month").n_unique()
    tariffs = events.group_by("form").agg(tariff=(pl.len() >= 8) & (2 * amounts < pl.len()) & (pl.len() > 1.5 * months))
    facts = ((rhythm, ["key", "amount"]), (monthly, ["key", "amount", "month"]), (prices, ["form", "amount"]),
             (tariffs, ["form"]), (size, ["key", "party"]))  # fmt: skip
    for known, by in facts:
        pairs = pairs.join(known, on=by, maintain_order="left")
    return pairs


def _pairs(events: pl.DataFrame, by: list[str], days: int) -> pl.DataFrame:
    """Neighbours in time that agree in `by`, at most `days` apart or with one invoice number; `a_…` is the earlier."""
    facts = ("voucher", "date", "month", "named", "body", "invoice", "rows", "text")
    twins = events.filter(pl.len().over(by) > 1)
    ordered = twins.sort([*by, "month", "date", pl.col("rows").list.first()], nulls_last=False)
    before = [pl.col(fact).shift(1).over(by).alias(f"a_{fact}") for fact in facts]
    pairs = ordered.with_columns(before).filter(pl.col("a_voucher").is_not_null())
    apart = (pl.col("date") - pl.col("a_date")).dt.total_days().fill_null(0)
    one_invoice = (pl.col("invoice") != "") & (pl.col("invoice") == pl.col("a_invoice"))
    near = (apart <= days) & (pl.col("month") - pl.col("a_month") <= 1)
    return pairs.with_columns(apart=apart, one_invoice=one_invoice).filter(near | one_invoice)


def _is_copy(pair: dict[str, Any]) -> bool:
    if pair["one_invoice"]:
        return True
    if pair["invoice"] and pair["a_invoice"]:
        return False  # two invoices, two events
    if pair["borrows"] and pair["amount"] % 1_000_00 == 0:
        return False  # round sums are borrowed again and again
    if pair["named"] is not None and pair["a_named"] is not None and pair["named"] != pair["a_named"]:
        return False
    if pair["body"] != pair["a_body"]:
        if MADE_GOOD in pair["body"] + pair["a_body"]:
            return False  # 补提 beside the month's own entry: two months
        # other words: only a peculiar amount that occurs nowhere else speaks for one event
        return pair["amount"] % 100 != 0 and alike(pair["text"], pair["a_text"])
    if (pair["tariff"] and not _is_monthly(pair)) or pair["second"] >= 2 or pair["kinds"] >= 3:
        return False  # a list price: the entry recurs within other months, or with several parties
    digits = len(str(pair["amount"]).rstrip("0"))
    if pair["same"] == 2 and digits <= 2 and pair["key_n"] >= 10 and pair["amount"] < PETTY_FEN:
        return False  # among many petty sums of two digits some are equal by chance
    return bool(pair["c"] > pair["second"] or pair["same"] == 2)


def _is_monthly(pair: dict[str, Any]) -> bool:
    """This wording with this amount comes once a month, and here twice; a tariff's petty sums apart."""
    return bool(pair["second"] == 1 and pair["same"] >= MONTHLY and pair["amount"] >= TARIFF_FEN)


def _of_one_month(pair: dict[str, Any]) -> bool:
    """Both say that they are the one entry of the same month: no balance makes them two."""
    same_month = pair["named"] is not None and pair["named"] == pair["a_named"]
    return bool(same_month and pair["body"] == pair["a_body"] and _is_monthly(pair))


def _grouped(pairs: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Chains of pairs: three copies are one group."""
    groups: list[list[dict[str, Any]]] = []
    for pair in pairs:
        if groups and groups[-1][-1]["voucher"] == pair["a_voucher"]:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _finding(group: list[dict[str, Any]]) -> Finding:
    first, last = group[0], group[-1]
    vouchers = [first["a_voucher"], *(pair["voucher"] for pair in group)]
    amount = Money(last["amount"]) * len(group)
    peculiar = last["amount"] % 10_000 != 0
    petty = _is_petty(last)
    confidence = 0.65 + 0.15 * peculiar + 0.15 * last["one_invoice"] - 0.2 * (last["body"] != last["a_body"])
    return Finding(
        rule="N25",
        object=f"{last['key']}·{last['party']}·{last['amount']}@{month_name(last['month'])}",
        severity="low" if petty else "high" if confidence >= 0.6 else "medium",
        confidence=round(min(confidence, 0.95) / (1 + petty), 2),
        message=_(
            "%(copy)s repeats %(original)s: the same accounts, party and amount (%(amount)s yuan) %(days)s days apart.",
            copy=last["voucher"],
            original=first["a_voucher"],
            amount=str(Money(last["amount"])),
            days=int(last["apart"]),
        ),
        vouchers=vouchers,
        rows=[*first["a_rows"], *(row for pair in group for row in pair["rows"])],
        period=month_name(last["month"]),
        account=last["account"],
        amount=amount,
        compared={
            "original": {"voucher": first["a_voucher"], "date": str(first["a_date"]), "summary": first["a_text"]},
            "copies": [{"voucher": p["voucher"], "date": str(p["date"]), "summary": p["text"]} for p in group],
            "amount": yuan(last["amount"]),
            "same_entry_in_ledger": last["same"],
            "invoice": last["invoice"] if last["one_invoice"] else None,
            "expected": {"method": "RED_ONLY", "reverses": vouchers[1:]},
        },
    )


def _is_petty(pair: dict[str, Any]) -> bool:
    """A small round sum of two digits, not monthly: two dinners, two taxis, equal by chance as likely as not."""
    digits = len(str(pair["amount"]).rstrip("0"))
    alone = pair["same"] <= 4 and not pair["one_invoice"] and not pair["party"]
    return bool(alone and digits <= 2 and pair["amount"] < PETTY_ROUND_FEN)


def _repetitive(groups: int, events: int) -> Finding:
    """In place of hundreds of findings that only say how this ledger is kept."""
    return Finding(
        rule="N25",
        object="ledger",
        severity="info",
        confidence=0.1,
        message=_(
            "%(groups)s of %(events)s vouchers have an identical twin within a week: this ledger repeats entries by "
            "design, or a batch was imported twice. They are not listed one by one.",
            groups=groups,
            events=events,
        ),
        compared={"twins": groups, "vouchers": events},
    )


RULES = [
    Rule(
        id="N25",
        name=_("Suspected duplicate"),
        explanation=_(
            "Two vouchers with the same accounts, party and amount within a week, or with the same invoice number: "
            "the same document was probably booked twice."
        ),
        reason=_(
            "One original document supports one entry (Basic Work Norms of Accounting, Art. 51): a second booking "
            "overstates cost or income and may deduct the same input VAT twice."
        ),
        cure=_("The surplus copy is reversed by a red voucher, or both original documents are shown."),
        severity="high",
        weight=0.75,
        run=duplicated,
        settings={"days": 7, "floor_fen": 100_00},
    )
]
