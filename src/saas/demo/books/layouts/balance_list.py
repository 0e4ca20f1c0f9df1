"""Writes 科目余额表: two-row merged headers, sides apart or 方向 + 余额, parents with their children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from saas.demo.books.accounts import BookAccount
from saas.demo.books.balances import BalanceRow
from saas.demo.books.books import Books
from saas.demo.books.layouts.cells import Cell, yuan
from saas.demo.books.layouts.files import write_file

BalanceStyle = Literal["sides", "direction"]
BALANCE_STYLES: tuple[BalanceStyle, ...] = ("sides", "direction")
GROUPS = ("期初余额", "本期发生额", "本年累计发生额", "期末余额")


def write_balances(
    books: Books, path: Path, periods: tuple[str, ...], style: BalanceStyle = "sides", encoding: str = "utf-8-sig"
) -> int:
    """Write the balances of one period, or of several with a column 会计期间. Returns the file's first row of data."""
    rows = list(balance_rows(books, periods, style))
    first = next(at for at, row in enumerate(rows, 1) if row[0] == books.chart[0].code or row[0] == periods[0])
    lead = 1 if len(periods) > 1 else 0
    merges = [f"{_letter(at)}{first - 2}:{_letter(at + 1)}{first - 2}" for at in range(lead + 3, lead + 11, 2)]
    write_file(path, {"科目余额表": rows}, encoding, merges if style == "sides" else ())
    return first


def balance_rows(books: Books, periods: tuple[str, ...], style: BalanceStyle) -> Iterator[list[Cell]]:
    many = len(periods) > 1
    lead: list[Cell] = ["会计期间"] if many else []
    span = periods[0] if not many else f"{periods[0]}至{periods[-1]}"
    yield ["科目余额表"]
    yield [f"编制单位：{books.company.name}", None, f"期间：{span}", None, "单位：元"]
    if style == "sides":
        yield [*lead, "科目编码", "科目名称", "辅助核算", *(cell for group in GROUPS for cell in (group, None))]
        yield [*[None] * len(lead), None, None, None, *["借方", "贷方"] * len(GROUPS)]
    else:
        yield [
            *lead,
            "科目编码",
            "科目名称",
            "辅助核算",
            "方向",
            "期初余额",
            "本期借方",
            "本期贷方",
            "方向",
            "期末余额",
        ]
    for period in periods:
        for account, row in with_parents(books, period):
            named: list[Cell] = [row.account, account.names[-1], row.aux]
            yield [*([period] if many else []), *named, *(_sides(row) if style == "sides" else _direction(row))]


def with_parents(books: Books, period: str) -> list[tuple[BookAccount, BalanceRow]]:
    """Leaf rows as they are; every parent with the sum of its children and what was posted to itself; by code."""
    accounts = {account.code: account for account in books.chart}
    sums: dict[str, list[BalanceRow]] = defaultdict(list)
    parents_of_leaves = {account.parent for account in books.chart}
    for row in books.balances[period]:
        above = row.account if row.account in parents_of_leaves else accounts[row.account].parent
        while above:
            sums[above].append(row)
            above = accounts[above].parent
    parents = [_sum(code, rows) for code, rows in sums.items()]
    own = [row for row in books.balances[period] if row.account not in sums]
    rows = sorted([*parents, *own], key=lambda row: (row.account, row.aux))
    return [(accounts[row.account], row) for row in rows]


def _sum(code: str, rows: list[BalanceRow]) -> BalanceRow:
    fields = ("year_opening", "opening", "debit", "credit", "year_debit", "year_credit", "closing")
    return replace(rows[0], account=code, aux="", **{f: sum(getattr(row, f) for row in rows) for f in fields})


def _sides(row: BalanceRow) -> list[Cell]:
    pairs = (
        (max(row.opening, 0), max(-row.opening, 0)),
        (row.debit, row.credit),
        (row.year_debit, row.year_credit),
        (max(row.closing, 0), max(-row.closing, 0)),
    )
    return [yuan(fen) for pair in pairs for fen in pair]


def _direction(row: BalanceRow) -> list[Cell]:
    return [
        _side(row.opening),
        yuan(abs(row.opening)),
        yuan(row.debit),
        yuan(row.credit),
        _side(row.closing),
        yuan(abs(row.closing)),
    ]


def _side(fen: int) -> str:
    return "平" if not fen else "借" if fen > 0 else "贷"


def _letter(column: int) -> str:
    """Column 0 is A."""
    return chr(ord("A") + column)
