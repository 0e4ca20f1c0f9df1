"""The same guards in the database: round the Python code, as the application's role, with SQL."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.notices import answers, queries
from saas.notices.forms import AnswerForm
from tests.notices.conftest import Office


async def run(office: Office, sql: str, **values: object) -> None:
    async with office.cast.transaction() as session:
        await session.execute(text(sql), values)


async def test_author_and_approver_differ(office: Office) -> None:
    notice = await office.drafted()
    with pytest.raises(DBAPIError, match="approves a letter they wrote"):
        await run(office, "UPDATE notices SET approved_by = author_id WHERE id = :id", id=notice.id)


async def test_an_editor_does_not_approve(office: Office) -> None:
    notice = await office.drafted()
    quinn = str(office.cast.quinn.id)
    await run(office, "UPDATE notices SET edited_by = jsonb_build_array(CAST(:q AS text)) WHERE id = :id", q=quinn,
              id=notice.id)  # fmt: skip
    with pytest.raises(DBAPIError, match="approves a letter they wrote"):
        await run(office, "UPDATE notices SET approved_by = CAST(:q AS uuid) WHERE id = :id", q=quinn, id=notice.id)


@pytest.mark.parametrize(
    "change",
    [
        'content = content || \'{"facts": "别的"}\'',
        "content_sha256 = repeat('0', 64)",
        "serial = serial + 1",
        "year = 2020",
        "version = 9",
        "verify_code = 'x'",
        "approved_at = now()",
        "answer_by = answer_by + 30",
        'title = \'{"msgid": "x", "params": {}}\'',
        "locale = 'en'",
        "author_id = gen_random_uuid()",
        "content_sha256 = ''",
    ],
)
async def test_what_was_approved_never_changes(office: Office, change: str) -> None:
    notice = await office.approved()
    with pytest.raises(DBAPIError, match="never changes"):
        await run(office, f"UPDATE notices SET {change} WHERE id = :id", id=notice.id)


@pytest.mark.parametrize("change", ["file_sha256 = repeat('0', 64)", "file_size = 1", "template_version = 'x'"])
async def test_issued_bytes_never_change(office: Office, mailbox_folder: object, change: str) -> None:
    notice = await office.issued()
    with pytest.raises(DBAPIError, match="bytes of an issued letter"):
        await run(office, f"UPDATE notices SET {change} WHERE id = :id", id=notice.id)


async def test_a_numbered_letter_is_never_deleted(office: Office) -> None:
    draft, approved = await office.drafted(), await office.approved()
    with pytest.raises(DBAPIError, match="never deleted"):
        await run(office, "DELETE FROM notices WHERE id = :id", id=approved.id)
    await run(office, "DELETE FROM notices WHERE id = :id", id=draft.id)


async def test_nothing_is_issued_without_approval(office: Office) -> None:
    notice = await office.drafted()
    with pytest.raises(DBAPIError, match="only after its approval"):
        await run(office, "UPDATE notices SET issued_at = now() WHERE id = :id", id=notice.id)


async def test_answers_are_only_added(office: Office, mailbox_folder: object) -> None:
    notice = await office.issued()
    actor = Actor("contact", office.contact.id, office.contact.name)
    async with office.cast.transaction() as session:
        contact = await queries.contact_or_none(session, office.contact.id)
        assert contact is not None
        form = AnswerForm("许承泽", choice="once")
        await answers.answer(session, actor, notice, "confirm", contact, form, clock.now())
    for sql in (
        "UPDATE notice_answers SET text = 'x' WHERE notice_id = :id",
        "DELETE FROM notice_answers WHERE notice_id = :id",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|only ever added"):
            await run(office, sql, id=notice.id)
    with pytest.raises(DBAPIError, match="recorded once"):
        await run(office, "UPDATE notices SET answered_at = now() WHERE id = :id", id=notice.id)


async def test_a_delivery_stays_what_it_was(office: Office, mailbox_folder: object) -> None:
    notice = await office.issued()
    for change in ("recipient = 'x@example.cn'", "message_id = '<x@y>'", "channel = 'paper'", "contact_name = 'x'"):
        with pytest.raises(DBAPIError, match="never changes"):
            await run(office, f"UPDATE deliveries SET {change} WHERE notice_id = :id", id=notice.id)
    with pytest.raises(DBAPIError, match="never deleted"):
        await run(office, "DELETE FROM deliveries WHERE notice_id = :id", id=notice.id)


async def test_another_firm_sees_none_of_it(office: Office, mailbox_folder: object) -> None:
    notice = await office.issued()
    seen: list[UUID] = []
    async with office.cast.transaction(otto=True) as session:
        for table in ("notices", "deliveries", "notice_answers", "links"):
            seen += (await session.scalars(text(f"SELECT id FROM {table}"))).all()
        assert (await session.scalars(text("SELECT id FROM notices WHERE id = :id"), {"id": notice.id})).all() == []
    assert seen == []
