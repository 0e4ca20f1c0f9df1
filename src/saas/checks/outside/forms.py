"""What a person may submit about statements and invoice lists."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Upload(Struct):
    """`account` is the bank account in the ledger; invoice lists have none. `anyway`: the number printed changed."""

    kind: Literal["bank", "in", "out"]
    account: Annotated[str, Meta(max_length=40)] = ""
    file_name: Annotated[str, Meta(max_length=200)] = ""
    anyway: bool = False


class Pair(Struct):
    account: Annotated[str, Meta(min_length=1, max_length=40)]
    statement_key: Annotated[str, Meta(min_length=1, max_length=120)]
    books_key: Annotated[str, Meta(min_length=1, max_length=200)]


class Unpair(Struct):
    account: Annotated[str, Meta(min_length=1, max_length=40)]
    statement_key: Annotated[str, Meta(min_length=1, max_length=120)]
