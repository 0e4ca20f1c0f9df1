"""The runner, the score and the catalogue."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from saas.checks import side_by_side
from saas.checks.catalogue import RULES
from saas.checks.run import Checked, check_ledger
from saas.checks.score import Term, combine, surprisal
from saas.demo.books.layouts import write
from saas.demo.detector import some_company, some_months, with_errors
from saas.kernel.i18n import catalogue
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import read_file

REAL = Path(__file__).parents[3] / "shared" / "data" / "aicpa_gl" / "general_ledger.csv"


def test_a_score_is_what_doubt_leaves() -> None:
    assert combine([Term("N01", 0.5, 1.0)]) == 50.0
    assert combine([Term("N01", 0.5, 1.0), Term("N05", 0.5, 0.5)]) == 62.5
    assert combine([]) == 0.0


def test_a_rule_that_fires_often_weighs_less() -> None:
    assert surprisal(1, 1000) == 1.0
    assert 0.6 < surprisal(10, 1000) < 0.7
    assert surprisal(900, 1000) == 0.3


def test_findings_come_highest_first_with_their_terms(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-3 付款 | D 5602 2.00 | C 1002 2.50
    """
    checked = check_ledger(ledger)
    assert [f.rule for f in checked.findings] == ["N01", "N02"]
    first = checked.findings[0]
    assert first.score == combine([Term(t["name"], t["weight"], t["confidence"]) for t in first.terms])
    assert (checked.ranking[0].voucher, checked.ranking[0].rows) == ("2026-01 记-3", [4, 5])


def test_rules_can_be_chosen_and_their_thresholds_set(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-3 付款 | D 5602 2.00 | C 1002 2.50
    """
    assert [f.rule for f in check_ledger(ledger, enabled={"N02"}).findings] == ["N02"]
    assert check_ledger(ledger, {"N02": {"void_numbers": ["2026-01 记-2"]}}, {"N02"}).findings == []


def test_months_that_another_firm_kept_are_flagged(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 2.00 {preparer=王}
    2026-02-05 记-1 付款 | D 5602 1.00 | C 1002 3.00 {preparer=李}
    2026-03-05 记-1 付款 | D 5602 1.00 | C 1002 1.00 {preparer=李}
    """
    flags = {f.period: "before_take_over" in f.compared for f in check_ledger(ledger, enabled={"N01"}).findings}
    assert flags == {"2026-01": True, "2026-02": False}
    known = check_ledger(ledger, {"client": {"take_over": "2026-03"}}, {"N01"}).findings
    assert all(f.compared["before_take_over"] for f in known)


def test_every_rule_explains_itself_in_both_languages() -> None:
    chinese = catalogue()
    for rule in RULES:
        for text in (rule.name, rule.explanation, rule.reason, rule.cure):
            assert text.msgid in chinese, f"{rule.id}: {text.msgid}"


def test_rules_have_their_own_numbers() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {"N01", "N11", "N14", "N15", "N21", "N22", "N25", "N27", "N33", "N44"} <= {rule.id for rule in RULES}


@pytest.mark.skipif(not REAL.exists(), reason="the real ledger is not here")
def test_a_real_year_has_four_unbalanced_journals_and_twelve_jumps() -> None:
    [ledger] = read_file(REAL)
    findings = check_ledger(ledger).findings
    unbalanced = {f.vouchers[0] for f in findings if f.rule == "N01"}
    assert unbalanced == {"100011090", "100011091", "100011092", "100011093"}
    jumps = [f.compared for f in findings if f.rule == "N02"]
    assert [j["from"] for j in jumps if j["kind"] == "gap"] == [100008008]
    assert len([j for j in jumps if j["kind"] == "new_range"]) == 11
    assert {f.rule for f in findings if f.severity != "info"} == {"N01", "N02"}


def test_an_empty_ledger_has_no_findings(ledger: Ledger) -> None:
    """ """
    assert check_ledger(ledger).findings == []


def test_the_same_books_say_the_same_to_the_last_term(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ties are settled by name, never by the order in which groups happen to come, nor by rules that run at once."""
    lines = with_errors(some_company(1, 901), some_months(1), 901, 8)
    every = set()
    with TemporaryDirectory() as folder:
        path = write(lines, "kingdee-k3", Path(folder) / "ledger.csv").path
        for large in (10**6, 0):
            monkeypatch.setattr(side_by_side, "LARGE", large)
            every.add(str(said(check_ledger(*read_file(path)))))
    assert len(every) == 1


def test_a_rule_that_fails_beside_another_fails_the_run(monkeypatch: pytest.MonkeyPatch, ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    """
    monkeypatch.setattr(side_by_side, "LARGE", 0)
    ended: list[int] = []
    with pytest.raises(ZeroDivisionError):
        side_by_side.answers(ledger, [lambda: ended.append(1), lambda: ended.append(1 // 0), lambda: ended.append(3)])
    assert ended == [1, 3], "the others come to their end"


def said(checked: Checked) -> list[object]:
    findings = [(f.rule, f.object, f.message.store(), f.rows, f.compared, f.terms) for f in checked.findings]
    return [*findings, *((r.voucher, r.score, r.terms) for r in checked.ranking)]
