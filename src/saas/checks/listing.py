"""The list of findings: filtered, grouped, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import grouping, queries
from saas.checks.asked import EMPTY, GROUPS, STATES, group_of, offset_of, query_of, wanted_of
from saas.checks.catalogue import BY_ID
from saas.checks.models import FoundAnomaly
from saas.checks.queries import SEVERITIES, Wanted
from saas.checks.report import SEVERITIES as SEVERITY_LABELS
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import Db, Req, actor_of, address_in, page

PAGE = 50
LABELS: dict[str, Text] = {str(name): label for name, (label, _style) in SEVERITY_LABELS.items()}
SCOPES: dict[str, Text] = {
    "object": _("This finding only"),
    "account": _("Every finding of this rule on this account"),
    "rule": _("This rule, for this client"),
}


@get("/f/{slug:str}/findings", opt={"permission": "checks.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await listed(request, session)


async def listed(
    request: Req,
    session: AsyncSession,
    *,
    form: Submitted[Any] | None = None,
    refusals: Sequence[tuple[FoundAnomaly, Text]] = (),
    status: int = 200,
) -> Response[str]:
    """The page as its address says; `refusals` are the findings that a deed for several left where they were."""
    wanted, group = wanted_of(request), group_of(request)
    by_client = await queries.facet(session, wanted, "client")
    rows = await _rows(request, session, wanted, group)
    shown = {finding.client_id for part in rows["groups"] for finding in part.findings}
    named = await clients.clients_by_id(session, list({*by_client, *shown}))
    at, actor = address_in(request), actor_of(request)
    return await page(
        request,
        "checks/index.html",
        session=session,
        status=status,
        **rows,
        clients=named,
        rules=BY_ID,
        empty=EMPTY[wanted.state],
        may_import=wanted.state in ("open", "all"),
        states={s.name: s for s in FINDING.states},
        tabs=_tabs(request, wanted, group),
        filters=await _filters(request, session, wanted, by_client, named, group),
        asked=query_of(wanted, group=group),
        clear_url=at(_url(Wanted(wanted.state), group=group)) if wanted != Wanted(wanted.state) else "",
        show_state=wanted.state in ("all", "confirmed", "gone"),
        may_work=actor.may("checks.work") and wanted.state in ("open", "quiet"),
        may_open=actor.may("cases.open"),
        people=[(str(m.id), m.name) for m in await members(session)],
        scopes=SCOPES,
        **await _client_of(session, wanted),
        form=form or Submitted({"owner_id": str(actor.id)}),
        refusals=refusals,
    )


async def _client_of(session: AsyncSession, wanted: Wanted) -> dict[str, Any]:
    """The one client the list is narrowed to, and when its books were checked."""
    if wanted.client_id is None:
        return {"client": None, "run": None, "running": False}
    return {
        "client": await clients.client(session, wanted.client_id),
        "run": await queries.last_run(session, wanted.client_id),
        "running": await queries.promised(session, wanted.client_id) is not None,
    }


async def _rows(request: Req, session: AsyncSession, wanted: Wanted, group: str) -> dict[str, Any]:
    """The findings of this page in their groups (one without a name where nothing is grouped)."""
    offset, total = offset_of(request), await queries.count(session, wanted)
    if not group:
        found = await queries.findings(session, wanted, offset=offset, limit=PAGE)
        one = [grouping.Group("", None, total, "", None, list(found))] if found else []
        return {"groups": one, "group": "", "total": total, **_window(request, wanted, "", offset, PAGE, total)}
    parts = await grouping.groups(session, wanted, group, offset=offset)
    count, at = await grouping.count(session, wanted, group), address_in(request)
    for part in parts:
        narrowed = {group: part.key, **({"client": part.client_id} if part.client_id else {})}
        part.links["all"] = at(_url(wanted, **narrowed)) if part.key else ""
        part.links["triage"] = at(f"/findings/triage{query_of(wanted, **narrowed)}") if part.key else ""
    window = _window(request, wanted, group, offset, grouping.GROUPS_SHOWN, count)
    return {"groups": parts, "group": group, "total": total, **window}


def _tabs(request: Req, wanted: Wanted, group: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [
        {"label": label, "url": at(_url(wanted, state=name, group=group)), "active": name == wanted.state}
        for name, label in STATES.items()
    ]


def _window(request: Req, wanted: Wanted, group: str, offset: int, size: int, total: int) -> dict[str, Any]:
    """Which of all these are, and the addresses before and after."""
    at, last = address_in(request), min(offset + size, total)
    before, after = max(offset - size, 0), offset + size
    return {
        "shown": _("%(first)s–%(last)s of %(total)s", first=min(offset + 1, total), last=last, total=total),
        "previous_url": at(_url(wanted, group=group, offset=before)) if offset else "",
        "next_url": at(_url(wanted, group=group, offset=after)) if after < total else "",
    }


async def _filters(
    request: Req,
    session: AsyncSession,
    wanted: Wanted,
    by_client: dict[Any, int],
    named: dict[UUID, Any],
    group: str,
) -> list[dict[str, Any]]:
    """Drop-downs that live in the address; each choice says how many it would show. The last one groups."""
    severities = await queries.facet(session, wanted, "severity")
    by_rule = await queries.facet(session, wanted, "rule")

    def one(name: str, label: Text, value: Any, values: Sequence[tuple[Any, Any, Any]]) -> dict[str, Any]:
        at = address_in(request)
        urls = [(text, n, at(_url(wanted, **{"group": group, name: choice}))) for choice, text, n in values]
        return {
            "label": label,
            "value": value,
            "clear_url": at(_url(wanted, **{"group": group, name: ""})),
            "choices": [{"label": text, "count": n, "url": url} for text, n, url in urls],
        }

    found = sorted(by_client.items(), key=lambda pair: -pair[1])
    rule_name = f"{wanted.rule} {BY_ID[wanted.rule].name}" if wanted.rule in BY_ID else ""
    names = {client_id: client.name_in(reader()) for client_id, client in named.items()}
    client_name = names.get(wanted.client_id, "") if wanted.client_id else ""
    listed_rules = [(r, f"{r} {BY_ID[r].name}", n) for r, n in by_rule.items() if r in BY_ID]
    made = [
        one("severity", _("Severity"), LABELS.get(wanted.severity, ""),
            [(s, LABELS[s], severities[s]) for s in SEVERITIES if s in severities]),
        one("rule", _("Rule"), rule_name, listed_rules),
        one("client", _("Client"), client_name, [(c, names[c], n) for c, n in found if c in names][:30]),
        *[one(name, label, value, []) for name, label, value in
          (("voucher", _("Voucher"), wanted.voucher), ("account", _("Account"), wanted.account)) if value],
        one("group", _("Grouped"), GROUPS[group] if group else "",
            [(name, label, "") for name, label in GROUPS.items() if name]),
    ]  # fmt: skip
    return made


def _url(wanted: Wanted, **changes: Any) -> str:
    return f"/findings{query_of(wanted, **changes)}"


ROUTES = [index]
