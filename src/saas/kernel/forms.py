"""Forms: a msgspec Struct in, field errors out, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

F = TypeVar("F", bound=msgspec.Struct)
CSRF_FIELD = "csrf"


@dataclass(slots=True)
class Submitted(Generic[F]):
    """What a person sent: the typed value when everything was well, else the errors; `raw` refills the fields."""

    raw: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, Text] = field(default_factory=dict)
    value: F | None = None

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def taken(self) -> F:
        """The typed form; only after `ok` was asked."""
        if self.value is None:
            raise RuntimeError("the form has errors: ask `ok` first")
        return self.value

    def refuse(self, name: str, reason: Text) -> None:
        self.errors[name] = reason


async def submitted(request: Request[Any, Any, Any], form: type[F]) -> Submitted[F]:
    """Read the request's form as `form`. Repeated fields become lists, an empty field counts as not given."""
    return take(await raw_form(request), form)


async def raw_form(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The fields as sent, for forms whose names are made at run time; repeated fields are lists."""
    data = await request.form()
    raw: dict[str, Any] = {}
    for name in data:
        values = data.getall(name)
        raw[name] = values if len(values) > 1 else values[0]
    return raw


def take(raw: Mapping[str, Any], form: type[F]) -> Submitted[F]:
    result: Submitted[F] = Submitted({k: v for k, v in raw.items() if k != CSRF_FIELD})
    values: dict[str, Any] = {}
    for spec in msgspec.structs.fields(form):
        given = _plain(raw.get(spec.encode_name))
        is_list = get_origin(_bare(spec.type)) is list
        if given is None and not is_list:
            if spec.required and _bare(spec.type) is not bool:
                result.refuse(spec.encode_name, _("Please fill this in."))
            elif _bare(spec.type) is bool:
                values[spec.name] = False
            continue
        if is_list and not isinstance(given, list):
            given = [] if given is None else [given]
        try:
            values[spec.name] = _convert(given, spec.type)
        except (msgspec.ValidationError, ValueError) as error:
            result.refuse(spec.encode_name, _reason(spec.type, str(error)))
    if result.ok:
        result.value = form(**values)
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, UploadFile):
        return value if value.filename else None
    return value


def _bare(kind: Any) -> Any:
    """The type without Annotated and Optional."""
    if hasattr(kind, "__metadata__"):
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(k for k in get_args(kind) if k is not NoneType))
    return kind


def _convert(given: Any, kind: Any) -> Any:
    bare = _bare(kind)
    if bare is UploadFile:
        return given
    if get_origin(bare) is list and get_args(bare)[0] is UploadFile:
        return [g for g in given if isinstance(g, UploadFile) and g.filename]
    if bare is bool:
        return given not in ("0", "false", "off", "no")
    if bare is Money:  # a dataclass, which msgspec would want as an object
        return Money.of(str(given))
    if bare is datetime:  # a browser's field has neither seconds nor zone: it is the time on the wall here
        moment = datetime.fromisoformat(str(given))
        return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
    return msgspec.convert(given, kind, strict=False)


def _reason(kind: Any, error: str) -> Text:
    bare = _bare(kind)
    if bare is Money:
        return _("This is not an amount. Write it like 1,234.50.")
    if bare in (date, datetime):
        return _("This is not a date. Write it like 2026-11-21.")
    if bare in (int, float):
        return _("This is not a number.")
    if "length <=" in error:
        return _("This is too long: at most %(n)s characters.", n=error.split("length <=")[1].split("`")[0].strip())
    return _("This cannot be taken: please choose or correct it.")
