"""Names, pictures, calendar and choices: who may change them, what is refused, from when they count."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from saas.firms.calendar import working_calendar
from saas.firms.choices import CHOICES, choice, choose, chosen, history, second_factor_roles
from saas.firms.models import FirmProfile, WorkingHours
from saas.firms.pictures import redraw
from saas.firms.standing import second_factor_required
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.errors import Invalid, SecondFactorNeeded
from saas.kernel.standing import require_second_factor
from tests.cast import Browser, Cast, make_kind

People = Callable[[str], Awaitable[Browser]]


def _at(cast: Cast, path: str = "") -> str:
    return f"/f/{cast.firm.slug}/settings{path}"


async def _profile(cast: Cast) -> FirmProfile:
    async with cast.transaction() as session:
        return (await session.scalars(select(FirmProfile))).one()


def _picture(size: tuple[int, int] = (40, 20), kind: str = "PNG", **extra: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#0D6366").save(out, kind, **extra)
    return out.getvalue()


async def test_the_firm_says_what_its_letters_show(cast: Cast, as_person: People, database: Database) -> None:
    paula = await as_person("paula")
    fields = {
        "name": "衡溪会计服务（杭州）有限公司",
        "name_en": "Hengxi Accounting",
        "uscc": "91110000600037341l",
        "licence_number": "DLJZ33010620190057",
        "address": "杭州市西湖区文溪路 88 号",
        "locale": "en",
    }
    assert (await (await as_person("ben")).post(_at(cast), fields)).status_code == 403
    for wrong in ({"uscc": "91110000600037341M"}, {"email": "no address"}, {"name": ""}, {"locale": "fr"}):
        assert (await paula.post(_at(cast), {**fields, **wrong})).status_code == 422
    for _time in range(2):
        assert (await paula.post(_at(cast), fields)).status_code == 303
    profile = await _profile(cast)
    assert (profile.name, profile.uscc, profile.locale) == (fields["name"], "91110000600037341L", "en")
    async with database.transaction(tenancy.PLATFORM) as session:
        assert (await session.get_one(Firm, cast.firm.id)).name == fields["name"]
    async with cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == "firms.change_settings")
        entry = (await session.scalars(query)).one()
        assert entry.detail["changed"]["name"] == ["衡溪会计", fields["name"]]
    preview = (await paula.get(_at(cast, "/letterhead/preview"))).text
    assert fields["name"] in preview
    assert fields["address"] in preview


async def test_a_logo_is_drawn_anew(cast: Cast, as_person: People) -> None:
    mara, address = await as_person("mara"), _at(cast, "/pictures/logo")
    upload = {"picture": ("logo.png", _picture((2000, 1000)), "image/png")}
    assert (await (await as_person("ben")).post(address, files=upload)).status_code == 403
    assert (await mara.post(address, files=upload)).status_code == 303
    digest = (await _profile(cast)).logo_sha256
    picture = f"/pictures/{cast.firm.code}/{digest}"
    nobody = await as_person("nobody")
    answer = await nobody.get(picture)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.content)).size == (800, 400)
    assert "immutable" in answer.headers["cache-control"]
    assert picture in (await mara.get(_at(cast, "/letterhead/preview"))).text
    assert picture in (await mara.get(f"/f/{cast.firm.slug}/work")).text, "the side bar shows it"
    assert (await nobody.get(f"/pictures/{cast.other_firm.code}/{digest}")).status_code == 404
    assert (await mara.post(_at(cast, "/pictures/wallpaper"), files=upload)).status_code == 404
    assert (await mara.post(address, {"remove": "yes"})).status_code == 303
    assert (await _profile(cast)).logo_sha256 == ""
    assert (await nobody.get(picture)).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"0" * 40,
        _picture()[:40],
        b"\x89PNG\r\n\x1a\n" + b"0" * 5_000_000,
        _picture((7000, 10)),
    ],
    ids=["empty", "svg", "gif", "truncated", "huge", "wide"],
)
async def test_nothing_but_a_picture_is_taken(cast: Cast, as_person: People, content: bytes) -> None:
    mara = await as_person("mara")
    answer = await mara.post(_at(cast, "/pictures/seal"), files={"picture": ("seal.png", content, "image/png")})
    assert answer.status_code == 422
    assert (await _profile(cast)).seal_sha256 == ""


async def test_what_a_camera_wrote_into_a_picture_is_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    drawn = await redraw(_picture(pnginfo=notes))
    assert b"somebody" not in drawn
    assert drawn.startswith(b"\x89PNG")
    with pytest.raises(Invalid):
        await redraw(b"nothing")


async def test_hours_count_from_a_day_on(cast: Cast, as_person: People) -> None:
    mara, today = await as_person("mara"), clock.today()
    later = today + timedelta(days=10)
    fields = {"hours": "08:30-12:00, 13:00-17:30", "valid_from": later.isoformat()}
    address = _at(cast, "/calendar/hours")
    assert (await (await as_person("ben")).post(address, fields)).status_code == 403
    for wrong in ({"hours": "nine to five"}, {"hours": ""}, {"valid_from": (today - timedelta(1)).isoformat()}):
        assert (await mara.post(address, {**fields, **wrong})).status_code == 422
    for _time in range(2):
        assert (await mara.post(address, fields)).status_code == 303
    async with cast.transaction() as session:
        assert len((await session.scalars(select(WorkingHours))).all()) == 1
        assert (await working_calendar(session)).minutes_per_day == 450, "not yet"
        with clock.at(datetime.combine(later, datetime.min.time(), UTC) + timedelta(hours=12)):
            assert (await working_calendar(session)).minutes_per_day == 480


async def test_special_days_move_the_firms_own_deadlines(cast: Cast, as_person: People) -> None:
    mara, day = await as_person("mara"), date(2026, 12, 31)
    assert (
        await mara.post(_at(cast, "/calendar/days"), {"day": day.isoformat(), "hours": "09:00-12:00"})
    ).status_code == 303
    async with cast.transaction() as session:
        calendar = await working_calendar(session)
        assert [str(stretch) for stretch in calendar.hours_of(day)] == ["09:00–12:00"]
    assert (await mara.post(_at(cast, "/calendar/days"), {"day": day.isoformat()})).status_code == 303
    async with cast.transaction() as session:
        assert not (await working_calendar(session)).is_working(day)
    assert (await mara.post(_at(cast, "/calendar/days/remove"), {"day": day.isoformat()})).status_code == 303
    async with cast.transaction() as session:
        assert len((await working_calendar(session)).hours_of(day)) == 2
    assert (await mara.post(_at(cast, "/calendar/days"), {"day": "2026-02-30"})).status_code == 422


async def test_a_year_without_its_list_is_said_to_be_provisional(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    await ben.post("/locale", {"locale": "en"})
    assert "provisional" in (await ben.get(_at(cast, "/calendar?year=2027"))).text
    page = (await ben.get(_at(cast, "/calendar?year=2026"))).text
    assert "The holidays of 2027 are not here yet" in page, "from November on it is missed"
    assert "1 Oct – 7 Oct" in page


def test_choices_keep_their_history() -> None:
    profile = FirmProfile(name="衡溪", choices={"uncertain_mail": "ask"})
    assert chosen(profile, "uncertain_mail") == "ask", "a bare value counts from the beginning"
    assert chosen(profile, "manager_risk") == 15
    choose(profile, "manager_risk", 12, date(2026, 3, 1))
    choose(profile, "manager_risk", 9, date(2026, 6, 1))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [chosen(profile, "manager_risk", day) for day in days] == [15, 12, 12, 9]
    choose(profile, "manager_risk", 20, date(2026, 3, 1))
    assert history(profile, "manager_risk") == [("2026-03-01", 20)], "what was to come later is replaced"


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("blind_reentry_fen", "5,000.00", 500_000),
        ("manager_risk", "12", 12),
        ("letter_mark", "溪", "溪"),
        ("uncertain_mail", "ask", "ask"),
    ],
)
async def test_choices_are_made_by_name(cast: Cast, as_person: People, name: str, sent: Any, kept: Any) -> None:
    paula, address = await as_person("paula"), _at(cast, f"/choices/{name}")
    assert (await (await as_person("quinn")).post(address, {name: sent})).status_code == 403
    assert (await paula.post(address, {name: sent})).status_code == 303
    async with cast.transaction() as session:
        assert await choice(session, name) == kept
        assert await choice(session, name, clock.today() - timedelta(days=1)) == CHOICES[name].default
    assert (await paula.get(_at(cast, "/choices"))).status_code == 200


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("blind_reentry_fen", "a lot"),
        ("blind_reentry_fen", "-1"),
        ("manager_risk", "26"),
        ("manager_risk", "1.5"),
        ("letter_mark", "衡溪会计事务"),
        ("uncertain_mail", "shrug"),
    ],
)
async def test_senseless_choices_are_refused(cast: Cast, as_person: People, name: str, sent: str) -> None:
    paula = await as_person("paula")
    assert (await paula.post(_at(cast, f"/choices/{name}"), {name: sent})).status_code == 422
    assert (await paula.post(_at(cast, "/choices/colour"), {"colour": "red"})).status_code == 404
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    late = {"manager_risk": "12", "since": yesterday}
    assert (await paula.post(_at(cast, "/choices/manager_risk"), late)).status_code == 422
    async with cast.transaction() as session:
        assert await choice(session, name) == CHOICES[name].default


async def test_approvers_of_a_real_firm_need_a_second_factor(cast: Cast, settings: Settings) -> None:
    async with cast.transaction() as session:
        assert not await second_factor_required(session, cast.quinn), "a demo asks nobody"
    await make_kind(settings, cast.firm, "live")
    async with cast.transaction() as session:
        assert await second_factor_required(session, cast.quinn)
        assert not await second_factor_required(session, cast.ben)
        with pytest.raises(SecondFactorNeeded):
            await require_second_factor(session, cast.quinn)
        profile = (await session.scalars(select(FirmProfile))).one()
        choose(profile, "second_factor_roles", ["bookkeeper"], clock.today())
        assert second_factor_roles(profile, "live") == ["bookkeeper"]
        assert await second_factor_required(session, cast.ben)
        assert not await second_factor_required(session, cast.quinn)
