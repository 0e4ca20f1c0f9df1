"""Alembic's entry: it is always handed a connection by kernel/schema.py."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

import saas.app  # every module's tables
from saas.kernel.db import Base

assert saas.app.MODULES


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain column types, so that they outlive our own classes."""
    if kind != "type" or not isinstance(item, TypeDecorator) or not type(item).__module__.startswith("saas."):
        return False
    if isinstance(item.impl_instance, JSONB):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB(astext_type=sa.Text())"
    return f"sa.{item.impl_instance!r}"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
