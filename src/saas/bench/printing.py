"""`saas bench notice`: an approved letter of two pages, from the start of its job to the stored PDF."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from saas.bench.office import Office, office, servers
from saas.bench.series import ratio, series
from saas.kernel import clock, documents, jobs
from saas.kernel.files import store_of
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from saas.notices import drafts, issue, queries

SECONDS = 1  # what the product promises for a letter of two pages
LETTER = Path(__file__).with_name("letter.json")


def measure(turns: int) -> dict[str, Any]:
    """Seconds of the job, once the printing processes are warm as a worker keeps them, and of a one-line PDF."""
    with servers() as settings:
        try:
            return asyncio.run(_measure(settings, turns))
        finally:
            documents.cool_down()


async def _measure(settings: Any, turns: int) -> dict[str, Any]:
    async with office(settings) as place:
        await one_line()
        size, _first = await _printed(place)
        letters = [(await _printed(place))[1] for _turn in range(turns)]
        plain = [await one_line() for _turn in range(turns)]
    return {
        "bench": "notice",
        "bytes": size,
        "turns": turns,
        "seconds": series(letters),
        "baseline": {"what": "a PDF of one line", "seconds": series(plain)},
        "ratio": ratio(letters, plain),
        "limits": {"seconds": SECONDS},
        "within": min(letters) < SECONDS,
    }


async def _printed(place: Office) -> tuple[int, float]:
    """Draft, approve, print: the bytes of the stored file and the seconds of the job."""
    now = clock.now()
    async with place.transaction() as session:
        draft = await drafts.draft(
            session,
            place.owner,
            kind="adjustment",
            client=place.client,
            subject_kind="case",
            subject_id=uuid7(),
            title=Text("%(title)s", title="一次计入费用的设备，应为固定资产"),
            content=json.loads(LETTER.read_text()),
            locale="zh",
            answer_by=date(2026, 1, 1) + timedelta(days=3650),
            now=now,
        )
        notice = await issue.approve(session, draft, place.reviewer, now)
    async with place.transaction() as session:
        wanted = select(Outbox.id).where(Outbox.job == "notices.render", Outbox.finished_at.is_(None))
        job = (await session.scalars(wanted)).one()
    begun = time.perf_counter()
    if not await jobs.run_job(place.database, place.firm.id, job):
        raise RuntimeError("the letter could not be printed")
    took = time.perf_counter() - begun
    async with place.transaction() as session:
        stored = await queries.notice(session, notice.id)
    content = await store_of(place.settings).get(place.firm.id, stored.file_sha256 or "")
    return len(content), took


async def one_line() -> float:
    """Seconds of a PDF of one line, the baseline of every printed page."""
    begun = time.perf_counter()
    await documents.render_pdf("<p>1</p>", created=clock.now())
    return time.perf_counter() - begun
