"""Whatever the program writes into the trail can be read in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import saas
from saas.app import composed
from saas.firms.audit_words import actions, detail
from saas.kernel.audit import AuditEntry
from saas.kernel.i18n import reading, translate

SOURCE = Path(saas.__file__).parent
WRITTEN = re.compile(r'\brecord\(\s*session,\s*[^"()]*(?:\([^"()]*\))?[^"()]*"([a-z_]+\.[a-z_]+)"')
MODULES = ("adjustments", "api", "cases", "checks", "clients", "firms", "ledgers", "notices", "surveys")


@pytest.mark.parametrize("module", MODULES)
def test_every_deed_has_words_in_both_languages(module: str) -> None:
    deeds, flows = composed.deeds, composed.workflows
    written = {name for file in (SOURCE / module).rglob("*.py") for name in WRITTEN.findall(file.read_text("utf-8"))}
    for action in written:
        subject, _dot, name = action.partition(".")
        if subject in flows and flows[subject].named(name):
            continue
        assert action in deeds, f"{module} records {action} without saying what it is"
        with reading("zh"):
            assert translate(deeds[action].msgid) != deeds[action].msgid, action


def test_the_scan_sees_the_deeds() -> None:
    text = "\n".join(file.read_text("utf-8") for file in (SOURCE / "clients").rglob("*.py"))
    assert "clients.communicate" in WRITTEN.findall(text)


def test_areas_and_codes_are_words() -> None:
    with reading("zh"):
        assert all(re.search("[\u4e00-\u9fff]", str(label)) for _name, label in actions())
        kept = {"channel": "email", "direction": "out", "contact": "许言"}
        assert detail(AuditEntry(action="clients.communicate", outcome="done", detail=kept)) == (
            "渠道：邮件；方向：往；联系人：许言"
        )
