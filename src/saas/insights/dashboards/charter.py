"""The firm's service charter for everybody to see, if it chooses so: what it promises and how it keeps it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.boards import BOARDS
from saas.insights.dashboards.periods import USUAL, Period, period_of
from saas.insights.dashboards.readings import Reading, readings
from saas.insights.dashboards.units import said
from saas.insights.measures.measure import Scope
from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_slug
from saas.kernel.errors import Missing
from saas.kernel.i18n import _
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices.frame import face_of

offer_choices(
    Choice(
        "show_charter",
        _("Show the service charter"),
        _("What the firm promises and its figures of the last 90 days, on a public page. No client is named there."),
        "one",
        "off",
        options=(("off", _("Keep it inside the firm")), ("on", _("Show it to everybody"))),
    )
)


@get("/p/{firm_slug:str}/charter", opt={"permission": PUBLIC})
async def charter(request: Req, firm_slug: FromPath[str]) -> Response[str]:
    """Missing for a firm nobody knows and for one that keeps its charter inside: a stranger sees no difference."""
    database: Database = request.app.state.database
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_slug(session, firm_slug)
    if firm is None:
        raise Missing()
    async with database.transaction(tenancy.firm(firm.id)) as session:
        if await choice(session, "show_charter") != "on":
            raise Missing()
        face = await face_of(session, firm)
        promises = [promise(reading) for reading in await _kept(session) if reading.target is not None]
    period = _period()
    return await page(request, "insights/charter.html", firm=face, promises=promises, since=period.since,
                      until=period.until, root=f"/p/{firm_slug}")  # fmt: skip


def _period() -> Period:
    period = period_of(USUAL, clock.today())
    assert period is not None
    return period


async def _kept(session: AsyncSession) -> list[Reading]:
    """The promises over the last 90 days; the trend is left to the firm's own page."""
    period = _period()
    short = Period(period.key, period.label, period.spans[-1:])
    return await readings(session, BOARDS["charter"].measures(), Asked(short, Scope(period.since, period.until)))


def promise(reading: Reading) -> dict[str, Any]:
    """A promise in words with what was kept of it; a rate of fewer than five says so and nothing more."""
    measure, figure = reading.measure, reading.now
    value = said(measure.unit, reading.target)
    targets = {"up": _("at least %(value)s", value=value), "down": _("at most %(value)s", value=value)}
    return {
        "name": measure.name,
        "definition": measure.definition,
        "target": targets.get(measure.better, value),
        "value": said(measure.unit, figure.value) if figure.value is not None else _("too few to say"),
        "n": figure.n,
        "kept": reading.reached,
    }


ROUTES = [charter]
