"""Reads the worked cases E01–E22 as accounting.md prints them (cases.txt), and the books they are drafted into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.vouchers import Key, Line, Voucher, totals
from saas.kernel.money import Money
from saas.ledgers.charts import Chart, build
from saas.ledgers.charts_data import officials

TEXT = (Path(__file__).parent / "cases.txt").read_text(encoding="utf-8")
VOUCHER = re.compile(r"^  (bad|ctx|red|blue)\s+(\d{4}-\d\d-\d\d) (\S)-(\d+|n)\s+(\S+) \| (.+)$")

# Small → enterprise, the table above the cases in accounting.md §1.7; other codes are the same in both.
CODES = (
    "5001→6001 5051→6051 5111→6111 5301→6301 5401→6401 5402→6402 5403→6403 5601→6601 5602→6602 5603→6603 "
    "5711→6711 5801→6801 3001→4001 3002→4002 3101→4101 3103→4103 3104→4104 4001→5001 4101→5101 4301→5301"
)
ENTERPRISE = dict(re.findall(r"(\d{4})→(\d{4})", CODES))
NPO = {"1122": "1121", "2241": "2209"}
NPO_ROLES = {"@net_assets_unrestricted": "3101", "@payable": "2202", "@activity_cost": "5101"}

# Detail accounts found by their name, as a client's chart has them; numbers are one vendor's habit.
DETAILS = {
    "2221": {
        "进项税额": "01",
        "销项税额": "02",
        "未交增值税": "03",
        "应交增值税": "04",
        "企业所得税": "05",
        "城建税": "06",
        "教育费附加": "07",
        "地方教育附加": "08",
    },
    "2202": {"应付货款": "01", "暂估": "02"},
    "3104": {"提取法定盈余公积": "01", "未分配利润": "02"},
    "4104": {"提取法定盈余公积": "01", "未分配利润": "02"},
}


@dataclass
class Case:
    """One worked case: what was found, untouched vouchers, and what is proposed per variant."""

    id: str
    title: str
    bad: list[Voucher] = field(default_factory=list)
    ctx: list[Voucher] = field(default_factory=list)
    proposed: dict[str, list[tuple[str, Voucher]]] = field(default_factory=lambda: {"": []})  # (red|blue, voucher)


@cache
def chart(standard: str) -> Chart:
    accounts = [(account.code, account.name) for account in officials(standard)]
    tops = {code for code, _name in accounts}
    for top, names in DETAILS.items():
        if top in tops and standard != "npo":
            accounts += [(top + number, name) for name, number in names.items()]
    return build(standard, accounts)


def books(case_id: str, standard: str) -> OpenBooks:
    """Today, open period and last number as the head of the cases says."""
    number = int(case_id[1:])
    today, period, last = date(2026, 5, 12), Period(2026, 5), 37
    if number == 16:
        today, period, last = date(2026, 1, 20), Period(2025, 12), 65
    elif number >= 17:
        today, period, last = date(2026, 6, 15), Period(2026, 6), 20
    return OpenBooks(today, period, chart(standard), {"记": last}, {"记": period.first})


def code(written: str, standard: str, *, converted: bool = True) -> str:
    """The account's code in the test chart: "2221#进项税额" by name, "@payable" by role, small codes converted."""
    if written.startswith("@"):
        return NPO_ROLES[written]
    top, _hash, detail = written.partition("#")
    if standard == "enterprise" and converted:
        top = ENTERPRISE.get(top, top)
    if standard == "npo":
        top = NPO.get(top, top)
    if detail:
        return top + DETAILS[top][detail]
    return top + "01" if top == "2202" and standard != "npo" else top


def lines(text: str, standard: str, *, converted: bool = True) -> tuple[Line, ...]:
    """ "D 5601 1200.00 | C 1122[甲] 1200.00" as lines."""
    read = []
    for part in text.split("|"):
        side, account, amount = part.split()
        top, _bracket, aux = account.rstrip("]").partition("[")
        money = Money.of(amount)
        line = Line(code(top, standard, converted=converted), aux=aux)
        read.append(replace(line, debit=money) if side == "D" else replace(line, credit=money))
    return tuple(read)


@cache
def case(case_id: str, standard: str = "small") -> Case:
    """One case of the text, its accounts converted to the standard's codes where the text has small ones."""
    found = Case(case_id, "")
    variant, inside = "", False
    for row in TEXT.splitlines():
        if re.match(r"^E\d\d ", row):
            inside = row.startswith(case_id)
            found.title = row[4:] if inside else found.title
        elif inside and (marker := re.fullmatch(r"  ([a-z-]+):", row)):
            variant = marker[1]
            found.proposed[variant] = []
        elif inside and (match := VOUCHER.match(row)):
            kind, voucher = match[1], _voucher(match, standard, converted=variant == "")
            if kind == "bad":
                found.bad.append(voucher)
            elif kind == "ctx":
                found.ctx.append(voucher)
            else:
                found.proposed[variant].append((kind, voucher))
    return found


def _voucher(match: re.Match[str], standard: str, *, converted: bool) -> Voucher:
    """Lines of a variant are written in their own standard's codes already."""
    _kind, day, word, number, summary, rest = match.groups()
    read = lines(rest, standard, converted=converted)
    return Voucher(date.fromisoformat(day), word, None if number == "n" else int(number), summary, read)


def right(text: str, standard: str) -> dict[Key, Money]:
    """The balances the books should show, written as lines."""
    return totals(lines(text, standard))
