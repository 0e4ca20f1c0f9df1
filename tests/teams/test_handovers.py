"""Hand-over lists: collected from what there is, signed by three people in order, frozen, on paper, on time."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded
from saas.kernel.forms import take
from saas.kernel.i18n import LOCALES
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import perform
from saas.teams.handover import handover_queries as queries
from saas.teams.handover import printing, writing
from saas.teams.handover.handover_forms import LineForm, NewHandover, Reason
from saas.teams.handover.handover_models import Handover
from saas.teams.handover.workflow import HANDOVER
from saas.teams.measures import handed_over_on_time
from saas.teams.skills import deeds, grid, levels, starter
from saas.teams.skills.export import workbook
from saas.teams.skills.skill_models import SkillMark
from tests.cases import story
from tests.cast import Cast, member_id
from tests.training.school import assignments, certify, in_days, make_course


def given(cast: Cast, **changes: Any) -> dict[str, str]:
    raw = {
        "key": uuid7(), "occasion": "staff", "from_id": cast.ben.id, "to_id": cast.lin.id,
        "supervisor_id": cast.mara.id, "effective_on": clock.today(), **changes,
    }  # fmt: skip
    return {name: str(value) for name, value in raw.items()}


async def begun(cast: Cast) -> Handover:
    form = take(given(cast), NewHandover)
    async with cast.transaction() as session:
        await writing.check(session, form, cast.ben)
        assert form.ok, form.errors
        row = await writing.begin(session, cast.ben, form.taken, clock.now())
        assert await writing.begin(session, cast.ben, form.taken, clock.now()) is row  # sent twice
    await type_line(cast, row, "档案柜钥匙")
    return row


async def act(cast: Cast, row: Handover, action: str, actor: Actor, form: Any = None) -> Handover:
    async with cast.transaction() as session:
        done: Handover = await perform(session, HANDOVER, row.id, action, actor, form)
        return done


async def type_line(cast: Cast, row: Handover, what: str) -> None:
    async with cast.transaction() as session:
        await writing.keep_line(session, row, LineForm("keys", what, "1 把"), cast.ben, clock.now())


async def signed(cast: Cast) -> Handover:
    row = await begun(cast)
    await act(cast, row, "hand_over", cast.ben)
    await act(cast, row, "receive", cast.lin)
    return await act(cast, row, "supervise", cast.mara)


async def test_the_list_is_collected_from_what_there_is_and_what_was_typed_stays(cast: Cast) -> None:
    case, client, _contact = await story.opened(cast)
    row = await begun(cast)
    async with cast.transaction() as session:
        found = await queries.lines(session, row.id)
    sections = {line.section for line in found}
    assert {"clients", "books", "work", "keys", "papers"} <= sections
    assert any(client.number in line.what for line in found if line.section == "clients")
    assert any("2026-09" in line.what for line in found if line.section == "books")
    assert any(str(case.title) in line.what for line in found if line.section == "work")
    await type_line(cast, row, "税务 UKey 2 号")
    await type_line(cast, row, "税务 UKey 2 号")
    async with cast.transaction() as session:
        assert await writing.fill(session, row) == 0  # nothing new
        again = await queries.lines(session, row.id)
    assert len(again) == len(found) + 1


async def test_three_people_sign_one_after_the_other(cast: Cast) -> None:
    row = await begun(cast)
    for actor in (cast.lin, cast.mara):
        with pytest.raises(Forbidden):
            await act(cast, row, "hand_over", actor)
    with pytest.raises(Conflict):
        await act(cast, row, "receive", cast.lin)
    await act(cast, row, "hand_over", cast.ben)
    with pytest.raises(Forbidden):
        await act(cast, row, "receive", cast.ben)
    with pytest.raises(Conflict):
        async with cast.transaction() as session:
            await writing.draft(session, row.id, cast.ben)
    await act(cast, row, "receive", cast.lin)
    with pytest.raises(Forbidden):
        await act(cast, row, "supervise", cast.paula)
    done = await act(cast, row, "supervise", cast.mara)
    assert [s["role"] for s in done.signatures] == ["from", "to", "supervisor"]
    assert {s["sha256"] for s in done.signatures} == {done.content_sha256}
    async with cast.transaction() as session:
        share = await handed_over_on_time(session, clock.now())
    assert (share.part, share.n) == (1, 1)


async def test_a_signature_needs_a_fresh_sign_in(cast: Cast) -> None:
    async with cast.transaction() as session:
        empty = take(given(cast), NewHandover).taken
        nothing = await writing.begin(session, cast.ben, empty, clock.now())
    with pytest.raises(Forbidden):  # only prompts stand on it
        await act(cast, nothing, "hand_over", cast.ben)
    row = await begun(cast)
    stale = cast.ben.signed_in(clock.now().replace(year=2020))
    with pytest.raises(FreshSignInNeeded):
        await act(cast, row, "hand_over", stale)


async def test_refused_with_a_reason_it_is_put_right_and_signed_anew(cast: Cast) -> None:
    row = await begun(cast)
    await act(cast, row, "hand_over", cast.ben)
    with pytest.raises(Forbidden):
        await act(cast, row, "refuse", cast.mara, Reason("不是我"))
    back = await act(cast, row, "refuse", cast.lin, Reason("缺 UKey"))
    assert (back.state, back.signatures, back.content_sha256) == ("refused", [], "")
    assert [r["reason"] for r in back.refusals] == ["缺 UKey"]
    await act(cast, row, "revise", cast.ben)
    await type_line(cast, row, "税务 UKey 1 号")
    assert (await act(cast, row, "hand_over", cast.ben)).content_sha256 != ""


async def test_passwords_are_refused_and_the_three_are_different(cast: Cast) -> None:
    for what in ("网银密码：abc123", "Portal password is hunter22"):
        form = take({"section": "keys", "what": what}, LineForm)
        writing.check_line(form)
        assert "what" in form.errors, what
    form = take({"section": "keys", "what": "网银 UKey 1 把，密码当面告知"}, LineForm)
    writing.check_line(form)
    assert form.ok
    wrong = (
        ({"to_id": cast.ben.id}, "to_id"),
        ({"supervisor_id": cast.lin.id}, "supervisor_id"),
        ({"supervisor_id": cast.cash.id}, "supervisor_id"),
        ({"from_id": cast.quinn.id}, "from_id"),
        ({"to_id": uuid7()}, "to_id"),
    )
    for changes, name in wrong:
        form_ = take(given(cast, **changes), NewHandover)
        async with cast.transaction() as session:
            await writing.check(session, form_, cast.ben)
        assert name in form_.errors, changes


async def test_the_database_keeps_signed_lists_and_three_people(cast: Cast) -> None:
    row = await begun(cast)
    await act(cast, row, "hand_over", cast.ben)
    refused = (
        "UPDATE team_handover_lines SET note = 'x' WHERE handover_id = :id",
        "DELETE FROM team_handover_lines WHERE handover_id = :id",
        "UPDATE team_handovers SET supervisor_id = from_id WHERE id = :id",
        "UPDATE team_handovers SET content_sha256 = 'x' WHERE id = :id",
        "UPDATE team_handovers SET state = 'received' WHERE id = :id",
        "UPDATE team_handovers SET state = 'supervised' WHERE id = :id",
    )
    for statement in refused:
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(text(statement), {"id": row.id})


async def test_the_paper_is_kept_as_it_was_signed(cast: Cast) -> None:
    row = await signed(cast)
    async with cast.transaction() as session:
        await printing.keep(session, str(row.id))
        kept = await queries.handover(session, row.id)
        digest = kept.file_sha256
        papers = [await printing.pdf(session, kept, locale) for locale in LOCALES]
        assert [sha256(paper).hexdigest() for paper in papers] == [kept.file_sha256, kept.english_sha256]
        await printing.keep(session, str(row.id))
        assert (await queries.handover(session, row.id)).file_sha256 == digest
    for paper, heading in zip(papers, ("移交清册", "Hand-over list"), strict=True):
        words = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
        assert row.number in words
        assert heading in words
        assert "陆予安" in words
        assert "档案柜钥匙" in words
    assert "移交人" not in words  # the English one speaks English
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(update(Handover).where(Handover.id == row.id).values(remark="x"))


async def test_late_and_unsigned_lists_count_against_us(cast: Cast) -> None:
    old = take(given(cast, effective_on=date(2026, 6, 1)), NewHandover)
    async with cast.transaction() as session:
        await writing.begin(session, cast.ben, old.taken, clock.now())
        share = await handed_over_on_time(session, clock.now())
    assert (share.part, share.n) == (0, 1)
    await begun(cast)  # its ten days still run
    async with cast.transaction() as session:
        assert (await handed_over_on_time(session, clock.now())).n == 1


async def test_a_certificate_and_what_was_seen_make_the_level_and_gaps_assign_courses(cast: Cast) -> None:
    course = await make_course(cast, "reading-ledgers")
    await certify(cast, "lin", course, in_days(90))
    async with cast.transaction() as session:
        await starter.fill(session, clock.now())
        await starter.fill(session, clock.now())
        found = await grid.grid(session, clock.today())
    skill = next(s for s in found.skills if s.key == "find-errors")
    at = list(found.skills).index(skill)
    cells = {m.id: row[at] for m, row in found.rows}
    assert (cells[member_id(cast.lin)].level, cells[member_id(cast.lin)].gap) == (levels.CERTIFIED, 1)
    assert cells[member_id(cast.ben)].gap == 3
    assert cells[member_id(cast.cash)].required == 0
    async with cast.transaction() as session:
        n = await deeds.close_all(session, found, cast.mara, clock.now())
        assert await deeds.close_all(session, found, cast.mara, clock.now()) == 0
    assert n == len({m.id for m, s, c in found.gaps() if s.course_key == "reading-ledgers" and c.level < 2})
    assert len(await assignments(cast, "ben")) == 1
    assert await assignments(cast, "lin") == []
    mark = deeds.MarkForm(skill.id, 3, clock.today(), "独立查完一户")
    async with cast.transaction() as session:
        await deeds.mark(session, member_id(cast.ben), mark, cast.mara, clock.now())
        await deeds.mark(session, member_id(cast.ben), mark, cast.mara, clock.now())
        again = await grid.grid(session, clock.today())
        assert len(await grid.marks_of(session, member_id(cast.ben))) == 1
    assert {m.id: row[at].gap for m, row in again.rows}[member_id(cast.ben)] == 0
    book = load_workbook(BytesIO(workbook(again)))
    assert len(book.sheetnames) == 3
    assert book.worksheets[0].max_row == len(again.rows) + 1
    assert book.worksheets[1].max_row == len(again.gaps()) + 1


async def test_nobody_judges_themselves(cast: Cast) -> None:
    raw = {"skill_id": str(uuid7()), "level": "4", "seen_on": clock.today().isoformat()}
    form = take(raw, deeds.MarkForm)
    deeds.check_mark(form, member_id(cast.mara), cast.mara)
    assert "level" in form.errors
    async with cast.transaction() as session:
        await starter.fill(session, clock.now())
        skill = (await grid.skills(session))[0]
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            session.add(
                SkillMark(member_id=cast.mara.id, skill_id=skill.id, level=4, seen_on=clock.today(),
                          marked_by=cast.mara.id, at=clock.now())
            )  # fmt: skip
