"""/refunds/watch: what nobody has looked at yet, and the words of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.refunds import pages as detail
from saas.refunds import queries as refunds
from saas.refunds.forms import Words
from saas.refunds.models import Refund
from saas.refunds.watch import queries, signals
from saas.refunds.watch.kinds import KINDS, label
from saas.refunds.watch.watch_models import Signal
from saas.refunds.workflow import REFUND

WATCH = "/f/{slug:str}/refunds/watch"
TABS: dict[str, Text] = {
    "": _("Signals"),
    "/fairness": _("Fairness"),
    "/precedents": _("Precedents"),
    "/quality": _("Quality sample"),
    "/times": _("Times and reasons"),
}
SEEN_DAYS = 30


class Seen(Struct):
    """What a reviewer or manager found."""

    remark: Words


def tabs(request: Req, chosen: str) -> list[dict[str, Any]]:
    """The pages of the watch."""
    at = address_in(request)
    return [
        {"label": name, "url": at(f"/refunds/watch{path}"), "active": path == chosen} for path, name in TABS.items()
    ]


@get(WATCH, opt={"permission": "refunds.watch"})
async def index(request: Req, session: Db, kind: FromQuery[str] = "") -> Response[str]:
    """Signals nobody has looked at, and what was found lately."""
    kind = kind if kind in KINDS else ""
    found = await queries.open_signals(session, kind)
    seen = await queries.seen_lately(session, clock.now() - timedelta(days=SEEN_DAYS))
    counted, at = await queries.open_by_kind(session), address_in(request)
    return await page(
        request,
        "refunds/watch/signals.html",
        session=session,
        tabs=tabs(request, ""),
        rows=_rows(found),
        seen=_rows(seen),
        kinds=[
            {
                "label": KINDS[name].label,
                "count": n,
                "on": name == kind,
                "url": at("/refunds/watch" if name == kind else f"/refunds/watch?kind={name}"),
            }
            for name, n in counted.items()
            if name in KINDS
        ],
        clients=await clients_by_id(session, list({refund.client_id for _signal, refund in found})),
        members=await members_by_id(session),
    )


def _rows(found: Sequence[tuple[Signal, Refund]]) -> list[dict[str, Any]]:
    return [{"signal": signal, "refund": refund, "label": label(signal.kind)} for signal, refund in found]


@post(f"{detail.ONE}/signals/{{signal_id:uuid}}", opt={"permission": "refunds.review"}, status_code=200)
async def see(request: Req, session: Db, row_id: FromPath[UUID], signal_id: FromPath[UUID]) -> Response[Any]:
    """Looked at, in words. The refund's page again when nothing was said."""
    form = await submitted(request, Seen)
    if not form.ok:
        return await detail.show(request, session, row_id, form=form, status=422, opened="signal")
    await signals.see(session, row_id, signal_id, actor_of(request), form.taken.remark, clock.now())
    return to(f"{REFUND.url(await refunds.refund(session, row_id))}#signals", request)


ROUTES = [index, see]
