"""The firm's colour: readable by day and by night, refused where it is not, shown on clients' pages and letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.firms.choices import CHOICES, choose
from saas.firms.choices_page import read
from saas.firms.colours import LEAST, NIGHT, PAGE, WHITE, checked, contrast, stylesheet
from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.notices.frame import face_of
from tests.cast import Cast


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("000000", WHITE), 2) == 21.0
    assert round(contrast("767676", WHITE), 2) == 4.54
    assert contrast("0D6366", "0D6366") == 1.0


@pytest.mark.parametrize("wrong", ["#FFD700", "FFFFFF", "red", "#12345", "0D6366;}", "javascript:"])
def test_what_nobody_could_read_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        read(CHOICES["accent_colour"], [wrong])
    assert (checked(""), checked("#0d6366")) == ("", "0D6366")


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_that_is_taken_can_be_read_by_day_and_by_night(number: int) -> None:
    try:
        tone = checked(f"{number:06x}")
    except Invalid:
        return
    found = dict(re.findall(r"--([\w-]+):var\(--if-light,#(\w{6})\)", stylesheet(tone)))
    night = dict(re.findall(r"--([\w-]+):var\(--if-light,#\w{6}\) var\(--if-dark,#(\w{6})\)", stylesheet(tone)))
    assert min(contrast(found["accent"], PAGE), contrast(found["accent-hover"], PAGE)) >= LEAST
    assert contrast(found["on-accent"], found["accent"]) >= LEAST
    assert contrast(night["accent"], NIGHT) >= LEAST
    assert contrast(night["on-accent"], night["accent"]) >= LEAST


async def test_the_colour_goes_along_with_the_firm(cast: Cast, as_person) -> None:  # type: ignore[no-untyped-def]
    nobody = await as_person("nobody")
    sheet = await nobody.get("/brand/7A1F3D.css")
    assert (sheet.status_code, sheet.headers["content-type"].split(";")[0]) == (200, "text/css")
    assert [(await nobody.get(f"/brand/{name}")).status_code for name in ("FFFFFF.css", "7A1F3D", "x.css")] == [404] * 3
    async with cast.transaction() as session:
        choose(await profile(session), "accent_colour", "7A1F3D", clock.today())
        assert (await face_of(session, cast.firm)).accent == "7A1F3D"
    preview = await (await as_person("paula")).get(f"/f/{cast.firm.slug}/settings/letterhead/preview")
    assert "/brand/7A1F3D.css" in preview.text
