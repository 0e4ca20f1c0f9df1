"""Every table and every column that holds something of people is declared."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, Uuid

import saas.app
from saas.kernel.copying import firm_tables
from saas.kernel.db import Base
from saas.privacy.register import facts_of, register, undeclared


def test_every_table_and_column_of_people_is_declared() -> None:
    """Add a new table to an activity, or to `without`, in src/saas/privacy/register.toml; its columns too."""
    assert undeclared(Base.metadata, register()) == []


def test_a_new_column_or_table_with_people_in_it_is_found() -> None:
    metadata = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    metadata.tables["leads"].append_column(Column("birthday", String))
    Table("guests", metadata, Column("id", Uuid), Column("visitor_name", String))
    assert set(undeclared(metadata, register())) == {
        "guests: which activity, or without people?",
        "leads.birthday: personal or impersonal?",
        "guests.visitor_name: personal or impersonal?",
    }


def test_what_the_tables_say_of_themselves() -> None:
    assert facts_of(Base.metadata.tables["refund_payees"])["encrypted"] == ["account_sealed"]
    assert facts_of(Base.metadata.tables["audit_entries"])["only_added"]
    kept = {t.name for t in firm_tables()} & set(register().kept_in)
    assert {"links", "api_tokens", "outbox"} <= kept
    assert {"notices", "planned_vouchers", "audit_entries"} <= register().archived


def test_nothing_that_is_exported_is_held_in_memory_whole() -> None:
    """Exports, archives, copies and the audit report: written to the disk and streamed, however large a firm is."""
    source = Path(saas.app.__file__).parent
    whole = re.compile(r"read_bytes\(|store_of\(active\(\)\)\.(get|put)\(|store\.(get|put)\(|getvalue\(|write_bytes\(")
    files = [*(source / "privacy").glob("*.py"), source / "offboarding.py", *(source / "firms").glob("audit_*.py")]
    assert {path.name: whole.findall(path.read_text()) for path in files if whole.search(path.read_text())} == {}
