"""`saas check FILE…`: read and check ledgers with no server and no database."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from saas.checks import report
from saas.checks.catalogue import BY_ID
from saas.checks.finding import Finding
from saas.checks.run import Checked, check_ledger
from saas.kernel.i18n import Locale, _, reading
from saas.kernel.processes import keep_what_is_loaded
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import Unreadable, Wanted, read_file

RANKING = 1000


class Standard(StrEnum):
    """Values of --standard."""

    small = "small"
    enterprise = "enterprise"
    auto = "auto"


class Language(StrEnum):
    """Values of --lang."""

    zh = "zh"
    en = "en"


@dataclass(frozen=True, slots=True)
class Result:
    """One ledger of one file, read and checked; or, without a ledger, why the file could not be read."""

    file: Path
    ledger: Ledger | None = None
    checked: Checked | None = None
    read_seconds: float = 0.0
    error: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("check", help="Read ledger files and check them, with no server and no database.")
    def command(
        files: Annotated[list[Path], typer.Argument(help="XLSX, XLS or CSV files", metavar="FILE…")],
        standard: Annotated[
            Standard, typer.Option(help="Accounting standard of the chart of accounts")
        ] = Standard.auto,
        ranking: Annotated[int, typer.Option(min=0, help="How many vouchers the ranking holds")] = RANKING,
        json_: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
        lang: Annotated[Language | None, typer.Option(help="Language of the texts; else LANG, else zh")] = None,
    ) -> None:
        language: Locale = "en" if (lang or _language()) == "en" else "zh"
        raise typer.Exit(check(files, standard.value, ranking, json_, language))


def check(files: Sequence[Path], standard: Wanted, ranking: int, json_output: bool, language: Locale = "zh") -> int:
    """Check every file and print the result. Exit code: 2 if a file could not be read, else 0, also with findings."""
    keep_what_is_loaded()
    with reading(language):
        results = [result for file in files for result in results_of(file, standard)]
        if json_output:
            json.dump([as_json(result, ranking) for result in results], sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            for result in results:
                report.show(result.file, result.ledger, result.checked, result.read_seconds, result.error)
    return 2 if any(result.error for result in results) else 0


def results_of(file: Path, standard: Wanted) -> list[Result]:
    """A result for each ledger of a file, or one with the reason why it cannot be read."""
    started = time.perf_counter()
    try:
        ledgers = read_file(file, standard=standard)
        seconds = round(time.perf_counter() - started, 3)
        return [Result(file, ledger, check_ledger(ledger), seconds) for ledger in ledgers]
    except Unreadable as error:
        return [Result(file, error=str(error))]
    except Exception as error:  # a fault of ours in one file must not cost the others their report
        traceback.print_exc()
        return [Result(file, error=str(_("A fault in the program: %(error)s", error=repr(error))))]


def as_json(result: Result, ranking: int) -> dict[str, Any]:
    """The contract of `saas check --json` for one ledger."""
    ledger, checked = result.ledger, result.checked
    if ledger is None or checked is None:
        return {"file": str(result.file), "error": result.error}
    return {
        "file": str(result.file),
        "ledger": ledger.name,
        "layout": ledger.layout,
        "standard": ledger.standard,
        "lines": ledger.lines.height,
        "vouchers": ledger.lines["voucher"].n_unique(),
        "rejects": [{"row": reject.row, "reason": str(reject.reason)} for reject in ledger.rejects],
        "notes": [str(note) for note in (*ledger.notes, report.needing())],
        "seconds": {"read": result.read_seconds, "check": checked.seconds},
        "findings": [_finding(finding) for finding in checked.findings],
        "ranking": [{"voucher": r.voucher, "source_rows": r.rows, "score": r.score} for r in checked.ranking[:ranking]],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "name": str(BY_ID[finding.rule].name),
        "severity": finding.severity,
        "score": finding.score,
        "vouchers": finding.vouchers,
        "source_rows": finding.rows,
        "period": finding.period,
        "account": finding.account,
        "amount": f"{finding.amount.yuan:.2f}" if finding.amount is not None else None,
        "message": str(finding.message),
        "compared": finding.compared,
    }


def _language() -> str:
    """The terminal's language; Chinese where it does not say."""
    return "en" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("en") else "zh"
