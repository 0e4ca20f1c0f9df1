"""What ledgers contributes to the product."""

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Event, Job, Module, NavItem, Reaction, StartStep
from saas.ledgers import dropping, jobs, models, pages, panels, queries
from saas.ledgers.merging import follow_merge
from saas.ledgers.store import take_back
from saas.ledgers.workflow import IMPORT


async def give_back(session: AsyncSession, event: Event) -> None:
    """An undone import's periods return to the versions before, in the same transaction."""
    await take_back(session, event.row)


async def has_imports(session: AsyncSession) -> bool:
    """Whether the firm has read any ledger."""
    return bool(await queries.imports(session, limit=1))


MODULE = Module(
    "ledgers",
    tables=models,
    routes=[*dropping.ROUTES, *pages.ROUTES],
    workflows=[IMPORT],
    grants=[
        grant("ledgers.read", _("See ledgers"), *EVERYONE),
        grant("ledgers.import", _("Import ledgers"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("ledgers.seal", _("Seal periods"), "owner", "manager", "reviewer"),
    ],
    jobs=[Job("ledgers.read", jobs.read, "heavy"), Job("ledgers.store", jobs.store, "heavy")],
    reactions=[
        Reaction("import.started", job="ledgers.read"),
        Reaction("import.remapped", job="ledgers.read"),
        Reaction("import.confirmed", job="ledgers.store"),
        Reaction("import.undone", run=give_back),
        Reaction("client.merged", run=follow_merge),
    ],
    start=[
        StartStep(
            "ledgers",
            _("Drop in a ledger"),
            _("Any layout, XLSX, XLS or CSV: within seconds you see what does not add up."),
            "/ledgers",
            "ledgers.import",
            has_imports,
            20,
        )
    ],
    panels={"clients.detail": [panels.of_client]},
    deeds={"ledgers.seal": _("Period sealed")},
    navigation=[NavItem(_("Ledgers"), "/ledgers", "book-2", "ledgers.read")],
)
