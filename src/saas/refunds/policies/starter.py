"""The policy every firm begins with: tenants/_starter/refund_policy.toml as Terms."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import msgspec

from saas.kernel.pages import ROOT
from saas.refunds.terms import Terms

PATH = ROOT / "tenants" / "_starter" / "refund_policy.toml"


@cache
def starter() -> Terms:
    """Version 1 of a new firm."""
    return read(PATH.read_text("utf-8"))


def read(text: str) -> Terms:
    """A policy as TOML; msgspec.ValidationError for what no policy knows, KeyError for a language that is missing."""
    given = tomllib.loads(text)
    reasons = [_apart(_apart(reason, "name"), "when") for reason in given.pop("reason")]
    basis, further = given.pop("basis"), given.pop("further")
    flat: dict[str, Any] = {
        **_apart(given, "name"),
        "reasons": reasons,
        "basis": [line["zh"] for line in basis],
        "basis_en": [line["en"] for line in basis],
        "further_zh": [line["zh"] for line in further],
        "further_en": [line["en"] for line in further],
    }
    return msgspec.convert(flat, Terms)


def _apart(table: dict[str, Any], name: str) -> dict[str, Any]:
    """{name: {zh, en}} as name_zh and name_en."""
    words = table[name]
    rest = {key: value for key, value in table.items() if key != name}
    return {**rest, f"{name}_zh": words["zh"], f"{name}_en": words["en"]}
