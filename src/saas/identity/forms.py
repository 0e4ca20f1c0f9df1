"""What a person may submit about themselves."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Email = Annotated[str, Meta(max_length=254)]
Password = Annotated[str, Meta(max_length=1000)]  # too long a password is refused in words
PersonName = Annotated[str, Meta(max_length=60)]
Code = Annotated[str, Meta(max_length=40)]


class SignIn(Struct):
    email: Email
    password: Password
    next: str = ""


class Factor(Struct):
    """A code of the telephone or a recovery code."""

    code: Code
    next: str = ""


class Forgotten(Struct):
    email: Email


class NewPassword(Struct):
    password: Password


class ChangedPassword(Struct):
    current: Password
    password: Password


class NewAddress(Struct):
    email: Email


class Details(Struct):
    name: PersonName


class Proof(Struct):
    """A password alone."""

    password: Password
