"""Errors into the sandbox: drawn over the chosen clients' books, imported as any ledger is, and checked."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import SystemRandom
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import jobs as checks
from saas.checks.run import check_ledger
from saas.clients.models import Client
from saas.firms.copying import Sandbox
from saas.kernel import clock, jobs, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.db import acting_in
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.perform import perform, start
from saas.ledgers import jobs as ledgers
from saas.ledgers import seals
from saas.ledgers.archive import packed
from saas.ledgers.forms import Store
from saas.ledgers.frame import Ledger
from saas.ledgers.models import Import
from saas.ledgers.preview import ledger_preview
from saas.ledgers.store import books_of
from saas.ledgers.workflow import IMPORT
from saas.risks.drill_models import Drill
from saas.risks.drills import queries
from saas.risks.drills.errors import Injected, spoil
from saas.risks.drills.scoring import Hidden, Key

BOOKS = frozenset({"imports", "ledger_lines", "ledger_balances", "period_versions"})  # imported anew, not copied
IMPORTER = replace(SYSTEM, permissions=frozenset({"ledgers.import"}))
FILE_NAME = "演练账簿.csv"


async def inject(session: AsyncSession, drill: Drill, sandbox: Sandbox) -> Key:
    """Import the books of every chosen client into the sandbox, some of them spoiled; what was hidden where."""
    dice = SystemRandom()
    clients = list(await queries.clients_of(session, [UUID(each) for each in drill.clients]))
    dice.shuffle(clients)
    left = Counter({kind: int(n) for kind, n in drill.kinds.items()})
    hidden, known = list[Hidden](), list[tuple[UUID, str, str]]()
    for at, client in enumerate(clients):
        ledger = await books_of(session, client)
        if ledger.lines.is_empty() and ledger.balances.is_empty():
            continue
        await jobs.report(at, len(clients), _("Importing books into the sandbox: %(client)s", client=client.name))
        share = _share(left, len(clients) - at)
        clean = (await asyncio.to_thread(check_ledger, ledger)).findings
        known += [(sandbox.ids.of(client.id), finding.rule, finding.object) for finding in clean]
        spoiled, done = await asyncio.to_thread(spoil, ledger, share, dice)
        left -= Counter(each.kind for each in done)
        hidden += [_hidden(each, sandbox.ids.of(client.id)) for each in done]
        sealed = await queries.sealed_periods(session, client.id)
        async with acting_in(session, tenancy.firm(sandbox.firm.id)):
            await _import(session, sandbox.ids.of(client.id), spoiled, sorted(sealed))
    return Key(hidden, known)


def _share(left: Counter[str], clients: int) -> dict[str, int]:
    """What this client gets of the errors that are left; the last one gets all."""
    return {kind: math.ceil(n / clients) for kind, n in left.items() if n > 0}


def _hidden(each: Injected, client_id: UUID) -> Hidden:
    mistake = each.mistake
    return Hidden(each.kind, client_id, mistake.period, mistake.vouchers, mistake.right)


async def _import(session: AsyncSession, client_id: UUID, ledger: Ledger, sealed: Sequence[str]) -> None:
    """Through the import's own steps, as the person's yes would take them; then the rules run."""
    now = clock.now()
    content = ledger.lines.write_csv().encode("utf-8-sig")
    store, firm_id = store_of(active()), tenancy.current_firm_id()
    client = (await queries.clients_of(session, [client_id]))[0]
    imported = Import(
        client_id=client_id,
        file_name=FILE_NAME,
        file_sha256=await store.put(firm_id, content),
        file_size=len(content),
        uploaded_by=client.bookkeeper_id or client_id,
        uploaded_at=now,
    )
    await start(session, IMPORT, imported, IMPORTER, now=now, timeline=False)
    _fill(imported, ledger)
    imported.frame_sha256 = await store.put(firm_id, packed(ledger))
    await perform(session, IMPORT, imported.id, "show", IMPORTER)
    given = Store(posted="posted", accept_other_company=True, accept_unbalanced=True)
    await perform(session, IMPORT, imported.id, "store", IMPORTER, given)
    await ledgers.store(session, str(imported.id))
    await _seal(session, client, sealed)
    await checks.run(session, str(client_id), str(imported.id))


def _fill(imported: Import, ledger: Ledger) -> None:
    imported.preview = ledger_preview(ledger, [], None) | {"other_company": None, "ledger_names": []}
    imported.layout, imported.standard = "", ledger.standard
    imported.posted = imported.preview["posted"] or "posted"
    imported.line_count, imported.voucher_count = imported.preview["lines"], imported.preview["vouchers"]
    periods = imported.preview["periods"]
    imported.first_period, imported.last_period = (periods[0], periods[-1]) if periods else (None, None)


async def _seal(session: AsyncSession, client: Client, periods: Sequence[str]) -> None:
    """Months that are closed in the real firm are closed here too."""
    for period in periods:
        await seals.seal(session, client, period, SYSTEM, clock.now())
