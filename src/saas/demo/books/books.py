"""Books: right by default, wrong exactly where asked, and labelled there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from saas.demo.books.accounts import BookAccount, BookChart
from saas.demo.books.balances import BalanceRow, month_balances
from saas.demo.books.closing import reclose
from saas.demo.books.company import Company
from saas.demo.books.errors import ERRORS, CannotInject, ErrorSpec, Mistake, Scene, Stage
from saas.demo.books.late import Late, book_late
from saas.demo.books.lines import right_entry, voucher_lines
from saas.demo.books.numbering import number
from saas.demo.books.year import live


@dataclass(frozen=True, slots=True)
class Label:
    """One injected error: where it shows, which rules should find it, and the right entry."""

    kind: str
    rules: tuple[str, ...]  # any of these finds it
    also: tuple[str, ...]  # rules its consequences may wake, without being wrong
    vouchers: tuple[str, ...]  # as the ledger read from the file names them: "2026-03 记-12"
    rows: tuple[int, ...]  # 1-based positions in Books.lines
    period: str
    accounts: tuple[str, ...]  # codes, the expected debit account first
    right: tuple[dict[str, Any], ...]  # lines {account, name, aux, debit, credit} in fen
    note: str


@dataclass(frozen=True, slots=True)
class Books:
    """Twelve months (or any) of one company. Amounts in fen; lines have the columns of saas.ledgers.frame.LINES."""

    company: Company
    months: tuple[str, ...]
    chart: tuple[BookAccount, ...]
    lines: list[dict[str, Any]]
    balances: dict[str, list[BalanceRow]]  # period -> one row per leaf account and auxiliary
    labels: list[Label] = field(default_factory=list)
    late: tuple[str, ...] = ()  # ids of the vouchers booked late, in the order given


def books(
    company: Company, months: list[str], seed: int, errors: Sequence[ErrorSpec] = (), late: Sequence[Late] = ()
) -> Books:
    """Make the books of consecutive months ("2026-01", …). The same arguments always give the same books.

    Vouchers booked `late` change nothing else but numbers behind them and the closings of their months and later.

    Raises CannotInject when the company has no place for an error (no stock to run short, no December, …).
    """
    chart = BookChart(company)
    draft = live(company, months, seed)
    rng = Random(f"{seed}/{company.uscc}/errors")  # noqa: S311 (reproducible, not secret)
    scene = Scene(company, chart, draft, rng)
    mistakes = [(spec, _inject(scene, spec)) for spec in errors if ERRORS[spec.kind].stage == Stage.WRITTEN]
    reclose(draft, chart)
    number(draft, company, Random(f"{seed}/{company.uscc}/numbers"))  # noqa: S311
    mistakes += [(spec, _inject(scene, spec)) for spec in errors if ERRORS[spec.kind].stage == Stage.NUMBERED]
    booked = [book_late(draft, chart, company, voucher) for voucher in late]
    reclose(draft, chart)
    lines = voucher_lines(draft.vouchers, company, chart)
    labels = [_label(spec, mistake, company, chart, lines) for spec, mistake in mistakes]
    numbers = tuple(voucher.id(journal_ids=company.journal_ids) for voucher in booked)
    return Books(company, tuple(months), tuple(chart.rows), lines, month_balances(draft, chart), labels, numbers)


def applicable(company: Company, months: list[str], seed: int) -> list[str]:
    """The kinds of error these books have a place for."""
    fit = []
    for kind in ERRORS:
        try:
            books(company, months, seed, [ErrorSpec(kind)])
        except CannotInject:
            continue
        fit.append(kind)
    return fit


def _inject(scene: Scene, spec: ErrorSpec) -> Mistake:
    return ERRORS[spec.kind].inject(scene, spec)


def _label(spec: ErrorSpec, mistake: Mistake, company: Company, chart: BookChart, lines: list[dict[str, Any]]) -> Label:
    kind = ERRORS[spec.kind]
    vouchers = tuple(dict.fromkeys(voucher.id(journal_ids=company.journal_ids) for voucher in mistake.vouchers))
    rows = tuple(at for at, line in enumerate(lines, 1) if line["voucher"] in vouchers)
    accounts = tuple(dict.fromkeys(code for code in (mistake.account, *mistake.accounts) if code))
    right = tuple(right_entry(entry, chart) for entry in mistake.right)
    return Label(kind.name, kind.rules, kind.also, vouchers, rows, mistake.period, accounts, right, mistake.note)
