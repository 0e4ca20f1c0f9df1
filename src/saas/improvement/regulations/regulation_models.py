"""The register of rules, the clients each one touches, and what competitors promise about refunds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Regulation(FirmRow):
    """One entry of the register. Texts are {"zh": …, "en": …}; `mark` V was read in the source, K is to be confirmed.

    `clients` is the filter by which affected clients are found (regulations.affected.Filter as stored). `quiz` is
    [{"question": words, "choices": [words, …], "answer": 0…, "why": words}].
    """

    __tablename__ = "regulations"
    __table_args__ = (
        Index("uq_regulations_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
        Index("ix_regulations_effective", "firm_id", "effective_on"),
    )
    key: Mapped[str] = mapped_column(String(40), default="")  # of the starter; "" for the firm's own
    kind: Mapped[str] = mapped_column(String(12))  # accounting, tax, law, industry, competitor
    title: Mapped[dict[str, Any]]
    number: Mapped[str] = mapped_column(default="")  # 财会〔2023〕27号
    issuer: Mapped[dict[str, Any]]
    effective_on: Mapped[date | None]
    repealed_on: Mapped[date | None]
    source: Mapped[str]  # where it was read: a name …
    source_url: Mapped[str] = mapped_column(default="")  # … and an address
    changes: Mapped[dict[str, Any]]  # what it changes
    impact: Mapped[dict[str, Any]]  # what that means for the firm and its clients
    mark: Mapped[str] = mapped_column(String(1), default="K")
    clients: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quiz: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    course_key: Mapped[str] = mapped_column(String(40), default="")  # the course of training that teaches it
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    reviewed_on: Mapped[date]  # somebody saw last that it still holds
    reviewed_by: Mapped[UUID | None]
    archived_at: Mapped[datetime | None]


class AffectedClient(FirmRow):
    """A client a regulation touches: the task and the case that were opened for it, once each."""

    __tablename__ = "regulation_clients"
    __table_args__ = (
        UniqueConstraint("firm_id", "regulation_id", "client_id"),
        belongs_to("regulations", "regulation_id"),
        belongs_to("clients", "client_id"),
        belongs_to("tasks", "task_id"),
        belongs_to("cases", "case_id"),
    )
    regulation_id: Mapped[UUID]
    client_id: Mapped[UUID]
    task_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    bulk_id: Mapped[UUID | None]  # the promise by which its case is opened behind the page (cases.bulk)
    result: Mapped[str] = mapped_column(default="")  # what was done for this client


class CompetitorTerms(FirmRow):
    """What another firm promised about refunds on the day it was read; a later reading stands beside it."""

    __tablename__ = "competitor_terms"
    __table_args__ = (
        UniqueConstraint("firm_id", "competitor", "seen_on"),
        {"info": {"append_only": True}},
    )
    competitor: Mapped[str] = mapped_column(String(80))
    seen_on: Mapped[date]
    source: Mapped[str]
    source_url: Mapped[str] = mapped_column(default="")
    terms: Mapped[dict[str, Any]]  # by the names of regulations.market.TERMS
    remark: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
