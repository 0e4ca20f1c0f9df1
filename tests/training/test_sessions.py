"""Team sessions, credits of a year, the learning log and the yearly plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.firms.leaving import remove
from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.tasks.models import Task
from saas.training.assigning import occasions
from saas.training.credits import ledger
from saas.training.credits.rule import rule_of
from saas.training.duty_models import Attendance, CreditEntry, PlanItem, TeamSession
from saas.training.sessions import holding, role_plays, session_queries
from tests.cast import Browser, Cast, member_id
from tests.training.school import assignments, certify, in_days, make_course

People = Callable[[str], Awaitable[Browser]]
PDF = ("证明.pdf", b"%PDF-1.7 proof", "application/pdf")


def plan_fields(**changes: object) -> dict[str, object]:
    begins = clock.now().astimezone(clock.CHINA) + timedelta(days=2)
    return {"key": str(uuid7()), "title": "退费沟通演练", "held_at": begins.strftime("%Y-%m-%dT%H:%M"), "minutes": "90",
            "place": "三楼会议室", "credits": "3", "subject": "professional", "notes": "案例两则",
            "roles": ["bookkeeper"], **changes}  # fmt: skip


async def held_session(cast: Cast, *names: str, credits: int = 3) -> TeamSession:
    """A session that began an hour ago, these people invited."""
    now = clock.now()
    tina, begun = member_id(cast.tina), now - timedelta(hours=1)
    row = TeamSession(title={"zh": "案例会", "en": "Cases"}, held_at=begun, minutes=60, led_by=tina, credits=credits,
                      made_by=tina, made_at=now)  # fmt: skip
    async with cast.transaction() as session:
        await holding.plan(session, row, cast.tina, now)
        await holding.invite(session, row, [member_id(cast.actors[n]) for n in names], now)
    return row


async def balance(cast: Cast, name: str) -> ledger.Balance:
    async with cast.transaction() as session:
        return await ledger.of_member(session, member_id(cast.actors[name]), clock.today().year)


async def test_a_session_is_planned_held_and_kept(cast: Cast, as_person: People) -> None:
    base = f"/f/{cast.firm.slug}/training/sessions"
    tina, ben = await as_person("tina"), await as_person("ben")
    for name, status in {"mara": 200, "ben": 403, "ada": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).get(f"{base}/new")).status_code == status, name
    assert (await ben.post(f"{base}/new", plan_fields())).status_code == 403
    assert (await tina.post(f"{base}/new", plan_fields(minutes="soon"))).status_code == 422
    bad = await tina.post(f"{base}/new", plan_fields(), files={"files": ("x.exe", b"MZ", "text/plain")})
    assert bad.status_code == 422
    assert "退费沟通演练" in bad.text
    fields = plan_fields()
    for _turn in range(2):
        answer = await tina.post(f"{base}/new", fields, files={"files": PDF})
        assert answer.status_code == 303
    page = f"{base}/{fields['key']}"
    shown = (await ben.get(page)).text
    assert "证明.pdf" in shown
    assert "陆予安" in shown
    assert "您已受邀" in (await ben.get(base)).text
    async with cast.transaction() as session:
        row = await session_queries.locked(session, UUID(str(fields["key"])))
        assert len(await session_queries.invited(session, row.id)) == 2
        assert len((await session.scalars(select(Task).where(Task.subject_id == row.id))).all()) == 2
    material = f"{page}/files/{row.files[0]['sha256']}"
    assert (await ben.get(material)).content == PDF[1]
    assert (await (await as_person("otto")).get(material)).status_code == 404
    early = await tina.post(f"{page}/held", {"present": [str(member_id(cast.ben))]})
    assert early.status_code == 409
    assert (await tina.post(f"{page}/add", {"members": [str(member_id(cast.cash))]})).status_code == 303
    async with cast.transaction() as session:
        (await session_queries.locked(session, row.id)).held_at = clock.now() - timedelta(hours=2)
    for _turn in range(2):
        done = await tina.post(f"{page}/held", {"present": [str(member_id(cast.ben))], "notes": "讨论热烈"})
        assert done.status_code == 303
    assert ((await balance(cast, "ben")).professional, (await balance(cast, "lin")).professional) == (3, 0)
    assert "讨论热烈" in (await ben.get(page)).text
    assert (await tina.post(f"{page}/add", {"members": [str(member_id(cast.quinn))]})).status_code == 409
    async with cast.transaction() as session:
        left = select(Task).where(Task.subject_id == row.id, Task.done_at.is_(None))
        assert (await session.scalars(left)).all() == []
    with pytest.raises(DBAPIError, match="is final"):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE session_attendances SET present = true WHERE session_id = :id"),
                                  {"id": row.id})  # fmt: skip


async def test_a_session_called_off_gives_nothing(cast: Cast, as_person: People) -> None:
    row = await held_session(cast, "ben")
    page, tina = f"/f/{cast.firm.slug}/training/sessions/{row.id}", await as_person("tina")
    assert (await tina.post(f"{page}/call-off", {"reason": ""})).status_code == 422
    for _turn in range(2):
        assert (await tina.post(f"{page}/call-off", {"reason": "讲师生病"})).status_code == 303
    assert (await tina.post(f"{page}/held", {"present": [str(member_id(cast.ben))]})).status_code == 403
    assert "讲师生病" in (await tina.get(page)).text
    assert (await balance(cast, "ben")).earned == 0


async def test_who_leads_hands_over_when_leaving(cast: Cast) -> None:
    row = await held_session(cast, "ben")
    async with cast.transaction() as session:
        tina = await session.get_one(Membership, (cast.firm.id, member_id(cast.tina)))
        await remove(session, tina, member_id(cast.mara), cast.paula, clock.now())
    async with cast.transaction() as session:
        assert (await session_queries.locked(session, row.id)).led_by == member_id(cast.mara)


def test_ninety_credits_two_thirds_professional() -> None:
    rule = rule_of(2026)
    assert (rule.total, rule.professional) == (90, 60)
    assert "财会〔2018〕10号" in rule.source.to("zh")
    assert ledger.Balance(rule, professional=40, general=50).missing == 20  # enough in all, not enough professional
    assert ledger.Balance(rule, professional=90).missing == 0


async def test_a_certificate_books_its_credits_once_a_year(cast: Cast) -> None:
    course = await make_course(cast, credits=6, subject="general")
    await certify(cast, "ben", course, in_days(100))
    await certify(cast, "ben", course, in_days(300))
    assert (await balance(cast, "ben")).general == 6


async def test_what_was_learned_outside_counts_once_another_confirms_it(cast: Cast, as_person: People) -> None:
    base = f"/f/{cast.firm.slug}/training/credits"
    mara, paula = await as_person("mara"), await as_person("paula")
    fields = {"key": str(uuid7()), "title": "中华会计网校继续教育", "credits": "30", "subject": "professional",
              "earned_on": clock.today().isoformat()}  # fmt: skip
    assert (await (await as_person("ada")).post(base, fields, files={"proof": PDF})).status_code == 403
    for wrong in ({"earned_on": in_days(2).isoformat()}, {"credits": "900"}, {"title": ""}):
        kept = await mara.post(base, {**fields, **wrong}, files={"proof": PDF})
        assert kept.status_code == 422
    assert (await mara.post(base, fields)).status_code == 422  # no proof
    for _turn in range(2):
        assert (await mara.post(base, fields, files={"proof": PDF})).status_code == 303
    assert ((await balance(cast, "mara")).earned, (await balance(cast, "mara")).waiting) == (0, 30)
    deed, proof = f"{base}/{fields['key']}/decide", f"{base}/{fields['key']}/proof"
    assert (await mara.post(deed, {"verdict": "yes"})).status_code == 403
    with pytest.raises(DBAPIError, match="somebody else"):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE credit_entries SET counts = true, decided_by = member_id"))
    assert (await paula.post(deed, {"verdict": "no"})).status_code == 422
    assert (await (await as_person("otto")).post(deed, {"verdict": "yes"})).status_code == 404
    assert (await paula.get(proof)).content == PDF[1]
    assert (await (await as_person("ben")).get(proof)).status_code == 403
    for _turn in range(2):
        assert (await paula.post(deed, {"verdict": "yes"})).status_code == 303
    assert (await paula.post(deed, {"verdict": "no", "reason": "重复"})).status_code == 409
    assert ((await balance(cast, "mara")).professional, (await balance(cast, "mara")).missing) == (30, 60)
    with pytest.raises(DBAPIError, match="do not change"):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE credit_entries SET credits = 90"))


async def test_everybodys_year_as_a_workbook(cast: Cast, as_person: People) -> None:
    await certify(cast, "ben", await make_course(cast, credits=6), in_days(100))
    page = f"/f/{cast.firm.slug}/training/credits.xlsx?year={clock.today().year}"
    for name, status in {"ada": 200, "ben": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).get(page)).status_code == status, name
    book = load_workbook(BytesIO((await (await as_person("mara")).get(page)).content))
    summary, entries = (list(sheet.values) for sheet in book.worksheets)
    assert next(row for row in summary if row[0] == "陆予安")[1:4] == (90, 6, 6)
    assert entries[1][0] == "陆予安"
    assert entries[1][4] == 6


async def test_the_plan_assigns_in_its_month(cast: Cast, as_person: People) -> None:
    course, page = await make_course(cast), f"/f/{cast.firm.slug}/training/plan"
    tina = await as_person("tina")
    fields = {"year": "2026", "month": "3", "course_id": str(course.id), "roles": ["bookkeeper"]}
    assert (await (await as_person("ben")).post(page, fields)).status_code == 403
    assert (await tina.post(page, {**fields, "roles": []})).status_code == 422
    assert (await tina.post(page, {**fields, "month": "13"})).status_code == 422
    for month in ("3", "3", "5"):
        assert (await tina.post(page, {**fields, "month": month})).status_code == 303
    async with cast.transaction() as session:
        march, may = (await session.scalars(select(PlanItem).order_by(PlanItem.month))).all()
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.CHINA)):
        for _turn in range(2):
            async with cast.transaction() as session:
                await occasions.by_plan(session, clock.now())
    rows = await assignments(cast)
    assert {(a.member_id, a.why) for a in rows} == {(member_id(cast.ben), "plan"), (member_id(cast.lin), "plan")}
    assert {a.due_at.astimezone(clock.CHINA).date() for a in rows} == {date(2026, 3, 31)}
    assert (await (await as_person("mara")).get(f"{page}?year=2026")).status_code == 200
    for item, there in ((march, True), (may, False)):
        for _turn in range(2):
            assert (await tina.post(f"{page}/{item.id}/remove")).status_code == 303
        async with cast.transaction() as session:
            assert (await session.get(PlanItem, (item.firm_id, item.id)) is not None) is there


async def test_the_log_tells_what_a_person_learned(cast: Cast, as_person: People) -> None:
    course = await make_course(cast)
    await certify(cast, "ben", course, in_days(100))
    row = await held_session(cast, "ben", "lin")
    async with cast.transaction() as session:
        held = await session_queries.locked(session, row.id)
        await holding.close(session, held, {member_id(cast.ben)}, "", cast.tina, clock.now())
    page = f"/f/{cast.firm.slug}/training/people/{member_id(cast.ben)}"
    for name, status in {"ben": 200, "tina": 200, "ada": 200, "lin": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).get(page)).status_code == status, name
    whole = (await (await as_person("ben")).get(page)).text
    assert whole.index("案例会") > 0
    assert "课程refunds" in whole
    part = (await (await as_person("ben")).get(f"{page}?course={course.id}")).text
    assert "案例会" not in part
    assert (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/training/log")).status_code == 303
    async with cast.transaction() as session:
        there = (await session.scalars(select(Attendance).order_by(Attendance.present.desc()))).all()
        assert [a.present for a in there] == [True, False]
        assert len((await session.scalars(select(CreditEntry))).all()) == 2


async def test_a_talk_is_played_and_scored_by_another(cast: Cast, as_person: People) -> None:
    """By the rubric, once a scenario, never one's own; the learner sees it in their log, strangers nothing."""
    row, firm = await held_session(cast, "ben", "lin", "tina"), f"/f/{cast.firm.slug}"
    base, tina = f"{firm}/training/sessions/{row.id}", await as_person("tina")
    points = [4, 3, 4, 2, 3, 4]
    given = {"member_id": str(cast.ben.id), "scenario": "own_error", "points": [str(n) for n in points],
             "remark": "复述得好；下次先说金额。"}  # fmt: skip
    for name, status in {"ben": 403, "ada": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).post(f"{base}/role-plays", given)).status_code == status, name
    for wrong in ({"points": ["4"]}, {"scenario": "opera"}, {"member_id": str(cast.cash.id)}, {"remark": ""}):
        assert (await tina.post(f"{base}/role-plays", given | wrong)).status_code == 422, wrong
    assert (await tina.post(f"{base}/role-plays", given | {"member_id": str(cast.tina.id)})).status_code == 403
    for _twice in range(2):
        assert (await tina.post(f"{base}/role-plays", given)).status_code == 303
    async with cast.transaction() as session:
        [play] = await role_plays.of_session(session, row.id)
        assert [mark["points"] for mark in play.marks] == points
        assert play.percent == 83  # 20 of 24
    ben, lin = await as_person("ben"), await as_person("lin")
    assert given["remark"] in (await ben.get(base)).text
    assert "情景演练得分 83%" in (await ben.get(f"{firm}/training/people/{cast.ben.id}")).text
    assert given["remark"] not in (await lin.get(base)).text
    prepared = await lin.get(f"{firm}/training/role-plays")
    assert (prepared.status_code, "倾听与复述" in prepared.text) == (200, True)
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE role_plays SET remark = 'x'"))
