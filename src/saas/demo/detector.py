"""Made companies with known errors, written to real files and read back: what `saas bench detect` measures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

from saas.checks.evaluate import Expected, Outcome, judge
from saas.checks.run import check_ledger
from saas.demo.books import ERRORS, Books, CannotInject, Company, ErrorSpec, Label, books
from saas.demo.books.layouts import LAYOUTS, Written, write
from saas.kernel.months import month_name, month_number
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import read_file

INDUSTRIES = ("services", "trading", "manufacturing", "restaurant", "technology")
FULL_LAYOUT = "kingdee-k3"  # prints every column an error can show in, but the hour of entry
INVOICE_ERRORS = {"malformed_invoice", "late_invoice", "repeated_invoice", "duplicate_invoice"}
BALANCE_ERRORS = {"opening_mismatch", "rollforward_broken", "stale_receivable", "lines_lost"}
MONEY_ERRORS = {"negative_cash", "negative_bank", "negative_stock"}  # need the opening balance
COLUMN_ERRORS = {"odd_preparer": "preparer", "odd_hour": "entered_time"}  # the column each needs


def some_company(at: int, seed: int) -> Company:
    """Company number `at`: industries and taxpayer kinds in turn, everything else drawn."""
    rng = Random(f"{seed}/company/{at}")  # noqa: S311 (reproducible, not secret)
    general = at // len(INDUSTRIES) % 2 == 0
    headcount = rng.randrange(4, 16)
    return Company(
        name=f"测试{at:03d}有限公司",
        uscc=f"TEST{at:05d}",
        industry=INDUSTRIES[at % len(INDUSTRIES)],  # type: ignore[arg-type]
        taxpayer="general" if general else "small_scale",
        standard=rng.choice(("small", "small", "enterprise")),
        shareholders=("赵一", "钱二"),
        revenue_yuan=headcount * (900_000 if general else 280_000),  # small-scale stays below five million
        headcount=headcount,
        density=rng.choice((0.7, 1.0, 1.0, 1.5)),
        second_bank="招行城东支行" if rng.random() < 0.5 else "",
        loan_yuan=500_000 if rng.random() < 0.3 else 0,
        preparers=rng.choice((("陆予安",), ("陆予安", "林小满"))),
        three_words=rng.random() < 0.2,
        month_end_dating=rng.random() < 0.3,
        code_shape=rng.choice(("4-2-2", "4-2-2", "4-3-3", "dotted")),
        invoices_in=rng.choice(("summary", "reference")),
        quarterly_rent=rng.random() < 0.2,
        taken_over="2026-05" if rng.random() < 0.2 else "",
    )


def some_months(at: int) -> list[str]:
    """A calendar year, or twelve months across a year's end."""
    start = month_number("2026-01" if at % 2 == 0 else "2025-11")
    return [month_name(start + month) for month in range(12)]


def invisible(company: Company, layout: str, balances: bool) -> set[str]:
    """Kinds of error that such a file cannot show: no detector could find them in it."""
    columns = {column.cell for column in LAYOUTS[layout].columns}
    hidden = {kind for kind, column in COLUMN_ERRORS.items() if column not in columns}
    if company.invoices_in == "reference" and "reference" not in columns:
        hidden |= INVOICE_ERRORS
    return hidden if balances else hidden | BALANCE_ERRORS | MONEY_ERRORS


def with_errors(company: Company, months: list[str], seed: int, count: int, hidden: Iterable[str] = ()) -> Books:
    """Books with `count` errors of different kinds, drawn from those the company has a place for."""
    rng = Random(f"{seed}/kinds/{company.uscc}")  # noqa: S311 (reproducible, not secret)
    chosen: list[ErrorSpec] = []
    made = books(company, months, seed)
    kinds = sorted(set(ERRORS) - set(hidden))
    for kind in rng.sample(kinds, len(kinds)):
        if len(chosen) == count:
            break
        try:
            made = books(company, months, seed, [*chosen, ErrorSpec(kind)])
        except CannotInject:
            continue
        chosen.append(ErrorSpec(kind))
    return made


def measured(made: Books, layout: str, folder: Path, balances: bool = True) -> tuple[Outcome, Ledger]:
    """Write the books, read the file, run the rules, judge what they say."""
    written = write(made, layout, folder / f"{made.company.uscc}.xlsx", with_balances=balances)
    (ledger,) = read_file(written.path, standard=made.company.standard)
    checked = check_ledger(ledger)
    expected = [expectation(label, made, ledger, written) for label in made.labels]
    ranking = [each.voucher for each in checked.ranking]
    return judge(checked.findings, ranking, ledger.lines["voucher"].n_unique(), expected), ledger


def expectation(label: Label, made: Books, ledger: Ledger, written: Written) -> Expected:
    """A label in the words of the ledger as read: its own voucher ids, found by the rows of the file."""
    rows = [written.row(position) for position in label.rows]
    found = ledger.lines.filter(ledger.lines["row"].is_in(rows))
    right = {str(entry["account"]) for entry in label.right}
    accounts = set(label.accounts) if label.vouchers else {*label.accounts, *right}
    names = {"-".join(a.names) for a in made.chart if a.code in accounts}  # where the layout prints no code
    numbering = not label.vouchers and not label.accounts
    return Expected(
        label.kind,
        frozenset(label.rules),
        frozenset(label.also),
        frozenset(found["voucher"]),
        label.period,
        frozenset() if numbering else frozenset(accounts | names),
        frozenset({*right, *found["account"]}),
    )


def one_ledger(at: int, errors: int, seed: int, layout: str, balances: bool) -> tuple[Outcome, Ledger]:
    """Company number `at` with so many errors, judged; and its ledger as read."""
    chosen = list(LAYOUTS)[at % len(LAYOUTS)] if layout == "any" else layout
    company = replace(some_company(at, seed), journal_ids=chosen == "english-gl")
    made = with_errors(company, some_months(at), seed, errors, invisible(company, chosen, balances))
    with tempfile.TemporaryDirectory() as folder:
        return measured(made, chosen, Path(folder), balances)
