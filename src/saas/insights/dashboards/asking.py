"""What an address asks for: a period and filters. What it names wrongly is said in a sentence; nothing breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.words import CAUSE_CODES
from saas.checks.catalogue import BY_ID, RULES
from saas.clients.models import Client
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.insights.dashboards.periods import USUAL, Period, Span, choices, key_of, period_of
from saas.insights.measures.measure import Scope
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm

NAMES = ("period", "person", "team", "client", "cause", "rule")
FIELDS = {"person": "member_id", "team": "team", "client": "client_id", "cause": "cause", "rule": "rule"}  # of a Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, a scope, the words of the address that stand for them, and what was wrong with it."""

    period: Period
    scope: Scope
    kept: dict[str, str] = field(default_factory=dict)  # as they go on in every link
    remarks: tuple[Text, ...] = ()

    @property
    def filters(self) -> frozenset[str]:
        """The fields of the scope that narrow it."""
        return frozenset(FIELDS[name] for name in self.kept if name in FIELDS)

    def at(self, span: Span) -> Scope:
        return self.scope.between(*span)

    def query(self, **other: str) -> str:
        """The address' tail with some words changed; "" leaves a word out."""
        words = {name: value for name, value in {**self.kept, **other}.items() if value}
        return f"?{urlencode(words)}" if words else ""

    def of_span(self, span: Span) -> str:
        return self.query(period=self.kept.get("period", "") if span == self.period.spans[-1] else key_of(span))


async def asked(request: Request[Any, Any, Any], session: AsyncSession, today: date) -> Asked:
    """Reads the address. A period that has not begun is kept and said: its figures are empty, not wrong."""
    given = {name: request.query_params.get(name, "").strip()[:80] for name in NAMES}
    period, remarks = period_of(given["period"] or USUAL, today), []
    if period is None:
        remarks.append(_("“%(text)s” is no period: the last 90 days are shown.", text=given.pop("period")))
        period = period_of(USUAL, today)
    assert period is not None
    if period.since > today:
        remarks.append(_("This period has not begun yet: there is nothing to count before %(day)s.", day=period.since))
    scope, kept = Scope(period.since, period.until), {k: v for k, v in given.items() if k == "period" and v}
    for name in NAMES[1:]:
        if not given[name]:
            continue
        value, remark = await _value(session, name, given[name])
        if remark is not None:
            remarks.append(remark)
        else:
            narrower: dict[str, Any] = {FIELDS[name]: value}
            scope, kept[name] = replace(scope, **narrower), given[name]
    return Asked(period, scope, kept, tuple(remarks))


async def _value(session: AsyncSession, name: str, text: str) -> tuple[UUID | str | None, Text | None]:
    """A filter's value, or the sentence that says why it is left out."""
    if name == "person":
        person = next((m for m in (await members_by_id(session)).values() if str(m.id) == text), None)
        return (person.id, None) if person else (None, _("Nobody of this firm stands behind that filter: left out."))
    if name == "client":
        return await _client(session, text)
    if name == "team" and text not in ROLES:
        return None, _("There is no team “%(text)s”: the filter is left out.", text=text)
    if name == "cause" and text not in CAUSE_CODES:
        return None, _("There is no cause “%(text)s”: the filter is left out.", text=text)
    if name == "rule" and text not in BY_ID:
        return None, _("There is no rule “%(text)s”: the filter is left out.", text=text)
    return text, None


async def _client(session: AsyncSession, text: str) -> tuple[UUID | None, Text | None]:
    """By number or name; a client that was merged stands for the one it was merged into."""
    names = (Client.number, Client.name, Client.name_en)
    query = select(Client).where(of_this_firm(Client), or_(*(name == text for name in names)))
    found = (await session.scalars(query.limit(3))).all()
    if not found:
        like = select(Client).where(
            of_this_firm(Client), or_(*(name.icontains(text, autoescape=True) for name in names[1:]))
        )
        found = (await session.scalars(like.limit(3))).all()
    one = {await _kept(session, client) for client in found}
    if len(one) == 1:
        return one.pop(), None
    if one:
        return None, _("Several clients are called “%(text)s”: write the number or the whole name.", text=text)
    return None, _("No client is called “%(text)s”: the filter is left out.", text=text)


async def _kept(session: AsyncSession, client: Client) -> UUID:
    """Itself, or what it became by being merged, however long the chain."""
    seen = {client.id}
    while client.merged_into_id is not None and client.merged_into_id not in seen:
        seen.add(client.merged_into_id)
        query = select(Client).where(of_this_firm(Client), Client.id == client.merged_into_id)
        client = (await session.scalars(query)).one()
    return client.id


def menus(asked: Asked, people: Sequence[Membership], obeyed: frozenset[str], today: date) -> list[dict[str, Any]]:
    """The filters some figure of the page obeys, as menus of links; who has left is still there and says so."""
    lists: list[tuple[str, Text, list[tuple[str, Text | str]]]] = [
        ("period", _("Period"), choices(today)),
        ("person", _("Person"), [(str(m.id), _person(m)) for m in people]),
        ("team", _("Team"), list(ROLES.items())),
        ("cause", _("Cause"), list(CAUSE_CODES.items())),
        ("rule", _("Rule"), [(rule.id, f"{rule.id} {rule.name}") for rule in RULES]),
    ]
    return [
        _menu(asked, name, label, options)
        for name, label, options in lists
        if name == "period" or FIELDS[name] in obeyed or name in asked.kept
    ]


def in_words(asked: Asked, people: Sequence[Membership], today: date) -> list[tuple[Text, Text | str]]:
    """The days a page is about and the filters that were chosen, as a file says them."""
    days = f"{asked.period.since.isoformat()} – {asked.period.until.isoformat()}"
    chosen = [menu for menu in menus(asked, people, frozenset(), today)[1:] if menu["on"]]
    client = [(_("Client"), asked.kept["client"])] if "client" in asked.kept else []
    return [(_("Period"), days), *[(menu["label"], menu["value"]) for menu in chosen], *client]


def _menu(asked: Asked, name: str, label: Text, options: list[tuple[str, Text | str]]) -> dict[str, Any]:
    chosen = asked.kept.get(name, "")
    value = asked.period.label if name == "period" else dict(options).get(chosen, chosen)
    return {
        "label": label,
        "value": value,
        "on": chosen != "",
        "clear_url": asked.query(**{name: ""}) or "?" if chosen else "",
        "clear_label": _("Last %(n)s days", n=90) if name == "period" else _("All"),
        "choices": [{"label": text, "url": asked.query(**{name: key})} for key, text in options],
    }


def _person(member: Membership) -> Text | str:
    return _("%(name)s (left)", name=member.name) if member.left_at else member.name
