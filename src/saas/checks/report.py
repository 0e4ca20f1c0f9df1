"""The readable report of `saas check`: findings by severity, in colour on a terminal, plain in a file."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from saas.checks.catalogue import BY_ID, NEEDING
from saas.checks.finding import Finding, Severity
from saas.checks.run import Checked
from saas.kernel.i18n import Listed, Text, _, listed
from saas.ledgers.frame import Ledger

SEVERITIES: dict[Severity, tuple[Text, str]] = {
    "critical": (_("Critical"), "bold white on red"),
    "high": (_("High"), "bold red"),
    "medium": (_("Medium"), "bold yellow"),
    "low": (_("Low"), "bold cyan"),
    "info": (_("For information"), "bold blue"),
}
SHOWN = 10  # findings of one rule; --json has all
REJECTS_SHOWN = 10
REASONS = 3  # of a voucher, the strongest
TOP = 5  # vouchers of the ranking


def show(file: Path, ledger: Ledger | None, checked: Checked | None, read_seconds: float, error: str) -> None:
    """Print one ledger's report, or why the file could not be read."""
    console = Console(highlight=False)
    if ledger is None or checked is None:
        console.print(Panel(Styled(error), title=Styled(str(file)), title_align="left", border_style="red"))
        return
    console.print(_head(file, ledger, checked, read_seconds))
    for severity, (label, style) in SEVERITIES.items():
        found = [finding for finding in checked.findings if finding.severity == severity]
        if found:
            console.print(Styled(f" {label} · {len(found)} ", style=style))
            console.print(_findings(found, style))
    if not checked.findings:
        console.print(Styled(str(_("No findings.")), style="bold green"))
    _ranking(console, checked)


def _head(file: Path, ledger: Ledger, checked: Checked, read_seconds: float) -> Panel:
    """What was read, how well, and how long it took."""
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim")
    lines.add_column()
    size = _(
        "%(lines)s lines in %(vouchers)s vouchers",
        lines=f"{ledger.lines.height:,}",
        vouchers=f"{ledger.lines['voucher'].n_unique():,}",
    )
    lines.add_row(str(_("What was read")), str(size))
    if ledger.balances.height:
        lines.add_row("", str(_("%(count)s account balances", count=f"{ledger.balances.height:,}")))
    lines.add_row(str(_("File layout")), f"{ledger.layout} · {ledger.standard}")
    took = _("%(read).2f s to read, %(check).2f s to check", read=read_seconds, check=checked.seconds)
    lines.add_row(str(_("Time taken")), str(took))
    for reject in ledger.rejects[:REJECTS_SHOWN]:
        said = _("Row %(row)s was not taken: %(reason)s", row=reject.row, reason=reject.reason)
        lines.add_row(str(_("Rejected row")), Styled(str(said), style="yellow"))
    if len(ledger.rejects) > REJECTS_SHOWN:
        lines.add_row("", str(_("and %(count)s more", count=len(ledger.rejects) - REJECTS_SHOWN)))
    for note in ledger.notes:
        lines.add_row(str(_("Remark on the file")), Styled(str(note), style="dim"))
    lines.add_row(str(_("Checked in part or not")), Styled(str(needing()), style="dim"))
    title = f"{file.name} · {ledger.name}" if ledger.name else file.name
    return Panel(lines, title=Styled(title, style="bold"), title_align="left")


def needing() -> Text:
    """Which rules say less or nothing here, since a file of vouchers lacks what they need (checks/figures.py)."""
    return _("%(rules)s need figures that no ledger holds", rules=Listed(rule.id for rule in NEEDING))


def _findings(found: list[Finding], style: str) -> Padding:
    """One severity's findings, rule by rule."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style=style.split(" on ")[0])
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim", overflow="fold", max_width=22)
    for rule, group in groupby(sorted(found, key=lambda f: (f.rule, -f.score)), key=lambda f: f.rule):
        findings = list(group)
        table.add_row(rule, Styled(str(BY_ID[rule].name), style="bold"), "", "")
        for finding in findings[:SHOWN]:
            table.add_row("", Styled(str(finding.message)), str(finding.amount or ""), _rows(finding.rows))
        if len(findings) > SHOWN:
            table.add_row("", Styled(str(_("and %(count)s more", count=len(findings) - SHOWN)), style="dim"), "", "")
    return Padding(table, (0, 0, 1, 1))


def _rows(rows: list[int]) -> str:
    """Rows of the file, the first few."""
    if not rows:
        return ""
    first = ", ".join(map(str, rows[:4])) + ("…" if len(rows) > 4 else "")
    return str(_("rows %(rows)s", rows=first))


def _ranking(console: Console, checked: Checked) -> None:
    if not checked.ranking:
        return
    console.print(Styled(str(_("Vouchers to look at first")), style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(style="dim", overflow="fold", max_width=22)
    for entry in checked.ranking[:TOP]:
        terms = sorted(entry.terms, key=lambda term: -term.told)
        reasons = listed(term.why for term in terms[:REASONS] if term.why)
        table.add_row(f"{entry.score:.0f}", Styled(entry.voucher), Styled(reasons), _rows(entry.rows))
    console.print(Padding(table, (0, 0, 1, 1)))
