"""A module whose one job prints a letter and mails it, for the drill that kills its workers.

`python -m tests.kernel.letters_under_fire light|relay` is a worker that knows this module.
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, documents, jobs, mail, module
from saas.kernel.config import settings_from
from saas.kernel.module import Job, Module
from saas.worker import serve, serve_relay


async def letter(session: AsyncSession, number: str) -> None:
    """The effect inside is the finished row, the effect outside is the mail; both must be there once."""
    settings = settings_from()
    run = jobs.running()
    pdf = await documents.render_pdf(f"<h1>账务调整通知</h1><p>第 {number} 号</p>", created=clock.now())
    message = mail.build(
        to="li@example.cn",
        subject=f"账务调整通知 第 {number} 号",
        text="请确认。",
        attachments=[mail.Attachment("通知.pdf", pdf)],
        delivery_id=run.id,
        settings=settings,
    )
    await mail.send(message, settings, attempt=run.attempt, outlet="relay")


def message_id(job_id: UUID) -> str:
    return mail.message_id(job_id, settings_from())


FIRE = Module("fire", jobs=[Job("fire.letter", letter)])

if __name__ == "__main__":
    module.compose([FIRE])
    asyncio.run(serve_relay(settings_from()) if sys.argv[1] == "relay" else serve(sys.argv[1], settings_from()))
