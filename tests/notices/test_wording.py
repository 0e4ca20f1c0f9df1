"""A firm’s own words in its letters: who may write them, what they must keep; issued letters stay as they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from saas.clients.models import Client
from saas.firms.models import FirmProfile
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.errors import Invalid
from saas.notices import documents, plain_words
from saas.notices.documents import Pictures
from saas.notices.frame import frame_of
from saas.notices.models import Notice
from saas.notices.phrases import LOCALES, PHRASES, Phrase, own_words, reword, shown, taken
from saas.notices.pictures import pictures_of
from saas.notices.wording import in_words, phrase, starter
from saas.services.offering.tiers import set_tier
from tests.cast import Browser
from tests.notices.conftest import Office

People = Callable[[str], Awaitable[Browser]]
AGREE = "receipt.agree"
OURS = {"zh": "我单位确认无误", "en": "We confirm"}


def at(office: Office, path: str = "") -> str:
    return f"/f/{office.cast.firm.slug}/settings/wording{path}"


async def words_today(office: Office) -> dict[str, dict[str, str]]:
    async with office.cast.transaction() as session:
        return own_words((await session.scalars(select(FirmProfile))).one(), clock.today())


async def letter(notice: Notice) -> str:
    return documents.html(documents.of_approved(notice, await pictures_of(notice.content["letter"]["sender"])))


@pytest.mark.parametrize("path", ["", "/preview", "/preview?language=en&kind=completion", f"/{AGREE}"])
async def test_everyone_of_the_firm_sees_the_words_and_nobody_else(
    office: Office, as_person: People, path: str
) -> None:
    for name, status in (("mara", 200), ("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(at(office, path))).status_code == status, name


async def test_owner_and_manager_may_change_them(office: Office, as_person: People) -> None:
    for name, status in (("ben", 403), ("quinn", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        answer = await (await as_person(name)).post(at(office, f"/{AGREE}"), dict(OURS))
        assert answer.status_code == status, name
    assert await words_today(office) == {}
    mara = await as_person("mara")
    for _twice in range(2):
        assert (await mara.post(at(office, f"/{AGREE}"), dict(OURS))).status_code == 303
    assert await words_today(office) == {AGREE: OURS}
    async with office.cast.transaction() as session:
        deeds = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "notice.reword")))
    assert len(deeds) == 1
    assert deeds[0].detail["after"] == OURS
    assert OURS["zh"] in (await mara.get(at(office))).text


async def test_letters_approved_afterwards_say_them_and_issued_ones_do_not_change(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    before = await office.issued()
    printed, sealed = await letter(before), before.file_sha256
    mara = await as_person("mara")
    for path, words in (
        (AGREE, OURS),
        ("cause.entry.sentence", {"zh": "差错在于：{原因说明}。", "en": "It was: {cause}."}),
    ):
        assert (await mara.post(at(office, f"/{path}"), words)).status_code == 303
    after = await office.issued(subject_id=None)
    assert OURS["zh"] in await letter(after)
    assert OURS["zh"] not in printed
    assert await letter(await office.fresh(before.id)) == printed
    assert (await office.fresh(before.id)).file_sha256 == sealed
    told = {n.id: str(plain_words.told(n, "zh")["sections"]) for n in (before, after)}
    assert "差错在于" in told[after.id]
    assert "差错在于" not in told[before.id]
    assert phrase("zh", "receipt", "agree") == "同意"


async def test_words_for_a_later_day_wait_and_the_starters_come_back(office: Office, as_person: People) -> None:
    mara, later = await as_person("mara"), clock.today() + timedelta(days=3)
    await mara.post(at(office, f"/{AGREE}"), {**OURS, "since": later.isoformat()})
    assert await words_today(office) == {}
    assert later.isoformat() in (await mara.get(at(office))).text
    refused = await mara.post(at(office, f"/{AGREE}"), {**OURS, "since": "2020-01-01"})
    assert refused.status_code == 422
    await mara.post(at(office, f"/{AGREE}"), dict(OURS))
    assert await words_today(office) == {AGREE: OURS}
    await mara.post(at(office, f"/{AGREE}"), {"reset": "yes"})
    assert await words_today(office) == {}


async def test_what_breaks_a_letter_is_refused_at_the_field(office: Office, as_person: People) -> None:
    mara = await as_person("mara")
    path = "/adjustment.part.6.text"
    answer = await mara.post(
        at(office, path), {"zh": "请答复。", "en": "Please reply by {reply by}, 100 % {nonsense}."}
    )
    assert answer.status_code == 422
    for words in ("请保留 {答复期限}", "{nonsense} 不是本措辞", "请答复。"):
        assert words in answer.text
    assert await words_today(office) == {}
    assert (await mara.get(at(office, "/receipt.nothing"))).status_code == 404
    assert (await mara.post(at(office, "/receipt.nothing"), dict(OURS))).status_code == 404


async def test_a_phrase_is_seen_in_the_letter_before_it_is_kept(office: Office, as_person: People) -> None:
    mara = await as_person("mara")
    answer = await mara.post(at(office, f"/{AGREE}/preview?language=en"), dict(OURS))
    assert answer.status_code == 200
    assert OURS["en"] in answer.text
    assert await words_today(office) == {}
    assert (await (await as_person("ben")).post(at(office, f"/{AGREE}/preview"), dict(OURS))).status_code == 403


@pytest.mark.parametrize("path", PHRASES)
def test_every_phrase_survives_being_edited(path: str) -> None:
    wanted = PHRASES[path]
    for locale in LOCALES:
        assert taken(wanted, shown(wanted.starter[locale], locale), locale) == wanted.starter[locale]
        assert str(wanted.name)


def test_a_percent_sign_is_a_percent_sign() -> None:
    wanted = PHRASES["receipt.text"]
    kept = taken(wanted, "编号 {通知书编号}，100% 同意", "zh")
    assert kept % {"notice": "1"} == "编号 1，100% 同意"
    assert shown(kept, "zh") == "编号 {通知书编号}，100% 同意"
    with pytest.raises(Invalid):
        taken(wanted, " ", "zh")


def test_the_starters_words_are_not_touched() -> None:
    with in_words({AGREE: OURS}):
        assert phrase("en", "receipt", "agree") == OURS["en"]
    assert starter()["receipt"]["agree"]["zh"] == "同意"


def test_the_same_words_again_are_no_change() -> None:
    profile, day = FirmProfile(choices={}), date(2026, 11, 22)
    wanted = PHRASES[AGREE]
    assert not reword(profile, wanted, wanted.starter, day)
    assert reword(profile, wanted, OURS, day)
    assert not reword(profile, wanted, OURS, day)
    assert own_words(profile, day - timedelta(days=1)) == {}


def test_a_tier_has_words_of_its_own_and_all_others_those_for_everybody() -> None:
    profile, day, gold = FirmProfile(choices={}), date(2026, 11, 22), Phrase(AGREE, "gold")
    theirs = {"zh": "我单位确认，感谢贵所", "en": "We confirm, with thanks"}
    assert reword(profile, PHRASES[AGREE], OURS, day)
    assert not reword(profile, gold, OURS, day)  # what everybody gets is nothing of one's own
    assert reword(profile, gold, theirs, day)
    assert [own_words(profile, day, tier)[AGREE] for tier in ("gold", "basic", "")] == [theirs, OURS, OURS]
    assert reword(profile, gold, None, day)
    assert own_words(profile, day, "gold")[AGREE] == OURS


async def test_a_letter_speaks_in_the_words_of_its_clients_tier(office: Office, as_person: People) -> None:
    """Chosen at the phrase; a tier that does not exist is a page that does not exist."""
    mara = await as_person("mara")
    theirs = {"zh": "我单位确认，感谢贵所", "en": "We confirm, with thanks"}
    assert (await mara.get(at(office, f"/{AGREE}@platinum"))).status_code == 404
    assert "金牌" in (await mara.get(at(office, f"/{AGREE}"))).text
    assert (await mara.post(at(office, f"/{AGREE}@gold"), theirs)).status_code == 303
    assert "我单位确认，感谢贵所" in (await mara.get(at(office, f"/{AGREE}@gold"))).text
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        client = (await session.scalars(select(Client).where(Client.id == notice.client_id))).one()
        words = []
        for tier in ("", "gold"):
            if tier:
                await set_tier(session, client, tier, clock.today(), "年费客户", office.cast.mara, clock.now())
            frame = await frame_of(session, notice)
            words.append(documents.html(documents.of_draft(notice, frame, clock.today(), Pictures())))
    assert [theirs["zh"] in html for html in words] == [False, True]
