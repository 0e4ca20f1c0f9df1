"""`saas bench documents`: letters of two pages a second, from their job to the stored PDF, beside bare WeasyPrint."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.bench.office import Office, office, servers
from saas.bench.outcome import Result
from saas.bench.series import named
from saas.kernel import clock, documents, jobs
from saas.kernel.config import Settings
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from saas.notices import documents as letters
from saas.notices import drafts, issue, queries
from saas.notices.pictures import pictures_of
from saas.worker import AT_ONCE

SHARE = 0.9  # our letters a second to those of bare WeasyPrint
SECONDS = 1.0  # for one letter
LETTER = Path(__file__).with_name("letter.json")
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter as WeasyPrint gets it."""

    html: str
    css: str
    images: dict[str, bytes]


def measure(number: int, rounds: int) -> list[Result]:
    """`rounds` times `number` letters, and as many of the same pages by bare WeasyPrint in the same processes."""
    with servers() as settings:
        try:
            return asyncio.run(_measure(settings, number, rounds))
        finally:
            documents.cool_down()


async def _measure(settings: Settings, number: int, rounds: int) -> list[Result]:
    ours: list[float] = []
    peer: list[float] = []
    alone: list[float] = []
    plain: list[float] = []
    async with office(settings) as place:
        first, _job = await _approved(place)
        async with place.transaction() as session:
            sheet = await sheet_of(session, first)
        plain_one = partial(bare, sheet)
        await worked([plain_one] * AT_ONCE["heavy"] * 2)  # both processes load what they need
        for _round in range(rounds):
            waiting = [partial(_printed, place, (await _approved(place))[1]) for _letter in range(number)]
            ours.append(number / await worked(waiting))
            peer.append(number / await worked([plain_one] * number))
            alone.append(await worked([partial(_printed, place, (await _approved(place))[1])]))
            plain.append(await worked([plain_one]))
    share = round(statistics.median(a / b for a, b in zip(ours, peer, strict=True)), 2)
    longer = round(statistics.median(a / b for a, b in zip(alone, plain, strict=True)), 2)
    return [
        Result("letters of two pages, warm processes", named(ours, "letters_per_second"),
               named(peer, "letters_per_second"), share, f"letters a second ≥ {SHARE} ×", share >= SHARE),
        Result("one letter of two pages", named(alone, "seconds"), named(plain, "seconds"), longer,
               f"< {SECONDS:g} s", statistics.median(alone) < SECONDS),
    ]  # fmt: skip


async def worked(works: Iterable[Work]) -> float:
    """Seconds for all, as many at a time as a heavy worker takes."""
    waiting = iter(list(works))

    async def some() -> None:
        for work in waiting:
            await work()

    begun = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(AT_ONCE["heavy"])))
    return time.perf_counter() - begun


async def _approved(place: Office) -> tuple[UUID, UUID]:
    """A letter that a second person approved, and the job that prints it."""
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
        wanted = select(Outbox.id).where(
            Outbox.job == "notices.render", Outbox.args["notice_id"].astext == str(notice.id)
        )
        return notice.id, (await session.scalars(wanted)).one()


async def _printed(place: Office, job: UUID) -> None:
    if not await jobs.run_job(place.database, place.firm.id, job):
        raise RuntimeError("the letter could not be printed")


async def sheet_of(session: AsyncSession, notice_id: UUID) -> Sheet:
    """An approved letter as the printer gets it."""
    notice = await queries.notice(session, notice_id)
    form = letters.of_approved(notice, await pictures_of(notice.content["letter"]["sender"]))
    return Sheet(letters.html(form), letters.CSS.read_text("utf-8"), form.pictures.given())


async def bare(sheet: Sheet) -> None:
    await documents.printers().run(weasyprint, sheet.html, sheet.css, sheet.images)


def weasyprint(html: str, css: str, images: dict[str, bytes]) -> int:
    """In a printing process: WeasyPrint as its own documentation uses it, to the same kind of PDF; its size."""
    # WeasyPrint takes a second to load: only in the processes that print.
    from weasyprint import CSS, HTML

    from saas.kernel.printing import BASE_CSS, OnlyOurs  # loads it too

    page = HTML(string=html, base_url="document:", url_fetcher=OnlyOurs(images))
    sheets = [CSS(string=BASE_CSS), CSS(string=css, url_fetcher=OnlyOurs({}))]
    return len(page.write_pdf(stylesheets=sheets, pdf_variant="pdf/a-3u"))
