"""What may be submitted about a firm and its people."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

Name = Annotated[str, Meta(max_length=100)]
Email = Annotated[str, Meta(max_length=254)]
Line = Annotated[str, Meta(max_length=200)]


class SignUpForm(Struct):
    firm_name: Name
    person_name: Annotated[str, Meta(max_length=60)]
    email: Email
    password: Annotated[str, Meta(max_length=1000)]
    uscc: Annotated[str, Meta(max_length=40)] = ""


class NewFirm(Struct):
    firm_name: Name
    uscc: Annotated[str, Meta(max_length=40)] = ""


class Invite(Struct):
    email: Email
    name: Annotated[str, Meta(max_length=60)]
    roles: list[str]


class Join(Struct):
    """A new person behind an invitation."""

    name: Annotated[str, Meta(max_length=60)]
    password: Annotated[str, Meta(max_length=1000)]


class Roles(Struct):
    roles: list[str]


class Leave(Struct):
    to_id: UUID | None = None


class Qualify(Struct):
    code: str
    valid_until: date


class Profile(Struct):
    name: Name
    name_en: Annotated[str, Meta(max_length=120)] = ""
    uscc: Annotated[str, Meta(max_length=40)] = ""
    licence_number: Annotated[str, Meta(max_length=40)] = ""
    address: Line = ""
    address_en: Line = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    email: Email = ""
    head_name: Annotated[str, Meta(max_length=60)] = ""
    locale: Literal["zh", "en"] = "zh"


class SecurityForm(Struct):
    """What a firm asks of its people's sign-in: roles, domains as typed, minutes without a click, hours in all."""

    roles: list[str]
    idle_minutes: int
    session_hours: int
    domains: Annotated[str, Meta(max_length=2000)] = ""


class Picture(Struct):
    """A logo or a seal; none with `remove` takes the present one away."""

    picture: UploadFile | None = None
    remove: bool = False


class Hours(Struct):
    hours: Annotated[str, Meta(max_length=100)]
    valid_from: date


class SpecialDay(Struct):
    """A day with hours of its own; without any it is a day off."""

    day: date
    hours: Annotated[str, Meta(max_length=100)] = ""
