"""Errors as programs read them: application/problem+json (RFC 9457) under /api/, each with a sentence.

`type` and `code` never change with the language; `title`, `detail` and the reasons are in the language that
Accept-Language prefers, Chinese unless English comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException

from saas.kernel.errors import (
    Conflict,
    Forbidden,
    FreshSignInNeeded,
    Invalid,
    Missing,
    Refusal,
    SecondFactorNeeded,
    SignInNeeded,
)
from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.web import Connection

ROOT = "/api/"
MEDIA_TYPE = "application/problem+json"
TITLES: dict[str, Text] = {
    "token_needed": _("No valid token"),
    "forbidden": _("Not allowed"),
    "missing": _("Not found"),
    "method": _("Method not allowed"),
    "conflict": _("Not possible any more"),
    "invalid": _("Not taken"),
    "suspended": _("Suspended"),
    "too_many": _("Too many requests"),
    "too_large": _("Too large"),
    "not_understood": _("Not understood"),
    "failed": _("Failed on our side"),
}
BY_STATUS = {401: "token_needed", 403: "forbidden", 404: "missing", 405: "method", 409: "conflict", 413: "too_large",
             422: "invalid", 423: "suspended", 429: "too_many", 500: "failed"}  # fmt: skip
NO_TOKEN = _("Send a token that is in force, in the header “Authorization: Bearer …”.")
NO_RECORD = _("There is no such address or record, or this token may not see it.")
NOT_UNDERSTOOD = _("The request could not be understood. Nothing was changed.")
A_PERSON = _("Only a person who has signed in can do this.")


class Fault(msgspec.Struct):
    """What is wrong with one parameter or field."""

    field: str
    reason: str


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of every refusal."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    reference: str = ""  # to quote when it failed on our side
    errors: list[Fault] = []


def speaks(path: str) -> bool:
    """Whether programs ask here, and want problems instead of pages."""
    return path.startswith(ROOT) or path == ROOT.rstrip("/")


def language(connection: Connection) -> Locale:
    """English where Accept-Language names it before Chinese."""
    wanted = connection.headers.get("accept-language", "").lower()
    english, chinese = wanted.find("en"), wanted.find("zh")
    return "en" if english >= 0 and (chinese < 0 or english < chinese) else "zh"


def refused_as_problem(connection: Connection, refusal: Refusal) -> Response[Any]:
    """A refusal of the product in words for programs."""
    reason, fields, code = refusal.reason, {}, ""
    if isinstance(refusal, SignInNeeded):
        reason = NO_TOKEN
    elif isinstance(refusal, FreshSignInNeeded | SecondFactorNeeded):
        reason = A_PERSON
    elif isinstance(refusal, Missing):
        reason = NO_RECORD
    elif isinstance(refusal, Invalid):
        fields = refusal.fields
    elif isinstance(refusal, Forbidden | Conflict):
        code = BY_STATUS[refusal.status]
    return problem(connection, refusal.status, reason, fields=fields, code=code, headers=headers_of(refusal))


def headers_of(refusal: Refusal) -> dict[str, str]:
    headers = dict(getattr(refusal, "headers", {}))
    return {"www-authenticate": "Bearer", **headers} if refusal.status == 401 else headers


def problem(
    connection: Connection,
    status: int,
    reason: Text,
    *,
    fields: Mapping[str, Text | str] | None = None,
    code: str = "",
    reference: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The answer: status, a lasting code, and sentences in the program's language."""
    code = code or BY_STATUS.get(status, "not_understood")
    with reading(language(connection)):
        body = Problem(
            f"urn:qingzhang:problem:{code}",
            str(TITLES[code]),
            status,
            code,
            str(reason),
            reference,
            [Fault(name, str(words)) for name, words in (fields or {}).items()],
        )
        content = msgspec.json.encode(body)
    return Response(content, media_type=MEDIA_TYPE, status_code=status, headers=dict(headers or {}))


def framework_refused_as_problem(connection: Connection, error: HTTPException) -> Response[Any]:
    """The framework's own refusals: unknown addresses, wrong methods, parameters it cannot take, bodies too large."""
    status, headers = error.status_code, dict(error.headers or {})
    if status == 404:
        return problem(connection, status, NO_RECORD)
    if status == 405:
        reason = _("This address does not know the method %(method)s.", method=str(connection.scope.get("method", "")))
        return problem(connection, status, reason, headers=headers)
    if status == 413:
        return problem(connection, status, _("This file is too large. The limit is %(n)s MB.", n=64))
    return problem(connection, status, NOT_UNDERSTOOD, fields=_faults_of(error.extra), headers=headers)


def _faults_of(extra: Any) -> dict[str, str]:
    """The framework's complaints about parameters, by their names."""
    if not isinstance(extra, Sequence) or isinstance(extra, str):
        return {}
    found = [fault for fault in extra if isinstance(fault, Mapping) and "message" in fault]
    return {str(fault.get("key", "body")): str(fault["message"]) for fault in found}
