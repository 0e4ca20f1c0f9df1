"""Whose transaction this is. Every transaction has exactly one scope, or it does not begin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, func

Kind = Literal["firm", "person", "link", "relay", "platform"]


class Unscoped(RuntimeError):
    """A transaction was begun outside every scope: a bug, never a business refusal."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`firm` and `link` see one firm's rows, `person` one person's memberships, `platform` only the global tables."""

    kind: Kind
    firm_id: UUID | None = None
    person_id: UUID | None = None


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)

PLATFORM = Scope("platform")
RELAY = Scope("relay")


def firm(firm_id: UUID, person_id: UUID | None = None) -> Scope:
    return Scope("firm", firm_id, person_id)


def person(person_id: UUID) -> Scope:
    return Scope("person", None, person_id)


def link(firm_id: UUID) -> Scope:
    return Scope("link", firm_id)


def current() -> Scope:
    scope = _scope.get()
    if scope is None:
        raise Unscoped("no scope is set: enter one with tenancy.within(...)")
    return scope


def current_firm_id() -> UUID:
    firm_id = current().firm_id
    if firm_id is None:
        raise Unscoped(f"a {current().kind} scope has no firm")
    return firm_id


def scope_or_none() -> Scope | None:
    """The current scope, for what also happens outside every scope."""
    return _scope.get()


def firm_or_none() -> UUID | None:
    """The current scope's firm, for what also happens outside every scope."""
    scope = _scope.get()
    return scope.firm_id if scope is not None else None


def enter(scope: Scope) -> None:
    """For the rest of this context: one request, one job."""
    _scope.set(scope)


@contextmanager
def within(scope: Scope) -> Iterator[Scope]:
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def moved_to_person(person_id: SQLColumnExpression[UUID]) -> tuple[ColumnElement[str], ...]:
    """Columns that put the rest of the transaction into the scope of the person whose row a query finds."""
    written = cast(person_id, String)
    return (func.set_config("app.scope", "person", True), func.set_config("app.person_id", written, True))


def of_this_firm(table: Any) -> ColumnElement[bool]:
    """The condition a query states itself although the database holds every row to its firm anyway."""
    condition: ColumnElement[bool] = table.firm_id == current_firm_id()
    return condition
