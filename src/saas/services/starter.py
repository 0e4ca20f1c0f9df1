"""What every firm begins with: catalogue, support policies, answers and phrases, kinds of reminders."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.pages import ROOT
from saas.services.care.care_models import CareKind
from saas.services.library.library_models import Snippet
from saas.services.offering.offering_models import Service, ServicePrice
from saas.services.reviewing import in_a_year
from saas.services.support.conditions import checked
from saas.services.support.support_models import PolicyTerms, SupportPolicy

SETTLED = timedelta(days=182)  # a new firm has other things to do than to review what it was given
FOLDER = ROOT / "tenants" / "_starter" / "services"


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job after `firm.created`; what is there already stays as it is, so it may run again."""
    now = clock.now()
    await _services(session, now)
    await _policies(session, now)
    await _put(session, Snippet, [_snippet(given, now) for given in read("phrases")["snippet"]])
    await _put(session, CareKind, [{**given, "changed_at": now} for given in read("care")["kind"]], where=False)


async def _put(session: AsyncSession, kind: Any, rows: list[dict[str, Any]], *, where: bool = True) -> set[str]:
    """Rows whose key the firm does not have yet, in one statement; the keys that are new."""
    firm_id = tenancy.current_firm_id()
    values = [{"firm_id": firm_id, "id": row.get("id") or uuid7(), **row} for row in rows]
    query = insert(kind).values(values)
    options: dict[str, Any] = {"index_elements": ["firm_id", "key"], "index_where": kind.key != "" if where else None}
    made = await session.scalars(query.on_conflict_do_nothing(**options).returning(kind.key))
    return set(made.all())


async def _services(session: AsyncSession, now: datetime) -> None:
    """Services with the price from which the firm may begin; every firm sets its own."""
    ids = {given["key"]: uuid7() for given in read("services")["service"]}
    rows = [
        {"id": ids[given["key"]], "key": given["key"], "kind": given["kind"], "unit": given["unit"],
         "name": given["name"], "about": given["about"], "tier": given.get("tier", ""),
         "taxpayer": given.get("taxpayer", ""), "limits": given.get("limits", {}), "made_at": now}
        for given in read("services")["service"]
    ]  # fmt: skip
    new = await _put(session, Service, rows)
    session.add_all(
        ServicePrice(service_id=ids[given["key"]], valid_from=given["from"], price=Money(given["price"] * 100),
                     set_at=now)
        for given in read("services")["service"] if given["key"] in new
    )  # fmt: skip
    await session.flush()


async def _policies(session: AsyncSession, now: datetime) -> None:
    ids = {given["key"]: uuid7() for given in read("support_policies")["policy"]}
    rows = [
        {"id": ids[given["key"]], "key": given["key"], "region": given.get("region", ""), "name": given["name"],
         "benefit": given["benefit"], "papers": given["papers"], "made_at": now,
         "review_on": _review_day(given["reviewed"], now)}
        for given in read("support_policies")["policy"]
    ]  # fmt: skip
    new = await _put(session, SupportPolicy, rows)
    session.add_all(
        PolicyTerms(policy_id=ids[given["key"]], set_at=now, **_terms(one))
        for given in read("support_policies")["policy"] if given["key"] in new for one in given["terms"]
    )  # fmt: skip
    await session.flush()


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    """Terms as columns; Invalid where a condition does not hold together."""
    wanted = [checked(fact, op, str(value)) for fact, op, value in given["conditions"]]
    return {"valid_from": given["from"], "valid_until": given.get("until"), "apply_by": given.get("apply_by"),
            "source": given["source"], "mark": given["mark"],
            "conditions": [{"fact": one.fact, "op": one.op, "value": one.value} for one in wanted]}  # fmt: skip


def _snippet(given: dict[str, Any], now: datetime) -> dict[str, Any]:
    reviewed: date = given.get("reviewed", date(2026, 11, 20))
    return {"key": given["key"], "kind": given["kind"], "about": given["about"], "text": given["text"],
            "basis": given.get("basis", ""), "tags": given["tags"], "mark": given.get("mark", "K"),
            "review_on": _review_day(reviewed, now), "made_at": now}  # fmt: skip


def _review_day(reviewed: date, now: datetime) -> date:
    """A year after the starter was reviewed, but not in the firm’s first half year."""
    return max(in_a_year(reviewed), (now + SETTLED).date())


@cache
def read(name: str) -> dict[str, Any]:
    """One file of the starter."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
