"""Books that no rule was written for: a sentence and a usable result, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.checks.catalogue import RULES
from saas.checks.run import check_ledger
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import read_file
from tests.checks.ledger_text import ledger_of

EVERY = {rule.id for rule in RULES}


def rules(ledger: Ledger, settings: dict[str, dict[str, object]] | None = None) -> set[str]:
    return {finding.rule for finding in check_ledger(ledger, settings, EVERY).findings}


def test_one_month_says_what_one_month_can_say() -> None:
    """Nothing is missing, stopped or turned where there is nothing to compare with."""
    text = "\n".join(f"2026-03-{n:02d} 记-{n} 付办公费{n} | D 5602 {n}3.10 | C 1002 {n}3.10" for n in range(1, 12))
    assert rules(ledger_of(text)) == set()
    assert rules(ledger_of(text.replace("记-7 ", "记-12 "))) >= {"N02"}


def test_a_chart_that_nothing_matches() -> None:
    """No account has a role: rules of form speak, rules of roles are silent."""
    vouchers = [f"2026-03-{n:02d} J-{n} posting | D X{n}A {n}00.00 | C Y{n}B {n}00.00" for n in range(1, 20)]
    odd = "2026-03-25 J-20 posting | D X1A 50.00 | C Y1B 49.00"
    told = check_ledger(ledger_of("\n".join(["other", *vouchers, odd])), None, EVERY).findings
    assert [(f.rule, f.vouchers) for f in told if f.severity != "info"] == [("N01", ["2026-03 J-20"])]


def test_five_thousand_accounts() -> None:
    names = "\n".join(f"account 1122{n:04d} 应收账款-客户{n}" for n in range(1, 5001))
    sold = "\n".join(
        f"2026-{n % 12 + 1:02d}-15 记-{n} 销售 | D 1122{n:04d} {n}.50 | C 5001 {n}.50" for n in range(1, 5001)
    )
    checked = check_ledger(ledger_of(f"{names}\n{sold}"), None, EVERY)
    assert len(checked.findings) < 100  # of the whole, not one an account


def test_every_voucher_unbalanced_is_one_finding() -> None:
    text = "\n".join(f"2026-03-15 记-{n} 付款 | D 5602 {n}.00 | C 1002 {n + 1}.00" for n in range(1, 301))
    [finding] = [f for f in check_ledger(ledger_of(text), None, EVERY).findings if f.rule == "N01"]
    assert (finding.object, finding.compared["vouchers"]) == ("file", 300)


def test_three_rows_of_ten_refused_leave_a_usable_ledger(tmp_path: Path) -> None:
    """The refused rows are listed with their reasons, and what was read is checked."""
    head = "日期,凭证字号,摘要,科目编码,科目名称,借方金额,贷方金额\n"
    rows = []
    for n in range(1, 41):
        amount = "一百" if n % 10 in (1, 4, 7) else f"{n}.00"
        rows += [f"2026-03-{n % 28 + 1:02d},记-{n},付款,5602,管理费用,{amount},\n",
                 f"2026-03-{n % 28 + 1:02d},记-{n},付款,1002,银行存款,,{amount if n != 2 else 3}\n"]  # fmt: skip
    path = tmp_path / "账.csv"
    path.write_text(head + "".join(rows), "utf-8")
    [ledger] = read_file(path)
    assert (ledger.lines.height, len(ledger.rejects)) == (56, 24)
    assert all(str(reject.reason) for reject in ledger.rejects)
    assert rules(ledger) >= {"N01"}


@pytest.mark.parametrize("value", [-1, 0, 10**15])
def test_thresholds_that_make_no_sense_break_nothing(value: int) -> None:
    """The page refuses them (test_findings_pages); what stands in old settings all the same must not stop a check."""
    text = "\n".join(
        f"2026-{month:02d}-{day:02d} 记-{day} 付办公费 | D 5602 {day * 7 + month}.10 | C 1002 {day * 7 + month}.10"
        for month in range(1, 13)
        for day in (3, 9, 20)
    )
    ledger = ledger_of(text)
    for rule in RULES:
        numbers = {name: value for name, own in rule.settings.items() if type(own) in (int, float)}
        if numbers:
            rule.run(ledger, {**rule.settings, **numbers})
