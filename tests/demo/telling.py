"""Telling stories of the demo firm, with their clients only: the books of the others add nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from litestar import Litestar
from sqlalchemy import select

from saas.demo.load import Loaded, load
from saas.demo.story import stories
from saas.demo.tenant import Tenant
from saas.demo.tenant import load as read_tenant
from saas.kernel import clock, documents, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import Firm


async def tell(app: Litestar, database: Database, now: datetime, wanted: Collection[str]) -> tuple[Loaded, Firm]:
    """What the load did and the firm, when the stories in these files were replayed as of `now`."""
    whole, told = read_tenant(), [story for story in stories() if story.file in wanted]
    named = {story.client for story in told}
    tenant = Tenant(whole.firm, whole.staff, [client for client in whole.clients if client.short in named])

    async def progress(done: int, total: int) -> None:
        """Nobody looks."""

    with clock.at(now):
        loaded = await load(app, database, tenant, told, tenant.firm.password, progress)
    documents.cool_down()
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = (await session.scalars(select(Firm).where(Firm.slug == tenant.firm.slug))).one()
    return loaded, firm
