"""What a person may submit about an import."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct


class Upload(Struct):
    file: UploadFile


class Remap(Struct):
    """Headings of the file and our fields for them, in the same order; "" leaves a column out."""

    heading: list[str]
    field: list[str]
    standard: Literal["auto", "small", "enterprise", "npo", "other"] = "auto"
    remember: bool = False

    @property
    def mapping(self) -> dict[str, str | None]:
        """heading → field, None to leave the column out."""
        return {heading: field or None for heading, field in zip(self.heading, self.field, strict=False)}


class Store(Struct):
    """The person's yes, with what the file does not say."""

    posted: Literal["posted", "draft"] | None = None
    accept_other_company: bool = False
    accept_unbalanced: bool = False


class Seal(Struct):
    period: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
