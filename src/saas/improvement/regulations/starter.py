"""The register every firm begins with: tenants/_starter/regulations/*.toml, copied once with both languages."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.regulations.kinds import Filter
from saas.improvement.regulations.regulation_models import Regulation
from saas.kernel import clock, tenancy
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import ROOT

FOLDER = ROOT / "tenants" / "_starter" / "regulations"


@cache
def entries() -> tuple[dict[str, Any], ...]:
    """Every entry as columns; KeyError where one lacks a text, ValidationError where its filter knows too much."""
    return tuple(_entry(one, file["reviewed"]) for file in _files() for one in file["regulation"])


def _files() -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]


def _entry(given: dict[str, Any], reviewed: date) -> dict[str, Any]:
    texts = {name: given[name] for name in ("title", "issuer", "changes", "impact")}
    plain = {name: given[name] for name in ("key", "kind", "number", "mark", "effective_on", "source", "source_url")}
    return {
        **texts,
        **plain,
        "repealed_on": given.get("repealed_on"),
        "clients": Filter.of(given["clients"]).store(),
        "quiz": given.get("quiz", []),
        "course_key": given.get("course", ""),
        "reviewed_on": reviewed,
    }


async def begin(session: AsyncSession) -> None:
    """Put what is missing into the firm's register, in one statement; what the firm changed stays as it is."""
    now, firm_id = clock.now(), tenancy.current_firm_id()
    rows = [{**entry, "firm_id": firm_id, "id": uuid7(), "made_at": now} for entry in entries()]
    query = insert(Regulation).values(rows)
    await session.execute(
        query.on_conflict_do_nothing(index_elements=["firm_id", "key"], index_where=Regulation.key != "")
    )
