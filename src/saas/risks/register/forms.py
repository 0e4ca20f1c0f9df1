"""What people fill in about a risk."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from saas.kernel.money import Money

Five = Annotated[int, Meta(ge=1, le=5)]
Words = Annotated[str, Meta(max_length=1000)]
Line = Annotated[str, Meta(max_length=120)]
Treatment = Literal["avoid", "reduce", "transfer", "accept"]
Category = Literal["accounting", "tax", "data", "privacy", "money", "people", "client", "legal"]


class Reason(Struct):
    reason: Words


class Described(Struct, kw_only=True):
    """What the risk is, and what is to be done about it."""

    name: Line
    category: Category
    cause: Words
    event: Words
    effect: Words
    control: Words = ""
    source: Line = ""
    treatment: Treatment
    plan: Words = ""
    owner_id: UUID
    review_on: date
    review_months: Annotated[int, Meta(ge=1, le=24)] = 6
    watches: list[str] = []
    playbook_key: Annotated[str, Meta(max_length=40)] = ""


class Scored(Struct, kw_only=True):
    """How often and how bad, before and after treatment."""

    likelihood: Five
    impact: Five
    residual_likelihood: Five
    residual_impact: Five
    exposure: Money | None = None
    reason: Words


class NewRisk(Described, kw_only=True):
    likelihood: Five
    impact: Five
    residual_likelihood: Five
    residual_impact: Five
    exposure: Money | None = None


class NewMeasure(Struct):
    text: Annotated[str, Meta(max_length=300)]
    owner_id: UUID
    due_on: date


class MeasureDone(Struct):
    result: Words


class Reviewed(Struct):
    reason: Words
    review_on: date
