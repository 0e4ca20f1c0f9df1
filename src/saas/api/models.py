"""Tokens of other programs, the answers they were given once, and the addresses that are told what happened.

None of these rows is ever copied to a sandbox or restored elsewhere: a copy of a firm must not speak in its name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class ApiToken(FirmRow):
    """A key that the firm gave to one program: what it may do and until when. `secret_hash` is all we keep of it."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("firm_id", "secret_hash"),
        Index("uq_api_tokens_name", "firm_id", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
        CheckConstraint("per_minute BETWEEN 1 AND 6000", name="per_minute"),
        CheckConstraint("expires_at > made_at", name="ends_after_it_began"),
        belongs_to("memberships", "made_by"),
        {"info": {"stays": True}},
    )
    name: Mapped[str] = mapped_column(String(60))  # of the program: "金蝶 K/3, Hangzhou server"
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]]  # names of scopes.SCOPES; fixed for good (guards.sql)
    per_minute: Mapped[int]  # requests
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str] = mapped_column(String(64), default="")  # network address
    minute: Mapped[datetime | None]  # the minute that is being counted
    used: Mapped[int] = mapped_column(default=0)  # requests in that minute

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now

    def revoke(self, by: UUID | None, now: datetime) -> None:
        self.revoked_at, self.revoked_by = now, by


class ApiAnswer(FirmRow):
    """What a token was answered under an idempotency key: the same key and request get it again."""

    __tablename__ = "api_answers"
    __table_args__ = (
        UniqueConstraint("firm_id", "token_id", "key"),
        Index("ix_api_answers_at", "firm_id", "at"),
        belongs_to("api_tokens", "token_id"),
        {"info": {"stays": True}},
    )
    token_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(100))
    request_sha256: Mapped[str] = mapped_column(String(64))  # of method, address and body
    status: Mapped[int]
    body: Mapped[str]  # JSON as sent
    at: Mapped[datetime]


class WebhookEndpoint(FirmRow):
    """An address of another program that is told of the chosen events. `failing_since` is None while all is well."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        Index("uq_webhook_endpoints_url", "firm_id", "url", unique=True, postgresql_where=text("removed_at IS NULL")),
        belongs_to("memberships", "made_by"),
        {"info": {"stays": True}},
    )
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]]  # names of webhooks.events.EVENTS
    secret_sealed: Mapped[str] = mapped_column(info={"sealed": "secret"})  # signs what is sent
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]  # after a failure nothing is tried before this moment
    stopped_at: Mapped[datetime | None]  # by a person, or after failing for too long
    stopped_reason: Mapped[str] = mapped_column(String(8), default="")  # person, failing
    removed_at: Mapped[datetime | None]

    @property
    def place(self) -> str:
        """What the secret is bound to: a copied field opens nowhere else."""
        return f"{self.firm_id}:{self.__tablename__}.secret:{self.id}"

    @property
    def is_on(self) -> bool:
        return self.stopped_at is None and self.removed_at is None

    def stop(self, reason: str, now: datetime) -> None:
        self.stopped_at, self.stopped_reason = now, reason

    def go_on(self) -> None:
        self.stopped_at, self.stopped_reason = None, ""
        self.failures, self.failing_since, self.rests_until = 0, None, None


class WebhookDelivery(FirmRow):
    """One event for one address, and what became of it. Its id is the event’s for the receiver, however often sent."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_endpoint", "firm_id", "endpoint_id", "created_at"),
        CheckConstraint("status IN ('waiting', 'delivered', 'failed', 'kept')", name="status"),
        belongs_to("webhook_endpoints", "endpoint_id"),
        {"info": {"stays": True}},
    )
    endpoint_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]]  # as sent, without the time of sending
    status: Mapped[str] = mapped_column(String(9), default="waiting")  # kept: a demo or sandbox calls nobody
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    answer: Mapped[int | None]  # the last HTTP status
    error: Mapped[str] = mapped_column(String(12), default="")  # why the last attempt failed: webhooks.sending.ERRORS
