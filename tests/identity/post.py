"""Promised mails of a test: the jobs run as a worker would run them, and the mailbox is read as a person would."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from saas.kernel import mailbox, tenancy
from saas.kernel.db import Database
from saas.kernel.jobs import run_job
from saas.kernel.mailbox import Letter
from saas.kernel.outbox import NO_FIRM, Outbox


async def run_promised(database: Database, firm_id: UUID = NO_FIRM) -> int:
    """Run what is promised, now or for later, under a firm or under none; how many jobs it were."""
    async with database.transaction(tenancy.firm(firm_id)) as session:
        query = select(Outbox.id).where(Outbox.firm_id == firm_id, Outbox.finished_at.is_(None))
        ids = (await session.scalars(query.order_by(Outbox.created_at))).all()
    for job_id in ids:
        assert await run_job(database, firm_id, job_id)
    return len(ids)


async def work_through(database: Database, firm_id: UUID = NO_FIRM) -> None:
    """Run what is promised and what that promises; without a mailbox a mail would be promised again for ever."""
    for _round in range(40):
        if not await run_promised(database, firm_id):
            return
    raise AssertionError("jobs promise jobs without end: does the test lack mailbox_folder?")


def mails_to(folder: Path, address: str) -> list[Letter]:
    """The newest first."""
    return mailbox.list_messages(folder, to=address)


def link_in(letter: Letter) -> str:
    """The path of the one link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter.text)
    assert found, letter.text
    return found[1]
