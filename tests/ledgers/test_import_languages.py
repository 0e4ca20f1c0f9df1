"""Remarks and refused rows are read in the reader's language, whoever imported the file."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from saas.clients.models import Client
from saas.identity.models import Person
from saas.kernel import tenancy
from saas.kernel.i18n import Text
from saas.ledgers.frame import Reject
from saas.ledgers.models import Import
from tests.cast import Cast
from tests.ledgers.importing import HEAD, People, drop

pytestmark = pytest.mark.usefixtures("mailbox_folder")
BAD = HEAD + (
    "2026-02-30,记-1,收货款,1002,银行存款,1000.00,,陆予安\n2026-03-05,记-1,收货款,1122,应收账款,,一百,陆予安\n"
    '2026-03-05,记-2,收货款,1002,银行存款,"1.234,56",,陆予安\n2026-03-05,记-3,收货款,1002,银行存款,1,,陆予安\n2026-03-05,记-3,收货款,1122,应收账款,,1,陆予安\n'
)
ENGLISH = ("the calendar has no day 2026-02-30", "is not an amount", "The file does not say which vouchers are posted.")
CHINESE = ("日历上没有 2026-02-30 这一天", "“一百”不是金额", "可能是欧式写法")


async def test_each_reader_gets_their_own_language(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, BAD)
    chinese = {suffix: (await ben.get(f"{address}{suffix}")).text for suffix in ("", "/rejects")}
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Person).where(Person.id == cast.persons["ben"].id).values(locale="en"))
    for suffix, before in chinese.items():
        assert [s for s in CHINESE if s not in before] == []
        english = (await ben.get(f"{address}{suffix}")).text
        assert [s for s in ENGLISH[: 2 if suffix else 3] if s not in english] == []
        assert [s for s in CHINESE if s in english] == []


async def test_rows_from_before_texts_were_stored_still_read(cast: Cast, tea: Client, as_person: People) -> None:
    await drop(cast, await as_person("ben"), tea, BAD)
    async with cast.transaction() as session:
        old = """UPDATE imports SET notes = '["日期 100%% 缺失"]', rejects = '[{"row": 3, "reason": "无科目 5%%"}]'"""
        await session.execute(text(old.replace("%%", "%")))
    async with cast.transaction() as session:
        imported = (await session.scalars(select(Import))).one()
    assert (imported.notes, imported.rejects) == ([Text("日期 100% 缺失")], [Reject(3, Text("无科目 5%"))])
    assert str(imported.rejects[0].reason) == "无科目 5%"
