"""Links for the client: to report a problem, and to see where everything stands."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import select

from saas.cases.forms import Reason
from saas.cases.models import Case
from saas.clients.models import Client, Contact
from saas.kernel.identifiers import uuid7
from tests.cases import story
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

People = Callable[[str], Awaitable[Browser]]


async def handed_on(cast: Cast, ben: Browser, client: Client, contact: Contact, purpose: str) -> str:
    """A link to copy; its path."""
    at = f"/f/{cast.firm.slug}/clients/{client.id}/links/{purpose}"
    answer = await ben.post(at, {"contact_id": str(contact.id), "channel": "copy"})
    assert answer.status_code == 303, answer.text
    shown = await ben.get(answer.headers["location"])
    assert shown.status_code == 200
    assert "<svg" in shown.text
    found = re.search(r"https?://[^/\s\"]+/l/([^\s\"<]+)", shown.text)
    assert found
    return found[1]


async def reports(cast: Cast, client: Client, source: str = "client") -> list[Case]:
    async with cast.transaction() as session:
        query = select(Case).where(Case.client_id == client.id, Case.source == source)
        return list((await session.scalars(query)).all())


async def test_a_client_reports_a_problem_with_a_file(cast: Cast, as_person: People, phone: Phone) -> None:
    client, contact = await story.make_client(cast)
    token = await handed_on(cast, await as_person("ben"), client, contact, "intake")
    page = await phone.open(token)
    assert page.status_code == 200
    root = re.search(r'action="(/c/intake/[^"]+)/report"', page.text)
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert root
    assert key
    told = {"key": key[1], "title": "上月工资多记了一笔", "description": "王明已经离职", "period": "2026-10"}
    stranger = await phone.post(f"{root[1]}/report", {**told, "signed_name": "别人"})
    assert stranger.status_code == 422
    assert "王明已经离职" in stranger.text
    assert await reports(cast, client) == []
    files = {"files": ("离职证明.pdf", b"%PDF-1.7", "application/pdf")}
    for _turn in range(2):
        sent = await phone.post(f"{root[1]}/report", {**told, "signed_name": "许承泽"}, files=files)
        assert sent.status_code == 303
    [case] = await reports(cast, client)
    assert (case.state, case.source, case.reported_by, case.period) == ("new", "client", "许承泽", "2026-10")
    assert case.files[0]["name"] == "离职证明.pdf"
    thanks = await phone.get(sent.headers["location"])
    assert case.number in thanks.text
    assert [n.kind for n in await story.notifications(cast, cast.ben)] == ["answer"]
    listed = await (await as_person("paula")).get(f"/f/{cast.firm.slug}/cases/{case.id}")
    assert "王明已经离职" in listed.text
    wrong = await phone.post(f"{root[1]}/report", {**told, "key": str(uuid7()), "signed_name": "许承泽"},
                             files={"files": ("a.exe", b"MZ", "application/octet-stream")})  # fmt: skip
    assert wrong.status_code == 422
    assert len(await reports(cast, client)) == 1


async def test_a_link_has_its_daily_measure(cast: Cast, as_person: People, phone: Phone) -> None:
    client, contact = await story.make_client(cast)
    page = await phone.open(await handed_on(cast, await as_person("ben"), client, contact, "intake"))
    root = re.search(r'action="(/c/intake/[^"]+)/report"', page.text)
    assert root
    for turn in range(11):
        told = {"key": str(uuid7()), "title": f"问题 {turn}", "description": "……", "signed_name": "许承泽"}
        last = await phone.post(f"{root[1]}/report", told)
    assert last.status_code == 422
    assert len(await reports(cast, client)) == 10


async def test_the_status_page_shows_state_next_step_and_promise(cast: Cast, as_person: People, phone: Phone) -> None:
    case, client, contact = await story.opened(cast)
    page = await phone.open(await handed_on(cast, await as_person("ben"), client, contact, "status"))
    assert page.status_code == 200
    assert case.number in page.text
    assert "我们正在核对凭证" in page.text
    assert case.due_at is not None
    assert "我们承诺" in page.text
    for internal in ("评分", "陆予安", "可能性"):
        assert internal not in page.text
    await story.act(cast, case, "dismiss", cast.mara, Reason("尾差"))
    assert "没有未结事项" in (await phone.get(f"/c/status/{_link_id(page.url.path)}")).text


async def test_a_complaint_from_the_status_page_is_a_case_of_its_own(
    cast: Cast, as_person: People, phone: Phone
) -> None:
    """Only by whoever got the link, in words; sent twice it is one, and looking at the page opens nothing."""
    client, contact = await story.make_client(cast)
    page = await phone.open(await handed_on(cast, await as_person("ben"), client, contact, "status"))
    at, key = f"/c/status/{_link_id(page.url.path)}", str(uuid7())
    for wrong in ({"signed_name": "别人"}, {"text": ""}):
        assert (await phone.post(f"{at}/complain", {"key": key, "text": "三天没有回音", "signed_name": contact.name,
                                                    **wrong})).status_code == 422  # fmt: skip
    assert await reports(cast, client, "complaint") == []
    for _time in range(2):
        given = {"key": key, "text": "三天没有回音", "signed_name": contact.name}
        assert (await phone.post(f"{at}/complain", given)).status_code == 303
    [told] = await reports(cast, client, "complaint")
    assert (str(told.id), told.source, told.reported_by) == (key, "complaint", contact.name)
    assert told.number in (await phone.get(f"{at}?told={key}")).text


def _link_id(path: str) -> str:
    return path.rpartition("/")[2]


async def test_by_mail_and_for_whom(cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path) -> None:
    client, contact = await story.make_client(cast)
    _other, stranger = await story.make_client(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/links/status"
    ben = await as_person("ben")
    assert (await ben.post(at, {"contact_id": str(stranger.id), "channel": "email"})).status_code == 404
    assert (await ben.post(f"{at[:-6]}wrong", {"contact_id": str(contact.id)})).status_code == 404
    assert (await (await as_person("ada")).post(at, {"contact_id": str(contact.id)})).status_code == 403
    assert (await ben.post(at, {"contact_id": str(contact.id), "channel": "email"})).status_code == 303
    await work_through(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, "xu@example.com")
    assert "查看事项进度" in letter.subject
    assert (await phone.open(link_in(letter).removeprefix("/l/"))).status_code == 200
