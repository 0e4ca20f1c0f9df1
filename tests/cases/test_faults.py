"""The branch of a system fault: contain, freeze, ticket, compare what was restored, sign off by another (A3.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from saas.cases import faults
from saas.cases.fault_models import SystemFault
from saas.cases.forms import DeclareFault
from saas.cases.models import Case
from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.ledgers import queries as ledgers
from tests.cases import story
from tests.cases.story import act, opened
from tests.cast import Browser, Cast, member_id

AsPerson = Callable[[str], Awaitable[Browser]]
LOST = """
2026-09-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00
2026-09-20 记-3 购办公用品 | D 5602 800.00 | C 1002 700.00
"""
CONTAINED = DeclareFault("已停止过账，备份了数据盘")


async def declared(cast: Cast) -> tuple[Case, UUID]:
    """A case whose fault Ben declared, and the import from before it."""
    case, client, _contact = await opened(cast)
    async with cast.transaction() as session:
        [before] = await ledgers.imports(session, client.id)
    await act(cast, case, "declare_fault", cast.ben, CONTAINED)
    return case, before.id


async def restored(cast: Cast, case: Case, books: str) -> UUID:
    async with cast.transaction() as session:
        found = await clients.client(session, case.client_id)

    return await story.import_text(cast, found, books)


async def fault_of(cast: Cast, case: Case) -> SystemFault:
    async with cast.transaction() as session:
        found = await faults.standing(session, case.id)
        assert found is not None
        return found


async def test_the_books_are_frozen_when_it_is_declared(cast: Cast) -> None:
    case, _before = await declared(cast)
    async with cast.transaction() as session:
        [snapshot] = await ledgers.snapshots(session, case.id)
    assert (snapshot.moment, snapshot.line_count) == ("fault", 6)
    fault = await fault_of(cast, case)
    assert (fault.snapshot_id, fault.declared_by) == (snapshot.id, member_id(cast.ben))
    assert (await story.reload(cast, case)).cause_code == "SYSTEM"


async def test_restored_books_are_compared_and_signed_off(cast: Cast, as_person: AsPerson) -> None:
    case, before = await declared(cast)
    ben, quinn = await as_person("ben"), await as_person("quinn")
    at = f"/f/{cast.firm.slug}/cases/{case.id}"
    assert (await quinn.post(f"{at}/sign_off", {"reason": "看过"})).status_code == 403  # no ticket yet
    assert (await ben.post(f"{at}/ticket", {"vendor": "软件商", "ticket": "T-4711"})).status_code == 303
    same = {"trusted_id": str(before), "restored_id": str(before)}
    early = await ben.post(f"{at}/restore-test", same)
    assert early.status_code == 422
    assert "声明之后" in early.text
    half = await restored(cast, case, LOST)
    await ben.post(f"{at}/restore-test", same | {"restored_id": str(half)})
    assert (await fault_of(cast, case)).differing == 1
    assert "记-2" in (await ben.get(at)).text
    assert (await quinn.post(f"{at}/sign_off", {"reason": "看过"})).status_code == 403  # a voucher is missing
    whole = await restored(cast, case, story.UNBALANCED + "2026-09-28 记-4 付运费 | D 5601 90.00 | C 1002 90.00\n")
    remark = {"remark": "记-4为恢复后补记，已核对回单"}
    assert (await ben.post(f"{at}/restore-test", same | {"restored_id": str(whole)} | remark)).status_code == 303
    assert (await ben.post(f"{at}/sign_off", {"reason": "看过"})).status_code == 403
    assert (await quinn.post(f"{at}/sign_off", {"reason": "逐笔核对一致"})).status_code == 303
    fault = await fault_of(cast, case)
    assert (fault.signed_off_by, fault.sign_off) == (member_id(cast.quinn), "逐笔核对一致")
    assert (await story.reload(cast, case)).state == "contacted"  # the talk is still to come
    assert (await ben.post(f"{at}/ticket", {"vendor": "他", "ticket": "T-1"})).status_code == 409


async def test_only_the_owner_declares_it_and_strangers_see_nothing(cast: Cast, as_person: AsPerson) -> None:
    case, _client, _contact = await opened(cast)
    with pytest.raises(Refusal):
        await act(cast, case, "declare_fault", cast.lin, CONTAINED)
    await act(cast, case, "declare_fault", cast.ben, CONTAINED)
    for name, status in (("otto", 404), ("cash", 403), ("nobody", 303)):
        browser = await as_person(name)
        assert (
            await browser.post(f"/f/{cast.firm.slug}/cases/{case.id}/ticket", {"vendor": "a", "ticket": "b"})
        ).status_code == status


async def test_a_foreign_import_is_not_compared(cast: Cast) -> None:
    case, before = await declared(cast)
    other, _contact = await story.make_client(cast)
    theirs = await story.import_text(cast, other, LOST)
    form = faults.RestoreTest(before, theirs)
    async with cast.transaction() as session:
        row = await story.queries.case(session, case.id)
        with pytest.raises(Refusal):
            await faults.compare_restored(session, row, cast.ben, form, clock.now())


async def test_the_database_keeps_the_preparer_from_signing_off(cast: Cast) -> None:
    case, _before = await declared(cast)
    sql = "UPDATE system_faults SET tested_by = :quinn, signed_off_by = :who, signed_off_at = now() WHERE case_id = :id"
    known = {"quinn": member_id(cast.quinn), "id": case.id}
    for who in (cast.ben, cast.quinn):
        with pytest.raises(IntegrityError):
            async with cast.transaction() as session:
                await session.execute(text(sql), known | {"who": member_id(who)})
