"""Structured logs without personal data: never local variables, cookies or form fields, only what a line names."""

from __future__ import annotations

import logging
from typing import Any

import structlog

QUIET = ("httpx", "arq", "weasyprint", "fontTools", "asyncio", "polars")


def configure(*, as_json: bool) -> None:
    """One line an event: JSON for machines in production, readable in development."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        cache_logger_on_first_use=True,
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
