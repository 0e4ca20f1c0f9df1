"""`saas bench notices`: letters of one page from a person's approval to the mail server's yes, in the whole product."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from functools import partial

import httpx

from saas.bench.documents import Sheet, bare, sheet_of, worked
from saas.bench.outcome import Result
from saas.drills.approving import Approver
from saas.drills.firm import DrillFirm, furnished
from saas.drills.world import World, world
from saas.kernel import documents, metrics

SAMPLE = 40  # letters that bare WeasyPrint prints, before and again after
PATIENCE = 2.0  # seconds a letter may take on a slow machine before the run is given up
SECONDS = re.compile(
    r'^qz_job_seconds_total\{worker="[^"]+",kind="\w+",job="(notices\.\w+)"\} ([\d.e+]+)', re.MULTILINE
)


def measure(letters: int) -> list[Result]:
    """The product as `saas up` runs it, with a mail server outside; RuntimeError unless every letter arrives once."""
    with world(plain=True) as place:
        try:
            return asyncio.run(_measure(place, letters))
        finally:
            documents.cool_down()


async def _measure(place: World, letters: int) -> list[Result]:
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        [first] = await firm.drafted(1)
        approver = Approver(place, firm)
        await approver.approve([first])
        await _all_sent(firm, 60)
        async with firm.transaction() as session:
            sheet = await sheet_of(session, first)
        rates = [await _rate(sheet)]
        before, begun = _job_seconds(place), time.monotonic()
        await approver.approve(ids)
        approved = time.monotonic() - begun
        await _all_sent(firm, 60 + PATIENCE * letters)
        whole = time.monotonic() - begun
        rates.append(await _rate(sheet))
        await asyncio.sleep(metrics.EVERY + 1)  # until the workers have said what they did
        after, fate = _job_seconds(place), await firm.fate(place, ids)
    if (fate.lost, fate.doubled) != (0, 0):
        raise RuntimeError(f"{fate.lost} letters lost, {fate.doubled} doubled")
    return [_result(letters, whole, approved, len(rates) * letters / sum(rates), _shares(before, after))]


def _result(letters: int, whole: float, approved: float, printing: float, shares: dict[str, float]) -> Result:
    """`printing` is what bare WeasyPrint would need for so many letters with the same two processes."""
    ours = {
        "seconds": round(whole, 1),
        "approving_seconds": round(approved, 1),
        "letters_per_second": round(letters / whole, 2),
        "share_spent_on_pdfs": round(min(printing / whole, 1.0), 2),
        **shares,
    }
    peer = {"seconds": round(printing, 1), "letters_per_second": round(letters / printing, 2)}
    case = f"{letters:,} letters of one page, approval to accepted mail, beside bare WeasyPrint printing them"
    return Result(case, ours, peer, round(whole / printing, 2))


async def _all_sent(firm: DrillFirm, patience: float) -> None:
    """Until no letter's work is left; looked at once a second, so as not to be in the way."""
    begun = time.monotonic()
    while await firm.unfinished():
        if time.monotonic() - begun > patience:
            raise RuntimeError(f"{await firm.unfinished()} jobs of letters are left after {patience:.0f} s")
        await asyncio.sleep(1)


async def _rate(sheet: Sheet) -> float:
    """Letters a second of bare WeasyPrint, once its processes are warm."""
    await worked([partial(bare, sheet)] * 4)
    return SAMPLE / await worked([partial(bare, sheet)] * SAMPLE)


def _job_seconds(place: World) -> dict[str, float]:
    """Seconds that workers have spent so far on each of the letters' jobs."""
    found: dict[str, float] = defaultdict(float)
    for job, seconds in SECONDS.findall(httpx.get(f"{place.address}/metrics", timeout=30, trust_env=False).text):
        found[job] += float(seconds)
    return found


def _shares(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """How the time of the workers was spent, by job."""
    spent = {job: after[job] - before.get(job, 0.0) for job in sorted(after)}
    return {f"share_of_jobs_{job.partition('.')[2]}": round(spent[job] / sum(spent.values()), 2) for job in spent}
