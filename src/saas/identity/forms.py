"""What a person may submit about themselves."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Email = Annotated[str, Meta(max_length=254)]
Password = Annotated[str, Meta(max_length=128)]


class SignIn(Struct):
    email: Email
    password: Password
    next: str = ""
