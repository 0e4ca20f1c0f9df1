"""Another program asks: tokens, scopes, pushing a ledger, doing nothing twice, limits, and what stays people's."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from saas.api import tokens
from saas.api.models import ApiToken
from saas.api.scopes import SCOPES
from saas.app import composed
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import AuditEntry, record
from saas.ledgers.models import Import, LedgerLine
from saas.tasks.models import Task
from tests.api.conftest import Program, a_token, example
from tests.cast import Browser, Cast
from tests.ledgers.importing import MARCH, MARCH_CHANGED, work

People = Callable[[str], Awaitable[Browser]]
Programs = Callable[[str], Program]
FORM = {"name": "金蝶云 · 杭州", "scopes": ["clients:read", "ledgers:push"], "days": "90", "per_minute": "120"}
pytestmark = pytest.mark.usefixtures("mailbox_folder")


async def _count(cast: Cast, table: type[Import | LedgerLine]) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_owner_makes_a_token_that_is_shown_once(cast: Cast, as_person: People, program: Programs) -> None:
    page = f"/f/{cast.firm.slug}/settings/api"
    paula = await as_person("paula")
    for name, status in (("paula", 200), ("mara", 200), ("ada", 200), ("ben", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(page)).status_code == status, name
    for name, status in (("mara", 403), ("otto", 404)):
        assert (await (await as_person(name)).post(page, FORM)).status_code == status, name
    refused = await paula.post(page, {**FORM, "scopes": ["cases:approve"]})
    assert refused.status_code == 422
    made = await paula.post(page, FORM)
    shown = re.search(rf"{cast.firm.code}\.[\w-]+", made.text)
    assert made.status_code == 200
    assert shown
    assert (await paula.post(page, FORM)).status_code == 409  # the name is taken: nothing is made twice
    assert shown[0] not in (await paula.get(page)).text
    async with cast.transaction() as session:
        kept = (await session.scalars(select(ApiToken))).one()
        assert kept.secret_hash == sha256(shown[0].partition(".")[2].encode()).hexdigest()
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "api.make_token"))).one()
        assert shown[0].partition(".")[2] not in json.dumps(entry.detail)
    asking = program(shown[0])
    answer = await asking.get("/token")
    assert answer.json()["scopes"] == FORM["scopes"]
    assert answer.headers["ratelimit-remaining"] == "119"
    assert "127.0.0.1" in (await paula.get(page)).text or "testclient" in (await paula.get(page)).text
    for _twice in range(2):
        assert (await paula.post(f"{page}/{kept.id}/revoke")).status_code == 303
    over = await asking.get("/token")
    assert (over.status_code, over.json()["code"]) == (401, "token_needed")
    assert "revoked" in over.json()["detail"]


async def test_a_token_needs_a_fresh_sign_in(cast: Cast, as_person: People) -> None:
    paula = await as_person("paula")
    async with cast.database.sessions() as session, session.begin():
        pass
    async with cast.transaction() as session:
        await session.execute(text("UPDATE sessions SET fresh_at = fresh_at - interval '1 hour'"))
    answer = await paula.post(f"/f/{cast.firm.slug}/settings/api", FORM)
    assert answer.headers["location"].startswith("/confirm-it-is-you")


async def test_who_asks_without_a_live_token_gets_a_problem(cast: Cast, as_person: People, program: Programs) -> None:
    paula = await as_person("paula")
    by_cookie = await paula.get("/api/v1/clients")  # a browser's session opens nothing here
    assert by_cookie.status_code == 401
    assert by_cookie.headers["content-type"] == "application/problem+json"
    assert by_cookie.headers["www-authenticate"] == "Bearer"
    for wrong in ("", "x", f"{cast.firm.code}.wrong", "%%.a", "nobody.secret"):
        assert (await program(wrong).get("/clients")).status_code == 401, wrong
    token = await a_token(cast)
    async with cast.transaction() as session:
        row = (await session.scalars(select(ApiToken))).one()
        with pytest.raises(tokens.TokenRefused, match="expired"):
            await tokens.admit(session, token.partition(".")[2], "10.0.0.9", row.expires_at + timedelta(seconds=1))
    missing = await program(token).get(f"/cases/{uuid4()}")
    unknown = await program(token).get("/nothing-here")
    assert missing.status_code == unknown.status_code == 404
    assert missing.json()["detail"] == unknown.json()["detail"]
    wrong = await program(token).get("/clients", limit="many")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["field"] == "limit"
    slip = await program(token).get("/findings", clientid=str(uuid4()))  # else it would read everybody's
    assert (slip.status_code, slip.json()["errors"][0]["field"]) == (400, "clientid")
    assert (await program(token).get("/cases", number="a\0b")).status_code == 400
    method = await program(token).client.delete("/api/v1/clients")
    assert method.status_code in (401, 405)


async def test_a_ledger_is_pushed_read_and_stored(cast: Cast, tea: Client, program: Programs) -> None:
    asking, key = program(await a_token(cast)), "key-of-march"
    first = await asking.push(tea, MARCH, key=key)
    assert first.status_code == 201, first.text
    again = await asking.push(tea, MARCH, key=key)
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert await _count(cast, Import) == 1
    other = await asking.push(tea, MARCH_CHANGED, key=key)
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]
    await work(cast)
    path = f"/imports/{first.json()['id']}"
    seen = (await asking.get(path)).json()
    assert (seen["state"], seen["voucher_count"], seen["posted"]) == ("previewed", 2, "")
    unsaid = await asking.post(f"{path}/store", json={})
    assert unsaid.status_code == 403
    assert "posted" in unsaid.json()["detail"]
    assert (await asking.post(f"{path}/store", json={"posted": "posted"})).json()["state"] == "storing"
    await work(cast)
    assert (await asking.get(path)).json()["state"] == "stored"
    assert await _count(cast, LedgerLine) == 4
    assert (await asking.post(f"{path}/store", json={"posted": "posted"})).status_code == 409
    same = await asking.push(tea, MARCH)
    assert same.status_code == 422
    assert "already imported" in same.json()["detail"]
    async with cast.transaction() as session:
        query = select(AuditEntry.outcome, AuditEntry.actor_kind).where(AuditEntry.action == "import.store")
        kept = (await session.execute(query.order_by(AuditEntry.position))).all()
    assert [tuple(row) for row in kept] == [("refused", "token"), ("done", "token"), ("refused", "token")][: len(kept)]
    assert len(kept) >= 2


async def test_two_at_the_same_time_with_one_key_are_one(cast: Cast, tea: Client, program: Programs) -> None:
    asking, before = program(await a_token(cast)), await _count(cast, Import)
    text = MARCH + "2026-03-31,记-3,x,1002,银行存款,1,,\n"
    answers = await asyncio.gather(*(asking.push(tea, text, key="all-at-once") for _one in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _count(cast, Import) == before + 1


async def test_refusals_are_those_of_an_upload(cast: Cast, tea: Client, program: Programs) -> None:
    asking = program(await a_token(cast, ["ledgers:push", "ledgers:read"]))
    for content, name, words in (
        (MARCH, "book.pdf", "XLSX, XLS or CSV"),
        ("", "book.csv", "is empty"),
        ("PK\x03\x04 no archive", "book.xlsx", ""),
    ):
        answer = await asking.push(tea, content, name)
        assert answer.status_code == 422, name
        assert answer.json()["errors"][0]["field"] == "file"
        assert words in answer.json()["detail"]
    bad = (await asking.push(tea, MARCH + "2026-03-31,记-9,手续费,1002,银行存款,abc,,陆\n")).json()
    await work(cast)
    seen = (await asking.get(f"/imports/{bad['id']}")).json()
    assert seen["reject_count"] == len(seen["rejects"]) == 1
    assert seen["rejects"][0]["row"] == 6
    unscoped = await asking.post(f"/imports/{bad['id']}/store", json={})
    assert unscoped.status_code == 403
    assert "ledgers:store" in unscoped.json()["detail"]
    assert (await asking.get("/findings")).status_code == 403
    nothing = await asking.client.post(
        f"/api/v1/clients/{tea.id}/imports", headers={"authorization": f"Bearer {asking.token}"}
    )
    assert nothing.status_code == 400  # no key, no file name


async def test_another_firms_token_sees_nothing(cast: Cast, tea: Client, program: Programs) -> None:
    ours, ottos = program(await a_token(cast)), program(await a_token(cast, otto=True))
    imported = (await ours.push(tea, MARCH.replace("1000.00", "1001.00"))).json()["id"]
    absent = await ottos.get(f"/imports/{uuid4()}")
    for answer in (await ottos.get(f"/imports/{imported}"), await ottos.get(f"/clients/{tea.id}"),
                   await ottos.push(tea, MARCH), await ottos.post(f"/imports/{imported}/store", json={})):  # fmt: skip
        assert (answer.status_code, answer.content) == (404, absent.content)
    for path in ("/clients", "/imports", "/findings", "/cases", "/notices", "/filings"):
        assert (await ottos.get(path)).json() == {"items": [], "next": None}, path
    assert (await ours.get("/clients")).json()["items"]


async def test_lists_come_in_portions(cast: Cast, program: Programs) -> None:
    async with cast.transaction() as session:
        session.add_all(
            Client(number=f"P{n:04}", name=f"客户{n}", sort_key=str(n), pinyin=str(n), taxpayer_kind="small",
                   standard="small", created_at=clock.now())
            for n in range(7)
        )  # fmt: skip
    asking, seen, after = program(await a_token(cast)), [], {}
    while True:
        portion = (await asking.get("/clients", limit=3, **after)).json()
        seen += [item["number"] for item in portion["items"]]
        if portion["next"] is None:
            break
        after = {"after": portion["next"]}
    assert sorted(number for number in seen if number[0] == "P") == [f"P{n:04}" for n in range(7)]
    assert len(seen) == len(set(seen))
    assert [c["name"] for c in (await asking.get("/clients", number="P0003")).json()["items"]] == ["客户3"]


async def test_a_minute_holds_so_many_requests(cast: Cast, program: Programs) -> None:
    asking = program(await a_token(cast, per_minute=60))
    async with cast.transaction() as session:
        await session.execute(update(ApiToken).values(used=59, minute=clock.now().replace(second=0, microsecond=0)))
    statuses = [(await asking.get("/token")).status_code for _time in range(3)]
    assert statuses in ([200, 429, 429], [200, 200, 200])  # a new minute may begin meanwhile
    async with cast.transaction() as session:
        now = clock.now()
        await session.execute(update(ApiToken).values(used=60, minute=now.replace(second=0, microsecond=0)))
        use = await tokens.admit(session, asking.token.partition(".")[2], "::1", now)
        assert (use.token.used, use.left) == (61, 0)
        later = await tokens.admit(session, asking.token.partition(".")[2], "::1", now + timedelta(minutes=1))
        assert later.token.used == 1
    refusal = tokens.TooMany(60, 12)
    assert refusal.headers["retry-after"] == "12"


def test_no_scope_carries_a_permission_with_which_anything_is_decided() -> None:
    carried = {permission for scope in SCOPES.values() for permission in scope.permissions}
    deeds = {
        f"{flow.name}.{action.name}"
        for flow in composed.workflows.values()
        for action in flow.actions
        if action.by == "member" and action.permission in carried
    }
    assert deeds == {"import.store", "import.remap", "import.cancel", "import.undo"}


async def test_the_database_holds_a_token_to_imports(cast: Cast) -> None:
    token = Actor("token", uuid4(), "金蝶")
    with pytest.raises(DBAPIError, match="a token cannot do"):
        async with cast.transaction() as session:
            record(session, token, "case.approve", clock.now())
    async with cast.transaction() as session:  # the refused attempt is written down
        record(session, token, "case.approve", clock.now(), outcome="refused")
    await a_token(cast, ["clients:read"])
    for change in (
        """scopes = '["ledgers:store"]'""",
        "expires_at = expires_at + interval '1 day'",
        "secret_hash = 'x'",
    ):
        with pytest.raises(IntegrityError):
            async with cast.transaction() as session:
                await session.execute(text(f"UPDATE api_tokens SET {change}"))
    with pytest.raises(IntegrityError):
        await a_token(cast, ["cases:approve"])


async def test_the_example_client_does_what_it_says(
    cast: Cast, tea: Client, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    push_ledgers, uscc = example(), "91330106MA2CFXXX0X"
    file = tmp_path / "序时账-2026-03.csv"
    file.write_text(
        MARCH + "2026-03-31,记-3,差一分,1002,银行存款,5.00,,陆予安\n2026-03-31,记-3,差一分,1122,应收账款,,5.00,陆\n"
    )
    async with cast.transaction() as session:
        await session.execute(update(Client).where(Client.id == tea.id).values(uscc=uscc))
    monkeypatch.setenv("QINGZHANG_URL", address)
    monkeypatch.setenv("QINGZHANG_TOKEN", await a_token(cast))
    running = asyncio.create_task(asyncio.to_thread(push_ledgers.main, uscc, str(file)))
    while not running.done():
        await work(cast)
        await asyncio.sleep(0.1)
    await running
    assert "已入库" in capsys.readouterr().out or await _count(cast, LedgerLine)
    api = push_ledgers.Api(address, f"{cast.firm.code}.wrong")
    with pytest.raises(push_ledgers.Refused, match="令牌"):
        await asyncio.to_thread(api.get, "/token")


async def test_a_pushed_ledger_waits_for_a_person(cast: Cast, tea: Client, program: Programs) -> None:
    asking = program(await a_token(cast, ["ledgers:push"]))
    imported = (await asking.push(tea, MARCH.replace("600.00", "601.00"))).json()
    await work(cast)
    async with cast.transaction() as session:
        tasks = (await session.scalars(select(Task).where(Task.subject_id == imported["id"]))).all()
    assert [(task.role, task.done_at) for task in tasks if task.done_at is None] == [("bookkeeper", None)]
