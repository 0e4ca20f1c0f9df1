"""Structured logs without personal data: one line an event, JSON for machines in production, words on a terminal.

A line holds words of ours, ids, names of routes and jobs, figures; whose request or job it belongs to comes by itself.
It never holds a form's field, a body, a cookie, a token, a password, a name or an address: what an error says of
itself may quote any of them, so only its kind and where it arose are kept, and its words where they are a connection's.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import IO, Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from structlog.types import Processor

from saas.kernel import tenancy
from saas.kernel.metrics import BEGUN

QUIET = ("httpx", "arq", "weasyprint", "fontTools", "asyncio", "polars", "mail.log", "uvicorn.access")
SERVERS = ("uvicorn", "uvicorn.error")  # they bring handlers of their own
REFERENCE = "reference"  # of a request: in its lines, in its scope, and on the page when it fails
FRAMES = 30  # the innermost calls of a failure that are kept
SECRETS = re.compile(
    r"pass(word|wd)?|secret|token|cookies?|csrf|authorization|credential|proof|api_?key|body|form|fields"
)
LINK = re.compile(r"/l/[^/\s\"']+")  # the address of a link opens it
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;]+")
NUMBER = re.compile(r"(?<![\w-])\d{9,}(?![\w-])")  # of a telephone, an account, a person
QUOTED_BY_DATABASE = re.compile(r"\n(DETAIL|CONTEXT|\[SQL|\[parameters).*", re.DOTALL)
LEFT_OUT = "…"
UNTOLD = ("/health", "/metrics", "/static")
Line = MutableMapping[str, Any]
log = structlog.get_logger("saas.web")


class _Stderr(logging.StreamHandler[Any]):
    """Where standard error is now, not where it was when the handler was made."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:
        return sys.stderr


class _File(logging.FileHandler):
    """Where the terminal is kept for a person who watches."""


def configure(*, as_json: bool, to: Path | None = None) -> None:
    """For the whole process, its libraries included. The first call stands; `to` keeps warnings in a file instead."""
    root = logging.getLogger()
    if any(isinstance(one, _Stderr | _File) for one in root.handlers):
        return
    _quiet()
    root.addHandler(handler(as_json=as_json, to=to))
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def handler(*, as_json: bool, to: Path | None = None) -> logging.Handler:
    """Writes lines of either format: to standard error, or to a file."""
    made: logging.Handler = _Stderr() if to is None else _File(to)
    made.setLevel(logging.INFO if to is None else logging.WARNING)
    made.setFormatter(_formatter(as_json=as_json))
    return made


def telling_apart(app: ASGIApp) -> ASGIApp:
    """Middleware, an outer one: every line of a request carries its reference."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            reference_of(scope)
        await app(scope, receive, send)

    return middleware


def reference_of(scope: Scope) -> str:
    """The request's, made when it is first asked for."""
    known: Any = scope.get(REFERENCE)
    if known is None:
        known = f"a{secrets.token_hex(5)[1:]}"  # ten digits would be left out as a telephone number
        scope[REFERENCE] = known  # type: ignore[literal-required]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**{REFERENCE: known})
    return str(known)


def address_of(scope: Scope) -> str:
    """A firm's path, which holds ids, without the firm's name; else the pattern: a part of it may open something."""
    pattern = str(scope.get("path_template") or "(none)")
    return re.sub(r"^/f/[^/]+", "/f/-", str(scope["path"])) if pattern.startswith("/f/{slug") else pattern


async def telling(message: Message, scope: Scope) -> None:
    """A hook on every answer, for production: one line each, but for what machines ask all day."""
    if scope["type"] != ScopeType.HTTP or message["type"] != "http.response.start":
        return
    if not (address := address_of(scope)).startswith(UNTOLD):
        begun: Any = scope.get(BEGUN)
        ms = round((time.perf_counter() - begun) * 1000) if begun is not None else None
        log.info("answered", method=scope["method"], path=address, status=message["status"], ms=ms)


def _quiet() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SERVERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _whose,
    ]


def _formatter(*, as_json: bool) -> logging.Formatter:
    last: list[Processor] = (
        [_failure, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_secrets, *last],
    )


def _whose(_logger: Any, _method: str, line: Line) -> Line:
    firm = tenancy.firm_or_none()
    if firm is not None:
        line.setdefault("firm", str(firm))
    return line


def _without_secrets(_logger: Any, _method: str, line: Line) -> Line:
    for name, value in line.items():
        if SECRETS.fullmatch(name.lower()):
            line[name] = LEFT_OUT
        elif isinstance(value, str):
            line[name] = scrubbed(value)
    return line


def scrubbed(text: str) -> str:
    """Without credentials, links of clients, addresses, long numbers, and what the database quotes of a row."""
    text = QUOTED_BY_DATABASE.sub("", text)
    for pattern, instead in ((CREDENTIALS, ""), (LINK, f"/l/{LEFT_OUT}"), (ADDRESS, LEFT_OUT), (NUMBER, LEFT_OUT)):
        text = pattern.sub(instead, text)
    return text


def _failure(_logger: Any, _method: str, line: Line) -> Line:
    """An error as {kind, said, at: innermost calls}, for each error that led to it."""
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if error is None and given:
        error = sys.exc_info()[1]
    chain: list[dict[str, Any]] = []
    while error is not None and len(chain) < 4:
        calls = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{call.filename.rpartition('/src/')[2]}:{call.lineno} {call.name}" for call in calls]
        chain.append({"kind": type(error).__name__, "said": _said(error), "at": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if chain:
        line["error"] = chain
    return line


def _said(error: BaseException) -> str:
    """A connection's own words; of the database the code of its error; of others nothing."""
    if isinstance(error, DBAPIError):
        return str(getattr(error.orig, "sqlstate", "") or "")
    return scrubbed(str(error))[:300] if isinstance(error, OSError | RedisError) else ""
