"""Lines for machines and for eyes: whose they are, and never what people wrote or what opens something."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from litestar.types import Scope
from sqlalchemy.exc import IntegrityError

from saas.kernel import logs, tenancy

PERSONAL = ("hunter2", "xu@chengyu.example", "13800138000", "6222021234567890", "许承泽", "geheim", "abcdefgh.12345678")


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[logging.Logger]:
    """A logger of its own that writes lines of the format asked for to standard error."""
    logger = logging.getLogger(f"saas.test.{uuid4().hex}")
    handler = logs.handler(as_json=request.param)
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)
    structlog.contextvars.clear_contextvars()


def fail() -> None:
    raise IntegrityError(
        "INSERT INTO people", {"name": "许承泽"}, ValueError("DETAIL: Key (email)=(xu@chengyu.example)")
    )


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().err)
    return told


@pytest.mark.parametrize("log", [True], indirect=True)
def test_a_line_says_whose_it_is(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    firm, scope = uuid4(), {"type": "http"}
    reference = logs.reference_of(scope)  # type: ignore[arg-type]
    with tenancy.within(tenancy.firm(firm)), structlog.contextvars.bound_contextvars(job_id="j1", attempt=2):
        log.warning("left %s", "early")
    told = line(capsys)
    assert (told["event"], told["level"], told["logger"]) == ("left early", "warning", log.name)
    assert (told["firm"], told["reference"], told["job_id"], told["attempt"]) == (str(firm), reference, "j1", 2)
    assert re.fullmatch(r"a[0-9a-f]{9}", reference), "never a number, which would be left out"
    assert told["timestamp"].endswith("Z")
    assert reference == logs.reference_of(scope), "one for the whole request"  # type: ignore[arg-type]


@pytest.mark.parametrize("log", [True], indirect=True)
def test_nothing_personal_and_nothing_secret_is_written(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    told = structlog.wrap_logger(
        log, processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter], wrapper_class=structlog.BoundLogger
    )
    try:
        fail()
    except IntegrityError:
        told.error(
            "mail to xu@chengyu.example, 13800138000, 6222021234567890 by smtp://me:hunter2@relay/l/abcdefgh.12345678",
            exc_info=True, password="hunter2", cookie="geheim", form={"name": "许承泽"},
        )  # fmt: skip
    written = capsys.readouterr().err
    assert [word for word in PERSONAL if word in written] == []
    found = json.loads(written)
    assert found["error"][0]["kind"] == "IntegrityError"
    assert found["error"][0]["said"] == ""
    assert any(place.endswith(" fail") for place in found["error"][0]["at"])
    assert "relay" in found["event"]


@pytest.mark.parametrize("log", [True], indirect=True)
def test_a_connection_that_fails_says_why(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("away", exc_info=ConnectionRefusedError("nobody listens there"))
    assert line(capsys)["error"] == [{"kind": "ConnectionRefusedError", "said": "nobody listens there", "at": []}]


@pytest.mark.parametrize("log", [False], indirect=True)
def test_a_terminal_gets_words(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("the relay waits")
    written = capsys.readouterr().err
    assert "the relay waits" in written
    assert not written.lstrip().startswith("{")
    assert "\x1b[" not in written, "colours only where somebody watches"


@pytest.mark.parametrize(
    ("pattern", "path", "told"),
    [
        ("/f/{slug:str}/cases/{case_id:uuid}", "/f/hengxi/cases/1", "/f/-/cases/1"),
        ("/reset/{token:str}", "/reset/geheim", "/reset/{token:str}"),
        (None, "/l/geheim/../x", "(none)"),
    ],
)
def test_an_address_that_opens_something_is_told_by_its_pattern(pattern: str | None, path: str, told: str) -> None:
    scope: Scope = {"path": path, "path_template": pattern}  # type: ignore[typeddict-item,assignment]
    assert logs.address_of(scope) == told
