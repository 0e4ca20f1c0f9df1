"""What a route's form takes, from its own source: every field with a value that its type allows, ids apart."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid4

import msgspec
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler

from saas.app import composed
from saas.kernel import clock
from saas.kernel.money import Money

KEY = "key"  # made with the page, so that the same form twice is one deed: nobody's id yet
SUBMITTED = re.compile(r"submitted\(\s*request,\s*([\w.]+)")
CALLED = re.compile(r"\b(_\w+|\w+\.\w+)\(\s*request")


def form_of(path: str, handler: HTTPRouteHandler) -> type[msgspec.Struct] | None:
    """The form a handler reads; None where it reads none."""
    for workflow in composed.workflows.values():
        for action in workflow.actions:
            if path.endswith(f"/{workflow.path}/{{row_id:uuid}}/{action.name}"):
                return action.form
    return next(_read(handler.fn, 2), None)


def _read(function: Any, depth: int) -> Iterator[type[msgspec.Struct]]:
    """The form that this function, or one it hands the request to, passes to submitted()."""
    function = inspect.unwrap(function)
    source, names = inspect.getsource(function), getattr(function, "__globals__", {})
    for name in SUBMITTED.findall(source):
        found = _named(name, names)
        if isinstance(found, type) and issubclass(found, msgspec.Struct):
            yield found
    for name in CALLED.findall(source) if depth else ():
        found = _named(name, names)
        if inspect.isfunction(found) and found.__module__.startswith("saas.") and "kernel" not in found.__module__:
            yield from _read(found, depth - 1)


def _named(name: str, names: dict[str, Any]) -> Any:
    first, _dot, rest = name.partition(".")
    found = names.get(first)
    return getattr(found, rest, None) if rest else found


def ids_of(form: type[msgspec.Struct]) -> list[str]:
    """The fields that name a record: hidden ones, and those of a select."""
    fields = (spec for spec in msgspec.structs.fields(form) if spec.encode_name != KEY)
    return [spec.encode_name for spec in fields if UUID in _kinds(spec.type) or _named_id(spec)]


def _named_id(spec: msgspec.structs.FieldInfo) -> bool:
    return spec.encode_name.endswith(("_id", "_ids")) and str in _kinds(spec.type)


def filled(form: type[msgspec.Struct]) -> dict[str, Any]:
    """A value that passes for every field but ids and files."""
    skipped = set(ids_of(form))
    values = {}
    for spec in msgspec.structs.fields(form):
        if spec.encode_name not in skipped and (value := _value(spec.encode_name, spec.type)) is not None:
            values[spec.encode_name] = value
    return values


def _kinds(kind: Any) -> list[Any]:
    """The plain types inside Annotated, Optional and list."""
    if hasattr(kind, "__metadata__"):
        return _kinds(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType, list):
        return [inner for part in get_args(kind) if part is not NoneType for inner in _kinds(part)]
    return [kind]


def _value(name: str, kind: Any) -> str | None:
    plain = _kinds(kind)[0]
    if get_origin(plain) is Literal:
        return str(get_args(plain)[0])
    if plain is UploadFile:
        return None
    if name == KEY:
        return str(uuid4())
    future = clock.today() + timedelta(days=7)
    made = {str: "一二三四五六七八", int: "3", float: "3", bool: "1", Money: "1.00", date: future.isoformat()}
    made[datetime] = f"{future.isoformat()}T10:00"
    return made.get(plain)
