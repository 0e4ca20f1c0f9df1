"""docs/RULES.md: every rule with its texts, its thresholds and its example, as the rule itself says them.

.venv/bin/python -m tests.checks.rules_page > docs/RULES.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from saas.checks import comparisons
from saas.checks.catalogue import BY_ID, RULES
from saas.checks.figures import BY_NAME
from saas.checks.finding import Finding, Rule
from saas.checks.listing import LABELS
from saas.checks.settings import shown
from saas.checks.thresholds import preset_of
from saas.kernel.i18n import LOCALES, Text, listed, reading
from tests.checks.examples import Example, examples

INTRODUCTION = """# Rules, with an example of each · 规则与示例

Made by `python -m tests.checks.rules_page > docs/RULES.md` from the catalogue (`src/saas/checks/rules`) and from the
ledgers in `tests/checks/examples`; a test fails when this page is not what the command prints, when a rule does not
speak exactly once in its first ledger, or when it speaks in the second, which looks alike and is innocent.

How to read a ledger: date, voucher, summary, then its lines with side (D 借, C 贷), account and amount in yuan; `[…]`
is an auxiliary item, `{…}` a further column. `monthly(1-4 6-12) 28` stands for one voucher on the 28th of each of these
months, `daily` for one each day, `before` for the months of the year before; `{m}` is the month, `{d}` the day.
`balance` is a row of a trial balance: month, account, opening, debit, credit, closing. `account` names a detail
account. Accounts are those of the small-enterprise standard (小企业会计准则).

Thresholds are the firm's to set at Settings → Rules; only those a firm may set are listed.
"""
BEGIN = {"fired": "**Speaks · 提示**", "silent": "**Silent · 不提示**"}


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *("\n".join(_section(rule, examples()[rule.id])) for rule in RULES)]
    return "\n".join(parts)


def _section(rule: Rule, example: Example) -> Iterator[str]:
    yield f"\n## {rule.id} {_zh(rule.name)} · {_en(rule.name)}\n"
    severity, preset = LABELS[rule.severity], preset_of(rule.id)
    state = ("默认启用", "on from the first day") if preset.is_on else ("默认停用", "off until switched on")
    yield f"{_zh(severity)} · {_en(severity)}; {state[0]} · {state[1]}"
    if preset.why:
        yield f"({preset.why['zh']} · {preset.why['en']})"
    yield ""
    for words in (rule.explanation, rule.reason, rule.cure):
        yield f"- {_zh(words)}<br>{_en(words)}"
    if needs := _needs(rule, example):
        yield f"- 所需数据 · Data: {needs}"
    for threshold in preset.thresholds:
        value = rule.settings.get(threshold.key)
        unit = {"share": " %", "fen": " 元 yuan", "day": " 天 days", "month": " 月 months"}.get(threshold.unit, "")
        said = f"{shown(threshold, value)}{unit}" if value not in (None, (), []) else "—"
        yield f"- 阈值 · Threshold: {threshold.words['zh']} · {threshold.words['en']}: {said}"
    yield f"\n{BEGIN['fired']}\n"
    yield from _ledger(example.ledgers["fired"], example.sealed)
    yield from _supplied(example, "fired")
    [finding] = example.found("fired")
    yield from _said(finding)
    yield f"\n{BEGIN['silent']} {example.why['zh']} {example.why['en']}\n"
    if example.ledgers["silent"] != example.ledgers["fired"]:
        yield from _ledger(example.ledgers["silent"])
    yield from _supplied(example, "silent")


def _ledger(text: str, sealed: str = "") -> Iterator[str]:
    if sealed:
        yield f"封存的版本 · as sealed:\n\n```\n{sealed}\n```\n\n现在的版本 · as it is now:\n"
    yield f"```\n{text}\n```"


def _supplied(example: Example, side: str) -> Iterator[str]:
    """The figures beside the ledger, in yuan."""
    for name, months in example.figures["fired" if side == "fired" else "silent"].items():
        label = BY_NAME[name].label
        values = ", ".join(f"{month} {fen / 100:.2f}" for month, fen in months.items())
        yield f"\n{_zh(label)} · {_en(label)}: {values}\n"


def _said(finding: Finding) -> Iterator[str]:
    yield f"\n> {_zh(finding.message)}<br>\n> {_en(finding.message)}"
    label = LABELS[finding.severity]
    facts = [f"{_zh(label)} {_en(label)}", finding.period, finding.account, ", ".join(finding.vouchers)]
    if finding.amount is not None:
        facts.append(f"{finding.amount} 元 yuan")
    yield f">\n> {' · '.join(fact for fact in facts if fact)}"
    if entry := comparisons.expected(finding.compared):
        lines = [
            f"{'借 D' if row['debit'] else '贷 C'} {row['account']}{'[' + row['aux'] + ']' if row['aux'] else ''} "
            f"{row['debit'] or row['credit']}"
            for row in entry
        ]
        yield f">\n> 应有分录 · entry expected: {'; '.join(lines)}"


def _needs(rule: Rule, example: Example) -> str:
    parts = [f"{example.data['zh']} · {example.data['en']}"] if example.data else []
    named = [BY_NAME[name].label for name in rule.needs]
    if named:
        parts.append(" · ".join(_listed(named, locale) for locale in LOCALES))
    return "; ".join(parts)


def _listed(texts: list[Text], locale: str) -> str:
    with reading("zh" if locale == "zh" else "en"):
        return listed(texts)


def _zh(text: Text) -> str:
    return text.to("zh")


def _en(text: Text) -> str:
    return text.to("en")


if __name__ == "__main__":
    assert examples().keys() == BY_ID.keys()
    sys.stdout.write(page())
