"""N27."""

from __future__ import annotations

import pytest

from saas.checks.rules.sealed import changes
from saas.kernel.money import Money
from tests.checks.ledger_text import found, ledger_of

SEALED = """
    2026-01-05 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-06 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    2026-01-07 记-3 收货款 | D 1002 30.00 | C 1122[甲] 30.00
"""


@pytest.mark.parametrize(
    ("was", "now", "kind", "severity", "voucher", "rows"),
    [
        ("付电费", "付一月电费", "reworded", "low", "2026-01 记-2", [4, 5]),
        ("记-3 ", "记-4 ", "renumbered", "medium", "2026-01 记-3", [6, 7]),
        ("D 5602 20.00 | C 1002 20.00", "D 5602 21.00 | C 1002 21.00", "changed", "critical", "2026-01 记-2", [4, 5]),
        ("D 5602 20.00", "D 5601 20.00", "changed", "critical", "2026-01 记-2", [4, 5]),
        ("[甲]", "[乙]", "changed", "critical", "2026-01 记-3", [6, 7]),
        ("2026-01-06", "2026-01-08", "changed", "critical", "2026-01 记-2", [4, 5]),
        ("    2026-01-07 记-3 收货款 | D 1002 30.00 | C 1122[甲] 30.00", "", "deleted", "critical", "2026-01 记-3", []),
    ],
)
def test_each_kind_of_change(was: str, now: str, kind: str, severity: str, voucher: str, rows: list[int]) -> None:
    [finding] = changes(ledger_of(SEALED), ledger_of(SEALED.replace(was, now)))
    assert (finding.compared["kind"], finding.severity) == (kind, severity)
    assert (finding.vouchers, finding.rows, finding.period) == ([voucher], rows, "2026-01")


def test_what_changed_is_named() -> None:
    after = SEALED.replace("D 5602 20.00 | C 1002 20.00", "D 5601 21.00 | C 1002 21.00")
    [finding] = changes(ledger_of(SEALED), ledger_of(after))
    assert finding.compared["changed"] == ["account", "amount"]


def test_a_voucher_added_to_a_sealed_month_is_found_and_a_later_month_is_new_business() -> None:
    later = SEALED + "2026-02-05 记-1 付房租 | D 5602 10.00 | C 1002 10.00\n"
    assert changes(ledger_of(SEALED), ledger_of(later)) == []
    [finding] = changes(ledger_of(SEALED), ledger_of(later + "2026-01-09 记-4 付邮费 | D 5602 1.00 | C 1002 1.00"))
    assert (finding.compared["kind"], finding.vouchers, finding.rows) == ("added", ["2026-01 记-4"], [10, 11])
    assert finding.amount == Money(1_00)


def test_order_of_the_file_and_void_vouchers_change_nothing() -> None:
    lines = SEALED.strip().splitlines()
    turned = "\n".join([lines[2], "-", *lines[:2], "2026-01-09 记-4 作废 | D 5602 1.00 | C 1002 1.00 {void}"])
    assert changes(ledger_of(SEALED), ledger_of(turned)) == []


def test_renumbering_a_month_is_one_finding() -> None:
    text = "\n".join(f"2026-01-{n:02d} 记-{n} 付款 | D 5602 {n}.00 | C 1002 {n}.00" for n in range(10, 20))
    [finding] = changes(ledger_of(text), ledger_of(text.replace("记-1", "记-2")))
    assert (finding.severity, len(finding.vouchers), finding.object) == ("medium", 10, "renumbered/2026-01")


def test_a_bare_file_has_nothing_to_compare_with() -> None:
    assert found("N27", ledger_of(SEALED)) == []
    assert len(found("N27", ledger_of(SEALED.replace("20.00", "25.00")), sealed=ledger_of(SEALED))) == 1
