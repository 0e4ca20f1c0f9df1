"""Hostile strings in letters: nothing is fetched, nothing breaks, what cannot be printed is refused in words."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from saas.firms.models import FirmProfile
from saas.insights.reports.printing import html as report_page
from saas.insights.reports.printing import pdf as report_pdf
from saas.insights.reports.sheet import Sheet
from saas.kernel import documents, tenancy
from saas.kernel.documents import DocumentRefusedError
from saas.kernel.identifiers import uuid7
from saas.kernel.sandbox import ExhaustedError
from saas.notices import documents as letters
from tests.insights.printed import sheet as report_sheet
from tests.trust.papers import KINDS, letter

FEW, ALL = 12, 100
WHEN = datetime(2026, 11, 22, tzinfo=UTC)
SHAPES = (
    '<img src="http://127.0.0.1:{port}/a.png">',
    "<link rel=stylesheet href='http://127.0.0.1:{port}/x.css'>",
    "<style>@import url(http://127.0.0.1:{port}/i.css);</style>",
    '<a href="file:///etc/passwd">x</a><object data="file:///etc/passwd"></object>',
    '"><svg onload=fetch("http://127.0.0.1:{port}")><image href="http://127.0.0.1:{port}/s"/></svg>',
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    "url(http://127.0.0.1:{port}/css) expression(alert(1))",
    "</p></body></html><iframe src=http://127.0.0.1:{port}>",
    "<base href=http://127.0.0.1:{port}/><img src=x>",
    "\u202e\u2066reversed\u2069\u202c",
    "𠮷𡈽 " + "\U0001f9fe",
    "A" * 3000,
    "&#x3c;img src=http://127.0.0.1:{port}/e&#x3e;",
    "%(name)s %s {0} ${x}",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'http://127.0.0.1:{port}/d'>]>&e;",
    "\x00\x08\x1b[31m",
)


@contextmanager
def canary() -> Iterator[tuple[int, list[object]]]:
    """A port that nobody may ask; whoever did is in the list."""
    listening, asked = socket.socket(), []
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    listening.setblocking(False)
    yield listening.getsockname()[1], asked
    while True:
        try:
            asked.append(listening.accept())
        except BlockingIOError:
            break
    listening.close()


def hostile(count: int, port: int) -> list[str]:
    """Strings made of hostile parts, the same for the same number."""
    made = []
    for number in range(count):
        chance = random.Random(f"letters {number}")
        made.append(
            " ".join(chance.choice(SHAPES).replace("{port}", str(port)) for _time in range(chance.randint(1, 3)))
        )
    return made


async def _print(count: int) -> tuple[int, int, list[object], list[str]]:
    """How many were printed, how many refused in words, who asked the canary, and what went wrong otherwise."""
    printed, refused, wrong = 0, 0, []
    with canary() as (port, asked), tenancy.within(tenancy.firm(uuid7())):
        for number, words in enumerate(hostile(count, port)):
            form = letter(KINDS[number % len(KINDS)], words, ("zh", "en")[number // len(KINDS) % 2])
            try:
                pdf = await letters.pdf(form, WHEN)
                printed += pdf.startswith(b"%PDF")
            except DocumentRefusedError:
                refused += 1
            except (ExhaustedError, ValueError, KeyError, TypeError, OSError) as error:
                wrong.append(f"{number} ({form.kind}): {error!r}")
        await asyncio.sleep(0.1)
    return printed, refused, asked, wrong


async def _all(count: int) -> None:
    try:
        printed, refused, asked, wrong = await _print(count)
    finally:
        documents.cool_down()
    assert asked == []
    assert wrong == []
    assert printed + refused == count
    assert printed >= count // 3, "most of them are only strange and must be printed"


def test_a_hostile_monthly_report_is_words() -> None:
    """Its only free words are the firm's own; printing is the full form below."""
    page = report_page(hostile_sheet(" ".join(SHAPES)), "zh")
    assert "127.0.0.1" in page
    assert "127.0.0.1" not in re.sub(r">[^<]*<", "><", page), "only between tags, never in one"


@pytest.mark.full
async def test_a_hostile_monthly_report_reaches_nothing(settings: object) -> None:
    with canary() as (port, asked), tenancy.within(tenancy.firm(uuid7())):
        assert (await report_pdf(hostile_sheet(SHAPES[0].replace("{port}", str(port))), "zh")).startswith(b"%PDF")
    documents.cool_down()
    assert asked == []


def hostile_sheet(words: str) -> Sheet:
    profile = FirmProfile(name=words, name_en=words, licence_number=words, address=words, address_en=words,
                          phone=words, email=words)  # fmt: skip
    return replace(report_sheet(), profile=profile)


async def test_a_dozen_hostile_letters(settings: object) -> None:
    await _all(FEW)


@pytest.mark.full
async def test_a_hundred_hostile_letters(settings: object) -> None:
    await _all(ALL)
