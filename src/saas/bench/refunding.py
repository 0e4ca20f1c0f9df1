"""`saas bench refunds`: list and board of a firm with very many refunds, asked of the application itself.

The only place where refunds are not made by their own steps: a hundred thousand of them would take days.
"""

from __future__ import annotations

import asyncio
import re
import time
from html import unescape
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.bench.office import office, servers, visiting
from saas.bench.outcome import Result
from saas.bench.series import named, ratio
from saas.kernel.config import Settings

MILLISECONDS = 80  # what the product promises for a page of 100,000
CLIENTS = 1000
PATHS = {
    "open": "/refunds",
    "all": "/refunds?view=all",
    "closed": "/refunds?view=closed",
    "overdue": "/refunds?only=late",
    "exceptions": "/refunds?view=all&only=unusual",
    "reason": "/refunds?view=all&reason=unmet",
    "client": "/refunds?view=all&q=测量客户0007",
    "number": "/refunds?view=all&q=TF-2026-99",
    "board": "/refunds/board",
}
NEXT = re.compile(r'rel="next" href="([^"]+)"')
# Four requests in five are over, as after years of work; the rest stand in every state that lasts.
FILL = (
    """
    INSERT INTO clients (firm_id, id, number, name, name_en, sort_key, pinyin, uscc, taxpayer_kind, standard,
        filing_period, industry, address, shareholders, settings, created_at)
    SELECT :firm, gen_random_uuid(), 'B' || n, '测量客户' || lpad(n::text, 4, '0'), '', n::text, 'celiang', '', 'small',
        'small', 'quarter', '', '', '[]', '{}', now() FROM generate_series(1, :clients) n
    """,
    """
    INSERT INTO contracts (firm_id, id, client_id, number, starts_on, ends_on, paid_months, gift_months, price,
        list_month, services)
    SELECT :firm, gen_random_uuid(), c.id, c.number || '-' || n, current_date - 300, current_date + 65, 12, 0, 360000,
        40000, '' FROM generate_series(1, :each) n, clients c WHERE c.firm_id = :firm AND c.number LIKE 'B%'
    """,
    """
    INSERT INTO refunds (firm_id, id, number, client_id, contract_id, requester_name, reason, reason_text, asked, payer,
        notice_on, files, policy_id, deadlines, preparer_id, past_preparers, checked, service, evidence, ladder,
        computed, amount, override_reason, at_fault, fast_lane, agreed_how, mediation, rejection_code, rejection_reason,
        appeal, outcome, outcome_reason, bundle_sha256, rounds, signals, source, opened_at, submitted_at,
        paid_at, closed_at, state, entered_at, due_at, stage_due_at, calendar_version)
    SELECT :firm, gen_random_uuid(), 'TF-2026-' || n, client_id, id, '',
        (ARRAY['cancel', 'unmet', 'double_payment'])[1 + n % 3], '', 200000, '', current_date - 30, '[]', :policy,
        '{}', :preparer, '[]', '{}', '{}', '{}', '[]', 150000, CASE WHEN n % 11 = 0 THEN 160000 ELSE 150000 END, '',
        n % 50 = 0, false, '', '', '', '', '', '', '', '', 0, CASE WHEN n % 200 = 0 THEN 1 ELSE 0 END, '',
        at, at, NULL, CASE WHEN n % 5 > 0 THEN at + interval '10 days' END,
        CASE WHEN n % 5 = 0 THEN (ARRAY['submitted', 'clarifying', 'complete', 'assessed', 'offered', 'disputed',
                'agreed', 'approved_l1', 'approved', 'payee_checked', 'executing', 'failed', 'paid',
                'appealed'])[1 + n / 5 % 14]
            WHEN n % 20 = 1 THEN 'rejected' WHEN n % 20 = 2 THEN 'converted' ELSE 'archived' END,
        at, at + interval '20 days', at + interval '3 days', ''
    FROM (SELECT row_number() OVER () n, c.id, c.client_id FROM contracts c WHERE c.firm_id = :firm) numbered,
        LATERAL (SELECT now() - (CASE WHEN n % 5 > 0 THEN n % 1000 ELSE n % 40 END) * interval '1 day'
                 - n * interval '1 millisecond' AS at) moments
    """,
)


def measure(refunds: int, turns: int) -> list[Result]:
    """Milliseconds of each page with `refunds` requests, and of the list when there is none."""
    with servers() as settings:
        return asyncio.run(_measure(settings, refunds, turns))


async def _measure(settings: Settings, refunds: int, turns: int) -> list[Result]:
    async with office(settings) as place, visiting(place) as browser:
        at = f"/f/{place.firm.slug}"
        empty = await _turns(browser, f"{at}/refunds", turns)
        await fill(settings, place.firm.id, place.owner.id, refunds)
        took = {name: await _turns(browser, at + path, turns) for name, path in PATHS.items()}
        took["page 20"] = await _turns(browser, await _page(browser, f"{at}/refunds?view=all", 20), turns)
    return [
        Result(f"{refunds:,} refunds, {name}, beside the empty list", named(values, "ms", 1), named(empty, "ms", 1),
               ratio(values, empty), f"< {MILLISECONDS} ms", min(values) < MILLISECONDS)
        for name, values in took.items()
    ]  # fmt: skip


async def fill(settings: Settings, firm_id: UUID, preparer_id: UUID | None, refunds: int) -> None:
    """So many refunds, written past triggers and row security by the owner of the database.

    Their pages stay as freshly written, without a vacuum: the harder case for indexes that answer by themselves.
    """
    clients = min(CLIENTS, refunds)
    given = {"firm": firm_id, "clients": clients, "each": -(-refunds // clients),
             "policy": firm_id, "preparer": preparer_id}  # fmt: skip
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in FILL:
            names = re.findall(r"(?<!:):(\w+)", statement)
            await connection.execute(text(statement), {name: given[name] for name in names})
    async with engine.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await settled.execute(text("ANALYZE"))
    await engine.dispose()


async def _page(browser: httpx.AsyncClient, path: str, number: int) -> str:
    """The address of the page so many further on, by the button a person presses."""
    for _page in range(number - 1):
        found = NEXT.search((await browser.get(path)).text)
        if found is None:
            return path
        path = unescape(found.group(1))
    return path


async def _turns(browser: httpx.AsyncClient, path: str, turns: int) -> list[float]:
    """Milliseconds of each turn after a first one that warms up."""
    answer = await browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    took = []
    for _turn in range(turns):
        begun = time.perf_counter()
        await browser.get(path)
        took.append((time.perf_counter() - begun) * 1000)
    return took
