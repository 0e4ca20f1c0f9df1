"""The outbox: work promised in the same transaction as the change that asks for it. Redis is only its doorbell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, FetchedValue, Index, String, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel import clock, tenancy
from saas.kernel.db import FirmRow, acting_in
from saas.kernel.directory import Firm
from saas.kernel.identifiers import uuid7
from saas.kernel.module import composition

Outlet = Literal["relay", "mailbox"]
NO_FIRM = UUID(int=0)  # jobs for people who have no firm yet: no firm ever has this id


class Outbox(FirmRow):
    """One promised job. Finished in the transaction that has its effect, so it happens once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", postgresql_where=text("finished_at IS NULL")),
        Index("ix_outbox_job", "firm_id", "job"),
        {"info": {"stays": True}},
    )
    job: Mapped[str]
    kind: Mapped[str] = mapped_column(String(8))  # light, heavy: which worker takes it
    args: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    rings: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    dead: Mapped[bool] = mapped_column(default=False)
    # Where its mail may go, decided by the database (guards.sql): outside live firms only into the embedded mailbox.
    outlet: Mapped[Outlet] = mapped_column(String(8), server_default=FetchedValue())
    held: Mapped[bool] = mapped_column(default=False)  # a replay does it at its own time; the relay leaves it alone


def not_paused() -> ColumnElement[bool]:
    """Rows of firms that are not suspended, and those that run all the same (a suspended firm may export)."""
    suspended = select(Firm.id).where(Firm.id == Outbox.firm_id, Firm.suspended_at.is_not(None))
    always = [name for name, job in composition().jobs.items() if job.while_suspended]
    return or_(~suspended.exists(), Outbox.job.in_(always)) if always else ~suspended.exists()


_holding: ContextVar[bool] = ContextVar("holding", default=False)


@contextmanager
def holding() -> Iterator[None]:
    """Jobs promised inside wait for whoever replays the past: the relay would do them today."""
    token = _holding.set(True)
    try:
        yield
    finally:
        _holding.reset(token)


def enqueue(session: AsyncSession, job: str, *, due_at: datetime | None = None, **args: Any) -> Outbox:
    """Promise a job; it runs after the commit, at `due_at` or once a worker is free. Args are ids and short words."""
    now = clock.now()
    row = Outbox(
        id=uuid7(),
        job=job,
        kind=composition().job(job).kind,
        args={name: str(value) if value is not None else None for name, value in args.items()},
        created_at=now,
        due_at=due_at or now,
        held=_holding.get(),
    )
    session.add(row)
    return row


async def enqueue_for_nobody(session: AsyncSession, job: str, **args: Any) -> Outbox:
    """Promise a job that belongs to no firm (a mail to confirm an address), in the transaction of the page."""
    async with acting_in(session, tenancy.firm(NO_FIRM)):
        return enqueue(session, job, **args)
