"""`saas check`: the JSON is a contract; a file that cannot be read does not stop the others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ledgers.book import BOOK, haokuaiji, yonyou_nc
from tests.ledgers.files import csv_file, text_file, xlsx_file

GENERAL_LEDGER = Path(__file__).parents[3] / "shared" / "data" / "aicpa_gl" / "general_ledger.csv"
SAAS = Path(sys.executable).with_name("saas")
UNBALANCED = """日期,凭证号,摘要,科目编码,科目名称,借方,贷方
2026-03-05,记-1,x,1001,库存现金,5.10,
2026-03-05,记-1,x,1002,银行存款,,5"""


def saas(*arguments: str | Path, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANG": lang, "COLUMNS": "120"}
    environment.pop("LC_ALL", None)
    command = [str(SAAS), "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def as_json(*arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    done = saas(*arguments, "--json")
    assert done.returncode == code, done.stderr
    return list(json.loads(done.stdout))


def test_the_contract(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", UNBALANCED)
    (ledger,) = as_json(path)
    assert list(ledger) == (
        [
            "file",
            "ledger",
            "layout",
            "standard",
            "lines",
            "vouchers",
            "rejects",
            "notes",
            "seconds",
            "findings",
            "ranking",
        ]
    )
    assert (ledger["file"], ledger["ledger"], ledger["lines"], ledger["vouchers"]) == (str(path), None, 2, 1)
    assert set(ledger["seconds"]) == {"read", "check"}
    found = next(finding for finding in ledger["findings"] if finding["rule"] == "N01")
    assert list(found) == (
        [
            "rule",
            "name",
            "severity",
            "score",
            "vouchers",
            "source_rows",
            "period",
            "account",
            "amount",
            "message",
            "compared",
        ]
    )
    assert (found["severity"], found["source_rows"], found["period"]) == ("high", [2, 3], "2026-03")
    assert re.fullmatch(r"-?\d+\.\d\d", found["amount"])
    assert found["amount"] == "0.10"
    assert ledger["ranking"][0]["voucher"] == "2026-03 记-1"
    assert set(ledger["ranking"][0]) == {"voucher", "source_rows", "score"}


def test_an_unreadable_file_among_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    good = xlsx_file(tmp_path / "good.xlsx", list(haokuaiji(BOOK)))
    first, second = as_json(broken, good, code=2)
    assert set(first) == {"file", "error"}
    assert first["file"] == str(broken)
    assert second["lines"] == len(BOOK)


def test_one_object_for_each_ledger(tmp_path: Path) -> None:
    rows = list(yonyou_nc(BOOK))
    other = [[*row[:2], "乙公司", *row[3:]] for row in rows[1:]]
    names = [ledger["ledger"] for ledger in as_json(csv_file(tmp_path / "2026.csv", [*rows, *other]))]
    assert names == ["甲公司-0001", "乙公司"]


def test_options(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", UNBALANCED)
    (ledger,) = as_json(path, "--ranking", "0", "--standard", "enterprise")
    assert (ledger["ranking"], ledger["standard"]) == ([], "enterprise")


def test_the_report_in_both_languages(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", UNBALANCED + "\n2026-02-30,记-2,x,1001,库存现金,1,")
    chinese = saas(path)
    assert chinese.returncode == 0
    assert "N01" in chinese.stdout
    assert "第 4 行未收" in chinese.stdout
    for english in (saas(path, "--lang", "en"), saas(path, lang="en_GB.UTF-8")):
        assert "Row 4 was not taken: the calendar has no day 2026-02-30" in english.stdout
    missing = saas(tmp_path / "nothing.csv", "--lang", "en")
    assert missing.returncode == 2
    assert "There is no such file." in missing.stdout


@pytest.mark.skipif(not GENERAL_LEDGER.exists(), reason="the shared example ledger is not here")
def test_the_example_ledger() -> None:
    (ledger,) = as_json(GENERAL_LEDGER)
    assert (ledger["lines"], ledger["vouchers"], ledger["rejects"]) == (28160, 13295, [])
    assert ledger["seconds"]["read"] + ledger["seconds"]["check"] < 10  # 3 on an idle machine; tests share theirs
    assert len([finding for finding in ledger["findings"] if finding["rule"] == "N01"]) == 4
    jumps = [finding for finding in ledger["findings"] if finding["rule"] == "N02"]
    assert len(jumps) == 12
    assert {finding["compared"]["kind"] for finding in jumps} == {"gap", "new_range"}
