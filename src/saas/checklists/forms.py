"""What people submit about checklists."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile

Line = Annotated[str, msgspec.Meta(max_length=200)]
Prose = Annotated[str, msgspec.Meta(max_length=2000)]
Outcome = Literal["done", "not_applicable"]


class Reason(msgspec.Struct):
    """Why it is sent back or opened again."""

    reason: Prose


class Void(msgspec.Struct):
    """Why this run is not worked through, and whether the client gets this checklist again."""

    reason: Prose
    never_again: bool = False


class Take(msgspec.Struct):
    """Whose it is from now on."""

    member_id: UUID


class StepForm(msgspec.Struct):
    """A step as the browser sends it."""

    step: int
    outcome: Outcome = "done"
    note: Prose = ""
    number: str = ""
    link: Annotated[str, msgspec.Meta(max_length=500)] = ""
    files: list[UploadFile] = []


class StepRef(msgspec.Struct):
    """One step of the run."""

    step: int


class Tick(msgspec.Struct):
    """What the workflow gets of a step: files are stored, the figure is a number."""

    step: int
    outcome: Outcome
    note: str
    number: Decimal | None
    link: str
    files: list[dict[str, Any]]


class Begin(msgspec.Struct):
    """Runs to be made by hand: which checklist, for which clients, for which period, until when."""

    checklist_id: UUID
    client: list[UUID] = []
    period: Annotated[str, msgspec.Meta(max_length=7)] = ""


class Exempt(msgspec.Struct):
    """The client does not get the checklist, and why; without a reason it gets it again."""

    checklist_id: UUID
    reason: Line = ""
