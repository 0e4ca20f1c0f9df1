"""`saas bench …`: one command for each figure the product promises; each prints JSON and leaves nothing behind."""

from __future__ import annotations

from typing import Annotated

import typer

from saas.bench.series import say, show
from saas.demo.detector import FULL_LAYOUT

TURNS = Annotated[int, typer.Option(min=1, help="How often each is measured")]


def register(app: typer.Typer) -> None:
    """Add `bench` to the program. What a measurement needs is loaded when it runs."""
    bench = typer.Typer(name="bench", no_args_is_help=True, help="Measure the product.")

    @bench.callback()
    def bench_() -> None:
        """A callback keeps the name of a single command."""

    _detector(bench)
    _checks(bench)
    _pages(bench)
    _refunds(bench)
    _insights(bench)
    app.add_typer(bench)


def _detector(bench: typer.Typer) -> None:
    @bench.command("detect", help="Findings and ranking against made ledgers with known errors, beside general peers.")
    def detect(
        companies: Annotated[int, typer.Option(min=1, help="How many companies")] = 40,
        errors: Annotated[int, typer.Option(min=0, help="Errors in each ledger; 0 measures false findings")] = 3,
        seed: Annotated[int, typer.Option(help="The same seed makes the same ledgers")] = 1,
        layout: Annotated[str, typer.Option(help="Layout of the files; any = in turn")] = FULL_LAYOUT,
        balances: Annotated[bool, typer.Option(help="A trial balance beside the vouchers")] = True,
        peers: Annotated[bool, typer.Option(help="Rank the same vouchers with general detectors too")] = True,
        json_: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    ) -> None:
        from saas.bench.detecting import detect as run  # loads scikit-learn: only when asked

        run(companies, errors, seed, layout, balances, peers=peers, json_output=json_)


def _checks(bench: typer.Typer) -> None:
    @bench.command("check", help="`saas check` of a large ledger: seconds and memory, beside a plain read of the file.")
    def check(
        lines: Annotated[int, typer.Option(min=100, help="How many lines, at least")] = 100_000,
        turns: TURNS = 3,
        suffix: Annotated[str, typer.Option(help="csv or xlsx")] = "csv",
        growing: Annotated[
            bool, typer.Option("--series", help="Ledgers of 10,000, 100,000 and 1,000,000 lines")
        ] = False,
    ) -> None:
        from saas.bench.checking import measure, measure_series  # loads the product: only when asked

        say(measure_series(turns) if growing else measure(lines, turns, suffix))


def _pages(bench: typer.Typer) -> None:
    @bench.command("page", help="The list of cases on the server at one user, beside the same page without cases.")
    def page(
        cases: Annotated[int, typer.Option(min=1, help="Cases on the page")] = 50,
        turns: TURNS = 20,
    ) -> None:
        from saas.bench.paging import measure  # loads the product: only when asked

        say(measure(cases, turns))

    @bench.command("notice", help="A letter from the start of its job to the stored PDF, beside a one-line PDF.")
    def notice(turns: TURNS = 5) -> None:
        from saas.bench.printing import measure  # loads the product: only when asked

        say(measure(turns))

    @bench.command("report", help="The monthly report, every page filled: its figures and its PDF in each language.")
    def report(
        cases: Annotated[int, typer.Option(min=100, help="Cases of the firm’s history")] = 2_000,
        turns: TURNS = 3,
    ) -> None:
        from saas.bench.reporting import measure  # loads the product: only when asked

        say(measure(cases, turns))


def _refunds(bench: typer.Typer) -> None:
    @bench.command("refunds", help="List and board of a firm with very many refunds, beside the list without any.")
    def refunds(
        refunds: Annotated[int, typer.Option(min=1, help="How many requests the firm has")] = 100_000,
        turns: TURNS = 9,
    ) -> None:
        from saas.bench.refunding import measure  # loads the product: only when asked

        say(measure(refunds, turns))


def _insights(bench: typer.Typer) -> None:
    @bench.command("insights", help="Overview and drill-downs of a firm with very many cases, alone and among others.")
    def insights(
        cases: Annotated[int, typer.Option(min=50, help="How many cases the firm has")] = 100_000,
        answers: Annotated[int, typer.Option(min=50, help="How many answered surveys")] = 200_000,
        firms: Annotated[int, typer.Option(min=1, help="Firms in the database in the end")] = 1000,
        turns: TURNS = 9,
        json_: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    ) -> None:
        from saas.bench.insights import measure  # loads the product: only when asked

        found = measure(cases, answers, firms, turns)
        say(found) if json_ else show(found)
