"""Dropping ledger files in as a person does, with the workers' part done at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
HEAD = "日期,凭证字号,摘要,科目编码,科目名称,借方金额,贷方金额,制单人\n"
MARCH = HEAD + (
    "2026-03-05,记-1,收货款,1002,银行存款,1000.00,,陆予安\n2026-03-05,记-1,收货款,1122,应收账款,,1000.00,陆予安\n"
    "2026-03-31,记-2,付房租,5602,管理费用,600.00,,陆予安\n2026-03-31,记-2,付房租,1002,银行存款,,600.00,陆予安\n"
)
MARCH_CHANGED = MARCH.replace("600.00", "660.00")


async def tea_house(cast: Cast) -> Client:
    async with cast.transaction() as session:
        client = Client(
            number="K0001", name="杭州澄屿茶业有限公司", sort_key="hang", pinyin="hang", taxpayer_kind="small",
            standard="small", created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
    return client


async def work(cast: Cast) -> None:
    """Do every promised job, as the workers would."""
    while True:
        async with cast.transaction() as session:
            query = select(Outbox.id).where(Outbox.finished_at.is_(None), ~Outbox.dead).order_by(Outbox.created_at)
            waiting = (await session.scalars(query)).all()
        if not waiting:
            return
        for job in waiting:
            assert await run_job(cast.database, cast.firm.id, job)


async def drop(cast: Cast, person: Browser, client: Client, text: str, name: str = "序时账.csv") -> str:
    """Upload a file; the address of its import after the worker has read it."""
    address = f"/f/{cast.firm.slug}/clients/{client.id}/ledgers"
    answer = await person.post(address, files={"file": (name, text.encode(), "text/csv")})
    assert answer.status_code == 303, answer.text
    await work(cast)
    return str(answer.headers["location"])
