"""/improvement/causes: the Pareto chart of causes, with filters in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.words import CAUSE_CODES
from saas.checks.catalogue import BY_ID
from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.improvement.causes import pareto
from saas.improvement.causes.pareto import Wanted
from saas.improvement.causes.spans import only_given, rooms, span_of, spans
from saas.improvement.changes.queries import of_target
from saas.improvement.measuring import chart
from saas.improvement.rooms import tabs
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, address_in, page


@get("/f/{slug:str}/improvement/causes", opt={"permission": "improvement.read"})
async def index(
    request: Req, session: Db, client: FromQuery[UUID | None] = None, rule: FromQuery[str] = "",
    owner: FromQuery[UUID | None] = None,
) -> Response[str]:  # fmt: skip
    """The Pareto chart; every bar opens the cases it counts."""
    days, since, until = span_of(request)
    given = {"client": client, "rule": rule if rule in BY_ID else "", "owner": owner}
    wanted = Wanted(since, until, client, str(given["rule"]), owner)
    lines = pareto.ranked(await pareto.counted(session, wanted))
    bars, joined = chart.pareto([line.count for line in lines])
    at = address_in(request)

    def url(code: str) -> str:
        query = {**only_given(given), "state": "all", "cause": code, "since": since, "until": until}
        return at(f"/cases?{urlencode(query)}")

    rows = [
        {"line": line, "bar": bar, "label": CAUSE_CODES[line.code], "url": url(line.code), "rank": place,
         "change_url": at(f"/improvement/changes/new?target=cause:{line.code}"),
         "changes": len(await of_target(session, "cause", line.code))}
        for place, (line, bar) in enumerate(zip(lines, bars, strict=True), 1)
    ]  # fmt: skip
    kept = {**given, **({} if days else {"since": since, "until": until})}
    return await page(
        request, "improvement/causes/pareto.html", session=session, tabs=tabs(request, "causes"),
        rooms=rooms(request, ""), spans=spans(request, "/improvement/causes", given, days), rows=rows,
        lines=joined, since=since, until=until,
        total=sum(line.count for line in lines),
        filters=await _filters(request, session, wanted, {**kept, "days": days}),
    )  # fmt: skip


async def _filters(
    request: Req, session: AsyncSession, wanted: Wanted, given: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Drop-downs for client, rule and person, each with how many cases it would show."""
    counts = {name: await pareto.choices(session, wanted, column) for name, column in
              (("client", "client_id"), ("rule", "rule"), ("owner", "owner_id"))}  # fmt: skip
    clients, members = await clients_by_id(session, list(counts["client"])), await members_by_id(session)
    names: dict[str, dict[Any, Any]] = {
        "client": {key: client.name for key, client in clients.items()},
        "rule": {key: f"{key} {BY_ID[key].name}" for key in counts["rule"] if key in BY_ID},
        "owner": {key: members[key].name for key in counts["owner"] if key in members},
    }
    labels = {"client": _("Client"), "rule": _("Rule"), "owner": _("Person")}
    at = address_in(request)

    def url(name: str, value: Any) -> str:
        return at(f"/improvement/causes?{urlencode(only_given({**given, name: value}))}")

    return [
        {
            "label": label,
            "value": names[name].get(given[name], ""),
            "clear_url": url(name, "") if given[name] else "",
            "choices": [{"label": names[name][key], "count": n, "url": url(name, key)}
                        for key, n in counts[name].items() if key in names[name]],
        }
        for name, label in labels.items()
    ]  # fmt: skip


ROUTES = [index]
