"""The register in the browser: who may, many at once, a list read back, clients that leave or merge."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select, update

from saas.clients.models import Client
from saas.filings import planning
from saas.filings.models import RegisteredFiling as Filing
from saas.kernel import clock
from tests.cases.story import make_client
from tests.cast import Browser, Cast

AsPerson = Callable[[str], Awaitable[Browser]]
BEFORE, NOW = datetime(2026, 11, 2, 2, tzinfo=UTC), datetime(2026, 11, 18, 2, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


async def register(cast: Cast, count: int = 1) -> list[Any]:
    with clock.at(BEFORE):
        made = [(await make_client(cast, filing_period="month"))[0] for _n in range(count)]
        async with cast.transaction() as session:
            await planning.plan(session)
    return made


async def rows(cast: Cast) -> Sequence[Filing]:
    async with cast.transaction() as session:
        return (await session.scalars(select(Filing).order_by(Filing.due_on, Filing.code))).all()


HEADINGS = "客户名称,税号,税种,所属期,申报日期,受理日期,应补退税额,零申报"


def csv_of(*lines: str) -> dict[str, tuple[str, bytes, str]]:
    return {"file": ("申报.csv", "\n".join((HEADINGS, *lines)).encode(), "text/csv")}


async def test_pages_and_many_accepted_at_once(cast: Cast, as_person: AsPerson) -> None:
    [client] = await register(cast)
    first = (await rows(cast))[0]
    at = f"/f/{cast.firm.slug}"
    with clock.at(NOW):
        for path in (
            "/filings?month=2026-11",
            f"/filings/{first.id}",
            f"/clients/{client.id}/filings",
            "/filings/measures",
        ):
            for name, status in (("ada", 200), ("ben", 200), ("otto", 404), ("nobody", 303)):
                assert (await (await as_person(name)).get(at + path)).status_code == status, (path, name)
        ben, ada = await as_person("ben"), await as_person("ada")
        assert "漏报" in (await ben.get(f"{at}/filings?month=2026-11&show=late")).text
        assert "受理日期" in (await ben.get(f"{at}/filings/{first.id}")).text
        assert (await ben.get(f"{at}/filings?month=nonsense&show=x")).status_code == 200
        form = {"accepted_on": "2026-11-17", "filing": [str(r.id) for r in await rows(cast) if r.due_on.month == 11]}
        accept = f"{at}/filings/accept?month=2026-11"
        assert (await ada.post(accept, form)).status_code == 403
        assert (await ben.post(accept, {"accepted_on": "2026-11-17"})).status_code == 422
        assert (await ben.post(accept, {**form, "accepted_on": "2026-12-17"})).status_code == 422
        for _twice in range(2):
            assert (await ben.post(accept, form)).status_code == 303
        stored = [r for r in await rows(cast) if r.due_on.month == 11]
        assert {r.accepted_on for r in stored} == {date(2026, 11, 17)}
        receipt = {"filed_on": "2026-11-16", "accepted_on": "2026-11-16", "payable": "1,234.50"}
        saved = await ben.post(f"{at}/filings/{first.id}/record", receipt, {"files": ("回执.png", PNG, "image/png")})
        assert saved.status_code == 303
        [kept] = (await rows(cast))[0].receipts
        assert (await ada.get(f"{at}/filings/{first.id}/receipts/{kept['sha256']}")).content == PNG
        wrong = await ben.post(f"{at}/filings/{first.id}/record", {**receipt, "zero": "yes"})
        assert (wrong.status_code, "1,234.50" in wrong.text) == (422, True)
        amended = {"amended_on": "2026-11-18", "cause": "own", "note": "进项税额填错"}
        assert (await ben.post(f"{at}/filings/{first.id}/amend", amended)).status_code == 303
        assert "进项税额填错" in (await ben.get(f"{at}/filings/{first.id}")).text
        coming = next(r for r in await rows(cast) if r.due_on.month == 12)
        assert (await ben.post(f"{at}/filings/{coming.id}/waive", {"reason": ""})).status_code == 422
        assert (await ben.post(f"{at}/filings/{coming.id}/waive", {"reason": "核定不报"})).status_code == 303
        assert (await ben.post(f"{at}/filings/{coming.id}/put-back")).status_code == 303
        assert (
            await (await as_person("otto")).post(f"{at}/filings/{coming.id}/waive", {"reason": "x"})
        ).status_code == 404


async def test_a_list_is_shown_then_stored_once(cast: Cast, as_person: AsPerson) -> None:
    [client] = await register(cast)
    at = f"/f/{cast.firm.slug}/filings"
    given = csv_of(
        f"{client.name},,增值税及附加税费,2026-10,2026-11-12,2026-11-12,3200.00,",
        f",{client.uscc},印花税,2026年第三季度,2026-10-20,2026-10-20,0,是",
        "没有的公司,,增值税,2026-10,2026-11-12,2026-11-12,1,",
        f"{client.name},,天书税,2026-10,昨天,2026-11-12,一百,",
        f"{client.name},,增值税,2026-Q3,2026-10-20,2026-10-20,,",
        f"{client.name},,个税,2026-10,,,,",
    )
    with clock.at(NOW):
        ben = await as_person("ben")
        for name, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(f"{at}/import")).status_code == status, name
        assert (await ben.post(f"{at}/import", files={"file": ("x.csv", b"a,b\n1,2", "text/csv")})).status_code == 422
        before = len(await rows(cast))
        shown = await ben.post(f"{at}/import", files=given)
        assert len(await rows(cast)) == before
        for reason in (
            "没有名为“没有的公司”的客户",
            "“天书税”不是",
            "“昨天”不是日期",
            "“一百”不是金额",
            "周期与此不同",
            "既没有申报日期",
        ):
            assert reason in shown.text, reason
        hidden = dict(re.findall(r'name="(sha256|shown|file_name)" value="([^"]*)"', shown.text))
        for _twice in range(2):
            assert (await ben.post(f"{at}/import/confirm", hidden)).status_code == 303
        stored = {(r.code, r.period): r for r in await rows(cast)}
        assert len(stored) == before + 1
        assert (stored["vat", "2026-10"].source, stored["vat", "2026-10"].payable.fen) == ("imported", 320000)
        assert (stored["stamp_tax", "2026-Q3"].zero, stored["stamp_tax", "2026-Q3"].due_on) == (
            True,
            date(2026, 10, 26),
        )
        again = await ben.post(f"{at}/import", files=given)
        assert 'name="shown"' not in again.text  # the same file twice has nothing to store
        paula = await as_person("paula")
        sheet = load_workbook(BytesIO((await paula.get(f"{at}/export?month=2026-11")).content)).active
        assert sheet.max_row == 3
        assert (await ben.get(f"{at}/export")).status_code == 403


async def test_clients_leave_and_become_one(cast: Cast, as_person: AsPerson) -> None:
    first, second, third = await register(cast, 3)
    paula, at = await as_person("paula"), f"/f/{cast.firm.slug}/clients"
    async with cast.transaction() as session:
        await session.execute(update(Client).where(Client.id == second.id).values(uscc=""))
    with clock.at(BEFORE):
        assert (await paula.post(f"{at}/{first.id}/archive")).status_code == 303
        assert (await paula.post(f"{at}/{second.id}/merge", {"into_id": str(third.id)})).status_code == 303
        async with cast.transaction() as session:
            await planning.plan(session)
    left = [r.client_id for r in await rows(cast)]
    assert set(left) == {third.id}
    assert len(left) == 4
