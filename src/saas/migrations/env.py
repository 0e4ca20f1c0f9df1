"""Alembic's entry: it is always handed a connection by kernel/schema.py."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import saas.app  # every module's tables
from saas.kernel.db import Base, Fen, StoredText

assert saas.app.MODULES


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain column types, so that they outlive our own classes."""
    if kind == "type" and isinstance(item, Fen):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, StoredText):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB(astext_type=sa.Text())"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
