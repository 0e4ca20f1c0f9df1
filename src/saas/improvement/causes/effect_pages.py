"""/improvement/causes/recurrence and /training: what came back, and whether a course helped."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery

from saas.checks.catalogue import BY_ID
from saas.clients.queries import clients_by_id
from saas.improvement.causes import recurrence, training
from saas.improvement.causes.spans import only_given, rooms, span_of, spans
from saas.improvement.measuring import showing
from saas.improvement.rooms import tabs
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, address_in, page
from saas.training.queries import published
from saas.training.wording import said


@get("/f/{slug:str}/improvement/causes/recurrence", opt={"permission": "improvement.read"})
async def came_back(request: Req, session: Db, by: FromQuery[str] = "rule", same: FromQuery[str] = "") -> Response[str]:
    """The recurrence rate; `same=object` asks for the same account or voucher as well."""
    days, since, until = span_of(request)
    by, narrow, today = "client" if by == "client" else "rule", same == "object", clock.today()
    rate = await recurrence.rate(session, since, until, today, by_object=narrow)
    groups = await recurrence.groups(session, since, until, today, by=by, by_object=narrow)
    clients = await clients_by_id(session, [UUID(g.key) for g in groups]) if by == "client" else {}
    kept = {"by": by, "same": same}
    at = address_in(request)

    def url(**changes: str) -> str:
        return at(f"/improvement/causes/recurrence?{urlencode(only_given({**kept, 'days': days, **changes}))}")

    rows = [
        {
            "label": f"{g.key} {BY_ID[g.key].name}" if by == "rule" else clients[UUID(g.key)].name,
            "url": at(f"/cases?{urlencode({'state': 'all', 'rule' if by == 'rule' else 'client': g.key})}"),
            "count": g.rate.count, "base": g.rate.base, "value": showing.in_words(g.rate, 100),
            "interval": showing.between(g.rate, 100),
        }
        for g in groups if by == "client" or g.key in BY_ID
    ]  # fmt: skip
    return await page(
        request, "improvement/causes/recurrence.html", session=session, tabs=tabs(request, "causes"),
        rooms=rooms(request, "/recurrence"), spans=spans(request, "/improvement/causes/recurrence", kept, days),
        rate=rate, value=showing.in_words(rate, 100), interval=showing.between(rate, 100), rows=rows,
        modes=[{"label": _("By rule"), "url": url(by="rule"), "on": by == "rule"},
               {"label": _("By client"), "url": url(by="client"), "on": by == "client"},
               {"label": _("Same object too"), "url": url(same="" if narrow else "object"), "on": narrow}],
    )  # fmt: skip


@get("/f/{slug:str}/improvement/causes/training", opt={"permission": "improvement.read"})
async def helped(request: Req, session: Db) -> Response[str]:
    """Each course: anomalies of those who passed, after against before, beside untrained peers."""
    rows = []
    for course, version in await published(session):
        found = await training.of_course(session, version, clock.today())
        if found is not None:
            rows.append(_effect(said(version.title), f"/training/courses/{course.id}", found))
    return await page(
        request, "improvement/causes/training.html", session=session, tabs=tabs(request, "causes"),
        rooms=rooms(request, "/training"), rows=rows, days=training.DAYS,
    )  # fmt: skip


def _effect(title: str, url: str, found: training.Effect) -> dict[str, Any]:
    compared = found.net if found.has_peers else found.own
    verdict = (_("too few to say (n = %(n)s)", n=found.before.count + found.after.count), "")
    if not found.few:
        verdict = (_("fewer errors"), "green") if compared.high < 1 else (_("no clear effect"), "amber")
        verdict = (_("more errors"), "red") if compared.low > 1 else verdict
    return {
        "title": title, "url": url, "people": found.people, "few": found.few, "verdict": verdict,
        "sides": [(_("Before the course"), found.before), (_("After the course"), found.after)],
        "before": showing.in_words(found.before, 1000), "after": showing.in_words(found.after, 1000),
        "counts": f"{found.before.count} / {found.before.base:,} → {found.after.count} / {found.after.base:,}",
        "own": "" if found.few else showing.times(found.own),
        "peers": showing.times(found.peers) if found.has_peers and not found.few else "",
        "net": showing.times(found.net) if found.has_peers and not found.few else "",
    }  # fmt: skip


ROUTES = [came_back, helped]
