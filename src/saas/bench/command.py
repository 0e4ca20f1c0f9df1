"""`saas bench …`: one command for each figure the product promises, beside a peer that runs at the same time.

Each prints a table, or with --json `{name, machine, results: [{case, ours, peer, ratio, wanted, met}]}`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from saas.bench.outcome import tell
from saas.demo.detector import FULL_LAYOUT

TURNS = Annotated[int, typer.Option(min=1, help="How often each is measured")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON")]


class Kind(StrEnum):
    """A spreadsheet file."""

    CSV = "csv"
    XLSX = "xlsx"


def register(app: typer.Typer) -> None:
    """Add `bench` to the program. What a measurement needs is loaded when it runs."""
    bench = typer.Typer(name="bench", no_args_is_help=True, help="Measure the product.")
    for part in (_pages, _ledgers, _detector, _letters, _growth, _lists):
        part(bench)
    app.add_typer(bench)


def _pages(bench: typer.Typer) -> None:
    @bench.command("pages", help="The list of 50 cases beside bare Litestar and Django; other pages with their limits.")
    def pages(
        rounds: Annotated[int, typer.Option(min=1, help="How often each server has its turn")] = 15,
        asked: Annotated[int, typer.Option("--pages", min=4, help="Pages in a turn")] = 100,
        cases: Annotated[int, typer.Option(min=1, help="Open cases of the firm; 50 are on the page")] = 60,
        json_: JSON = False,
    ) -> None:
        from saas.bench.pages.measuring import measure  # loads the product: only when asked

        tell("pages", measure(cases, rounds, asked), json_=json_)


def _ledgers(bench: typer.Typer) -> None:
    @bench.command("check", help="`saas check` of a large ledger: seconds and memory, beside a plain read of the file.")
    def check(
        lines: Annotated[int, typer.Option(min=100, help="How many lines, at least")] = 100_000,
        turns: TURNS = 3,
        suffix: Annotated[Kind, typer.Option(help="The file")] = Kind.CSV,
        growing: Annotated[
            bool, typer.Option("--series", help="Ledgers of 10,000, 100,000 and 1,000,000 lines")
        ] = False,
        json_: JSON = False,
    ) -> None:
        from saas.bench.checking import measure, measure_series  # loads the product: only when asked

        tell("check", measure_series(turns) if growing else [measure(lines, turns, suffix.value)], json_=json_)

    @bench.command("import", help="A large ledger from upload to stored and checked, beside polars only reading it.")
    def import_(
        lines: Annotated[int, typer.Option(min=100, help="How many rows, at least")] = 200_000,
        turns: TURNS = 2,
        suffix: Annotated[list[Kind] | None, typer.Option(help="The file; without it both")] = None,
        json_: JSON = False,
    ) -> None:
        from saas.bench.importing import measure  # loads the product: only when asked

        tell("import", measure(lines, turns, [one.value for one in suffix or Kind]), json_=json_)


def _detector(bench: typer.Typer) -> None:
    @bench.command("detect", help="Findings and ranking against made ledgers with known errors, beside general peers.")
    def detect(
        companies: Annotated[int, typer.Option(min=1, help="How many companies")] = 40,
        errors: Annotated[int, typer.Option(min=0, help="Errors in each ledger; 0 measures false findings")] = 3,
        seed: Annotated[int, typer.Option(help="The same seed makes the same ledgers")] = 1,
        layout: Annotated[str, typer.Option(help="Layout of the files; any = in turn")] = FULL_LAYOUT,
        balances: Annotated[bool, typer.Option(help="A trial balance beside the vouchers")] = True,
        peers: Annotated[bool, typer.Option(help="Rank the same vouchers with general detectors too")] = True,
        json_: JSON = False,
    ) -> None:
        from saas.bench.detecting import detect as run  # loads scikit-learn: only when asked

        run(companies, errors, seed, layout, balances, peers=peers, json_output=json_)


def _letters(bench: typer.Typer) -> None:
    @bench.command("documents", help="Letters of two pages a second, beside bare WeasyPrint in the same processes.")
    def documents(
        letters: Annotated[int, typer.Option(min=2, help="Letters in a round")] = 40,
        rounds: Annotated[int, typer.Option(min=1)] = 3,
        json_: JSON = False,
    ) -> None:
        from saas.bench.documents import measure  # loads the product: only when asked

        tell("documents", measure(letters, rounds), json_=json_)

    @bench.command("notices", help="From approval to accepted mail, with the share that printing takes.")
    def notices(
        letters: Annotated[int, typer.Option(min=1, max=20_000, help="How many letters of one page")] = 5000,
        json_: JSON = False,
    ) -> None:
        from saas.bench.notices import measure  # loads the product: only when asked

        tell("notices", measure(letters), json_=json_)

    @bench.command("report", help="The monthly report, every page filled: its figures and its PDF in each language.")
    def report(
        cases: Annotated[int, typer.Option(min=100, help="Cases of the firm’s history")] = 2_000,
        turns: TURNS = 3,
        json_: JSON = False,
    ) -> None:
        from saas.bench.reporting import measure  # loads the product: only when asked

        tell("report", measure(cases, turns), json_=json_)


def _growth(bench: typer.Typer) -> None:
    @bench.command("growth", help="Pages among ever more firms; memory of idle workers; or, with --minutes, a soak.")
    def growth(
        firms: Annotated[list[int] | None, typer.Option(min=1, help="Firms of a database; 1, 100 and 5,000")] = None,
        rounds: Annotated[int, typer.Option(min=1, help="How often each database has its turn")] = 15,
        minutes: Annotated[float, typer.Option(min=0, max=120, help="Soak for so long, and nothing else")] = 0,
        json_: JSON = False,
    ) -> None:
        from saas.bench import growing, soaking  # loads the product: only when asked

        found = soaking.measure(minutes) if minutes else [*growing.measure(firms or [1, 100, 5000], rounds)]
        tell("growth", found if minutes else [*found, *soaking.idle()], json_=json_)


def _lists(bench: typer.Typer) -> None:
    @bench.command("refunds", help="List and board of a firm with very many refunds, beside the list without any.")
    def refunds(
        refunds: Annotated[int, typer.Option(min=1, help="How many requests the firm has")] = 100_000,
        turns: TURNS = 9,
        json_: JSON = False,
    ) -> None:
        from saas.bench.refunding import measure  # loads the product: only when asked

        tell("refunds", measure(refunds, turns), json_=json_)

    @bench.command("periods", help="The period board: clients by months, beside the board of a firm with one client.")
    def periods(
        clients: Annotated[int, typer.Option(min=1, help="How many clients; a page shows fifty")] = 50,
        turns: TURNS = 9,
        json_: JSON = False,
    ) -> None:
        from saas.bench.boarding import measure  # loads the product: only when asked

        tell("periods", measure(clients, turns), json_=json_)

    @bench.command("insights", help="Overview and drill-downs of a firm with very many cases, alone and among others.")
    def insights(
        cases: Annotated[int, typer.Option(min=50, help="How many cases the firm has")] = 100_000,
        answers: Annotated[int, typer.Option(min=50, help="How many answered surveys")] = 200_000,
        firms: Annotated[int, typer.Option(min=1, help="Firms in the database in the end")] = 1000,
        turns: TURNS = 9,
        json_: JSON = False,
    ) -> None:
        from saas.bench.insights import measure  # loads the product: only when asked

        tell("insights", measure(cases, answers, firms, turns), json_=json_)
