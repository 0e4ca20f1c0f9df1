"""The measure itself: what counts as a hit, a consequence, a false finding, and how a ranking is scored."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from saas.bench import command
from saas.checks.evaluate import Expected, average_precision, judge, summarise
from saas.checks.finding import Finding, Severity
from saas.kernel.i18n import Text


def finding(
    rule: str, *vouchers: str, period: str = "2026-03", account: str | None = None, severity: Severity = "high"
) -> Finding:
    return Finding(rule, "object", severity, 0.9, Text("x"), list(vouchers), period=period, account=account)


def expected(
    kind: str = "slip", rules: str = "N38", also: str = "", vouchers: str = "v1", accounts: str = "", spoilt: str = ""
) -> Expected:
    sets = [frozenset(each.split()) for each in (rules, also, vouchers)]
    return Expected(kind, *sets, "2026-03", frozenset(accounts.split()), frozenset(spoilt.split()))


@pytest.mark.parametrize(
    ("found", "known", "verdict"),
    [
        (finding("N38", "v1"), expected(), "hit"),
        (finding("N39", "v1"), expected(), "consequence"),
        (finding("N38", "v2"), expected(), "false"),
        (finding("N38", "v2", account="5602"), expected(accounts="5602"), "false"),
        (finding("N08", account="1122", period="2026-05"), expected(also="N08", spoilt="1122"), "consequence"),
        (finding("N08", account="1122", period="2026-02"), expected(also="N08", spoilt="1122"), "false"),
        (finding("N33", account="560204"), expected("rent", "N33", vouchers="", accounts="560204"), "hit"),
        (finding("N33", account="5602"), expected("rent", "N33", vouchers="", accounts="560204"), "hit"),
        (finding("N33", account="2211"), expected("rent", "N33", vouchers="", accounts="560204"), "false"),
        (
            finding("N33", account="560204", period="2026-04"),
            expected("rent", "N33", vouchers="", accounts="560204"),
            "false",
        ),
        (finding("N02"), expected("number", "N02", vouchers=""), "hit"),
        (finding("N02", period="2026-04"), expected("number", "N02", vouchers=""), "false"),
        (finding("N09", account="1001", period="2026-06"), expected("cash", "N09", accounts="1001"), "hit"),
    ],
)
def test_a_finding_is_judged_by_rule_voucher_account_and_month(found: Finding, known: Expected, verdict: str) -> None:
    (judged,) = judge([found], [], 10, [known]).judged
    assert judged.verdict == verdict


def test_information_is_no_finding() -> None:
    assert judge([finding("N02", severity="info")], [], 10, []).judged == ()


@pytest.mark.parametrize(
    ("ranking", "errors", "score"),
    [
        (["a", "b"], ["a"], 1.0),
        (["b", "a"], ["a"], 0.5),
        (["b", "c"], ["a"], 0.0),
        (["a", "x", "b"], ["a", "b"], (1 + 2 / 3) / 2),
        (["a", "a2", "b"], ["a a2", "b"], 1.0),  # the pair of a duplicate is one error
        (["x"], [], None),
    ],
)
def test_average_precision(ranking: list[str], errors: list[str], score: float | None) -> None:
    result = average_precision(ranking, [frozenset(error.split()) for error in errors])
    assert result == (score if score is None else pytest.approx(score))


def test_figures_over_ledgers() -> None:
    one = judge([finding("N38", "v1"), finding("N25", "v9")], ["v1"], 600, [expected()])
    two = judge([], ["x", "v1"], 400, [expected()])
    result = summarise([one, two])
    (kind,) = result.kinds
    assert (kind.kind, kind.injected, kind.found, kind.recall) == ("slip", 2, 1, 0.5)
    assert (kind.rankable, kind.first_ten) == (2, 2)
    assert [(r.rule, r.hits, r.false, r.precision) for r in result.rules] == [("N25", 0, 1, 0.0), ("N38", 1, 0, 1.0)]
    assert result.false_per_thousand == 1.0
    assert result.mean_average_precision == pytest.approx(0.75)


def test_the_command_measures_real_files() -> None:
    app = typer.Typer()
    command.register(app)
    done = CliRunner().invoke(app, ["bench", "detect", "--companies", "2", "--errors", "2", "--json"])
    assert done.exit_code == 0, done.output
    whole, *rest = json.loads(done.output)["results"]
    assert whole["ours"]["ledgers"] == 2
    assert sum(one["ours"]["injected"] for one in rest if one["case"].startswith("recall")) == 4
    assert whole["ours"]["vouchers"] > 500
    ranked = {one["case"].partition(" beside ")[2]: one["ratio"] for one in rest if " beside " in one["case"]}
    assert set(ranked) == {"isolation forest", "local outlier factor", "autoencoder", "journal-entry tests"}
    assert min(ranked.values()) > 2
