"""The composition root: MODULES is the only registration, create_app() the only assembly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from arq.connections import ArqRedis
from litestar import Litestar, Request
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

import saas.adjustments.module
import saas.api.module
import saas.cases.module
import saas.checklists.module
import saas.checks.module
import saas.clients.module
import saas.demo.module
import saas.filings.module
import saas.firms.module
import saas.identity.module
import saas.improvement.module
import saas.insights.module
import saas.ledgers.module
import saas.notices.module
import saas.operations.module
import saas.privacy.module
import saas.refunds.module
import saas.risks.module
import saas.services.module
import saas.surveys.module
import saas.tasks.module
import saas.teams.module
import saas.training.module
from saas import health, mailbox_pages
from saas import metrics as monitor
from saas.api.entrance import by_token
from saas.identity.visitors import authenticator
from saas.kernel import clock, logs, metrics
from saas.kernel.conditions import Watch
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Database
from saas.kernel.link_entrance import by_link
from saas.kernel.module import Module, compose
from saas.kernel.pages import STATIC, environment
from saas.kernel.processes import keep_what_is_loaded
from saas.kernel.refusals import HANDLERS, remember
from saas.kernel.roles import refuse_unsafe
from saas.kernel.standing import as_of
from saas.kernel.web import DoorSettings, door, guard_own_page, guard_permission, put_security_headers, visitor_of
from saas.operations.entrance import guard_storage, guard_support, guard_suspension

MODULES: list[Module] = [
    saas.identity.module.MODULE,
    saas.firms.module.MODULE,
    saas.tasks.module.MODULE,
    saas.clients.module.MODULE,
    saas.filings.module.MODULE,
    saas.notices.module.MODULE,
    saas.ledgers.module.MODULE,
    saas.checks.module.MODULE,
    saas.cases.module.MODULE,
    saas.adjustments.module.MODULE,
    saas.refunds.module.MODULE,
    saas.surveys.module.MODULE,
    saas.risks.module.MODULE,
    saas.training.module.MODULE,
    saas.checklists.module.MODULE,
    saas.improvement.module.MODULE,
    saas.teams.module.MODULE,
    saas.services.module.MODULE,
    saas.insights.module.MODULE,
    saas.api.module.MODULE,
    saas.operations.module.MODULE,
    saas.privacy.module.MODULE,
    saas.demo.module.MODULE,
]
FOR_A_YEAR = CacheControlHeader(max_age=31_536_000, immutable=True)  # addresses carry the content's hash
LARGEST_UPLOAD = 64 * 1024 * 1024

composed = compose(MODULES)


def guards() -> list[Path]:
    """The kernel's triggers and every module's, in the order of the modules, and the sums over all firms."""
    root = Path(__file__).parent
    modules = [root / m.name / m.guards for m in MODULES if m.guards]
    return [root / "kernel/guards.sql", *modules, root / "metrics.sql"]


async def provide_session(request: Request[Any, Any, Any], state: State) -> AsyncGenerator[AsyncSession, None]:
    """One transaction a request; committed after rendering and before the bytes leave.

    It begins with what the member is qualified for, so that buttons know.
    """
    database: Database = state.database
    visitor = visitor_of(request)
    async with database.transaction() as session:
        if composed.asks_qualifications and visitor.actor.support_until is None:
            visitor.actor = await as_of(session, visitor.actor, clock.now())
        yield session


def create_app(settings: Settings | None = None) -> Litestar:
    """The whole product as one ASGI application."""
    settings = _surroundings(settings or settings_from())
    database = Database(settings.app_database_url)
    metrics.figures.watch("app", database)
    door_settings = DoorSettings(settings.derive("csrf"), hsts=settings.secure)
    known = by_token(by_link(authenticator(database, door_settings.session_cookie), database, door_settings), database)
    redis = ArqRedis.from_url(settings.redis_url)  # connects when first asked
    watch = Watch(settings.data_dir, database, redis)
    told = [logs.telling] if settings.env == "production" else []

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None, None]:
        await refuse_unsafe(settings)
        looking = asyncio.create_task(watch.serve())
        yield
        looking.cancel()
        await asyncio.wait([looking])
        await redis.aclose()
        await database.close()

    app = Litestar(
        route_handlers=_handlers(settings),
        dependencies={"session": Provide(provide_session)},
        middleware=[metrics.taking_time, logs.telling_apart, door(known, door_settings)],
        guards=[guard_permission, guard_own_page, guard_suspension, guard_support, guard_storage],
        exception_handlers=HANDLERS,
        after_exception=[remember],
        before_send=[put_security_headers(door_settings.hsts), metrics.counting(), *told],
        state=State(
            {"database": database, "settings": settings, "door": door_settings, "redis": redis, "watch": watch}
        ),
        lifespan=[lifespan],
        request_max_body_size=LARGEST_UPLOAD,
        openapi_config=None,
        logging_config=None,  # the framework's own would put its handlers in the place of ours
    )
    _refuse_open_routes(app)
    keep_what_is_loaded()
    return app


def _surroundings(settings: Settings) -> Settings:
    """What a process has before any page: settings, logs, and templates that are read once except while they change."""
    logs.configure(as_json=settings.env == "production")
    environment().auto_reload = settings.env == "development"  # it asks the disk at every include
    return activate(settings)


def _handlers(settings: Settings) -> list[ControllerRouterHandler]:
    files = create_static_files_router(
        path="/static", directories=[STATIC], opt={"permission": "public"}, cache_control=FOR_A_YEAR
    )
    modules = [route for module in MODULES for route in module.routes]
    caught = mailbox_pages.ROUTES if settings.embedded_smtp else ()
    return [*modules, *health.ROUTES, *monitor.ROUTES, *caught, files]


def routes(app: Litestar) -> Sequence[tuple[str, str, HTTPRouteHandler]]:
    """Every (method, path, handler) of the application, sorted."""
    found = [
        (method, route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
        if method != "OPTIONS"
    ]
    return sorted(found, key=lambda r: (r[1], str(r[0])))


def _refuse_open_routes(app: Litestar) -> None:
    silent = [f"{method} {path}" for method, path, handler in routes(app) if not handler.opt.get("permission")]
    if silent:
        raise RuntimeError(f"these routes declare neither a permission nor public: {', '.join(silent)}")
