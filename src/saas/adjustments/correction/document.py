"""docs/correction-method.md, written from the table itself. `python -m saas.adjustments.correction.document`"""

from __future__ import annotations

from collections.abc import Iterator

from saas.adjustments.correction.facts import KINDS, POSTINGS, YEARS, Facts, Settings
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.methods import NAMES, Method
from saas.adjustments.correction.table import TABLE, Row
from saas.kernel.i18n import Text, reading

HEAD = """# How the correction method is chosen

Written from `src/saas/adjustments/correction/table.py`; a test keeps this page in step. Do not edit it by hand, run
`python -m saas.adjustments.correction.document > docs/correction-method.md`.

A person confirms the facts of an error: whether the voucher is posted, which year it belongs to, what kind of error it
is, which accounting standard the client follows, and (enterprise and non-profit only) whether it is material. The table
is read from the top and **the first row that fits decides**. Some rows name no method: they change a fact and the
search goes on below them (an open December is treated like the same year, an earlier year's error by its net effect).

The same choice is tested against the worked examples E01–E22 in `tests/adjustments/cases.txt`, under every standard.
"""
VALUES: dict[str, dict[str, Text]] = {
    "posting": {str(key): text for key, text in POSTINGS.items()},
    "year": {str(key): text for key, text in YEARS.items()},
    "kind": {str(key): text for key, text in KINDS.items()},
}
YES_NO = {
    "material": ("material", "not material"),
    "pl": ("income or expense touched", "balance-sheet accounts only"),
    "turned_round": ("turned round by itself", "not turned round"),
    "right_month_over": ("its month is over", "its month is still to come"),
    "statements_approved": ("statements approved", "statements not approved yet"),
}
STANDARDS = {"small": "small enterprises", "enterprise": "enterprises", "npo": "non-profit"}


def page() -> str:
    """The whole page, in English."""
    with reading("en"):
        parts = [HEAD, "## The table\n", *_table(), "\n## Laws the rows rest on\n", *_laws()]
        parts += ["\n## Methods and why they are refused\n", *_refusals()]
        return "\n".join(parts).rstrip() + "\n"


def _table() -> Iterator[str]:
    yield "| Row | When | Method | Vouchers | Remark |"
    yield "|---|---|---|---|---|"
    for row in TABLE:
        method = f"**{NAMES[row.method]}**" if row.method else f"→ {_facts(row.instead)}"
        yield f"| {row.id} | {_facts(row.when) or 'anything else'} | {method} | {row.vouchers} | {row.remark or ''} |"


def _laws() -> Iterator[str]:
    laws: dict[str, list[str]] = {}
    for row in TABLE:
        laws.setdefault(str(row.law), []).append(row.id)
    for law, rows in laws.items():
        yield f"- {law}: {', '.join(dict.fromkeys(rows))}"


def _refusals() -> Iterator[str]:
    """Each method with every reason the table gives against it, and the rows that give it."""
    reasons: dict[Method, dict[str, list[str]]] = {}
    for row in TABLE:
        for method, reason in _refused(row):
            reasons.setdefault(method, {}).setdefault(str(reason), []).append(row.id)
    for method in Method:
        if method in reasons:
            yield f"- **{NAMES[method]}**"
            yield from (
                f"  - {reason} ({', '.join(dict.fromkeys(rows))})" for reason, rows in sorted(reasons[method].items())
            )


def _refused(row: Row) -> Iterator[tuple[Method, Text]]:
    yield from row.refused
    if row.id == "D2":  # the tenant options of this row, and the conditions of reopening
        facts = Facts("posted", "same", "account", "small")
        yield from (pair for pair in choose(facts).refused if pair not in row.refused)
        delivered = Facts("posted", "same", "account", "small", settings=Settings(reopen=True))
        yield from (pair for pair in choose(delivered).refused if pair[0] is Method.REOPEN)


def _facts(when: object) -> str:
    assert isinstance(when, dict)
    return "; ".join(_fact(name, value) for name, value in when.items())


def _fact(name: str, value: object) -> str:
    values = value if isinstance(value, tuple) else (value,)
    if name in YES_NO:
        return YES_NO[name][not value]
    if name == "standard":
        return " or ".join(STANDARDS[str(v)] for v in values)
    return " or ".join(str(VALUES[name][str(v)]) for v in values)


if __name__ == "__main__":
    print(page(), end="")
