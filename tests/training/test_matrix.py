"""The matrix, its figures, the pages of assignments: allowed, forbidden, a stranger, nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from litestar import Litestar
from sqlalchemy import text

from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.training import measures
from saas.training.assigning.assign import Why, assign_many
from saas.training.assigning.queries import one
from saas.training.assigning.settling import waive
from saas.training.matrix.grid import COURSES, PEOPLE, grid
from tests.cast import Browser, Cast, member_id
from tests.statements import count_statements
from tests.training.school import assignments, certify, in_days, make_course, work

People = Callable[[str], Awaitable[Browser]]
WHY = Why("manual", Text("for the tests"))
MANY = 120  # people
PERSON = "INSERT INTO people (id, email, name, locale, theme, password_hash, recovery_hashes, preferences, created_at) "


async def test_every_cell_says_where_a_person_stands(cast: Cast) -> None:
    names = ("valid", "expiring", "due", "overdue", "ended", "waived", "none")
    courses = {name: await make_course(cast, name) for name in names}
    now, ben = clock.now(), member_id(cast.ben)
    await certify(cast, "ben", courses["valid"], in_days(200))
    await certify(cast, "ben", courses["expiring"], in_days(10))
    await certify(cast, "ben", courses["ended"], in_days(-1), issued=now - timedelta(days=300))
    async with cast.transaction() as session:
        for name, days in (("due", 9), ("overdue", -2), ("waived", 5)):
            await assign_many(session, courses[name], [ben], WHY, now, now + timedelta(days=days))
    row = next(a for a in await assignments(cast) if a.course_id == courses["waived"].id)
    async with cast.transaction() as session:
        await waive(session, await one(session, row.id), "已有证书", cast.mara, now)
        found = await grid(session, now)
    shown = {title.to("en").removeprefix("Course "): n for n, (_id, title) in enumerate(found.courses)}
    [cells] = [cells for who, _name, cells in found.rows if who == ben]
    assert {name: cells[n].state for name, n in shown.items()} == {name: name for name in names}
    assert cells[shown["valid"]].day == in_days(200)
    async with cast.transaction() as session:
        later = clock.now()
        done, passed = await measures.completion(session, later), await measures.pass_rate(session, later)
        valid = await measures.validity(session, later)
    assert (done.part, done.n, done.percent) == (0, 1, 0)  # the overdue one; what is not due yet does not count
    assert (passed.part, passed.n) == (3, 3)
    assert (valid.part, valid.n, valid.percent) == (2, 3, 66)


async def test_done_by_due_counts_and_done_late_does_not(cast: Cast) -> None:
    course, now = await make_course(cast), clock.now()
    async with cast.transaction() as session:
        assert (await measures.completion(session, now)).percent is None
        await assign_many(session, course, [member_id(cast.ben)], WHY, now - timedelta(days=9), now - timedelta(1))
        await assign_many(session, course, [member_id(cast.lin)], WHY, now - timedelta(days=9), now - timedelta(1))
    await certify(cast, "ben", course, in_days(9), issued=now - timedelta(days=2))
    await certify(cast, "lin", course, in_days(9), issued=now)
    async with cast.transaction() as session:
        done = await measures.completion(session, now)
    assert (done.part, done.n) == (1, 2)


async def test_who_may_open_the_pages(cast: Cast, as_person: People) -> None:
    people = {name: await as_person(name) for name in ("mara", "tina", "ben", "ada", "otto", "nobody")}
    for path in ("assignments", "assignments?overdue=1", "assign", "matrix"):
        auditor = 403 if path == "assign" else 200
        allowed = {"mara": 200, "tina": 200, "ben": 403, "ada": auditor, "otto": 404, "nobody": 303}
        for name, status in allowed.items():
            answer = await people[name].get(f"/f/{cast.firm.slug}/training/{path}")
            assert answer.status_code == status, (name, path)


async def test_a_course_is_given_by_hand_and_let_off(cast: Cast, as_person: People) -> None:
    course, base = await make_course(cast), f"/f/{cast.firm.slug}/training"
    tina, mara = await as_person("tina"), await as_person("mara")
    fields = {"course_id": str(course.id), "due_on": in_days(10).isoformat(), "roles": ["bookkeeper"],
              "members": [str(member_id(cast.cash))], "reason": "新岗位"}  # fmt: skip
    assert (await (await as_person("ben")).post(f"{base}/assign", fields)).status_code == 403
    assert (await (await as_person("otto")).post(f"{base}/assign", fields)).status_code == 404
    for wrong in ({"roles": [], "members": []}, {"due_on": "2020-01-01"}, {"course_id": str(uuid7())}):
        kept = await tina.post(f"{base}/assign", {**fields, **wrong})
        assert kept.status_code == 422
        assert "新岗位" in kept.text
    for _turn in range(2):
        assert (await tina.post(f"{base}/assign", fields)).status_code == 303
    assert await work(cast, "training.assign") == 2
    rows = await assignments(cast)
    assert len(rows) == 3
    listed = (await tina.get(f"{base}/assignments")).text
    assert "课程refunds" in listed
    assert "何静" in listed
    deed = f"{base}/assignments/{rows[0].id}/waive"
    assert (await tina.post(deed, {"reason": "x"})).status_code == 403
    assert (await mara.get(deed)).status_code == 200
    assert (await mara.post(deed, {"reason": ""})).status_code == 422
    assert (await (await as_person("otto")).get(deed)).status_code == 404
    for _turn in range(2):
        assert (await mara.post(deed, {"reason": "产假"})).status_code == 303
    assert len(await assignments(cast)) == 2


async def test_fifty_by_forty_on_a_page(app: Litestar, cast: Cast, as_person: People) -> None:
    """120 people × 45 courses, every second cell assigned: pages by keyset, nobody twice, nobody left out."""
    for n in range(COURSES + 5):
        await make_course(cast, f"c{n:02}")
    ids = [uuid7() for _n in range(MANY)]
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        for who in ids:
            await session.execute(
                text(f"{PERSON} VALUES (:id, :email, '同事', 'zh', '', '', '[]', '{{}}', now())"),
                {"id": who, "email": f"{who.hex}@example.com"},
            )
    async with cast.transaction() as session:
        session.add_all(
            Membership(id=who, person_id=who, name=f"同事{n % 30:02}", email=f"{who.hex}@example.com",
                       roles=["cashier"], joined_at=clock.now())
            for n, who in enumerate(ids)
        )  # fmt: skip
    async with cast.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO course_assignments (firm_id, id, member_id, course_id, version_id, why, reason,"
                " source_key, assigned_at, due_at, reminders, waived_why, done_at) "
                "SELECT m.firm_id, gen_random_uuid(), m.id, c.id, c.published_id, 'role', NULL, '', now(),"
                " now() + (row_number() OVER () % 9 - 4) * interval '1 day', 0, '', NULL"
                " FROM memberships m JOIN courses c ON c.firm_id = m.firm_id"
                " WHERE m.firm_id = :firm AND (hashtext(m.id::text || c.slug) & 1) = 0"
            ),
            {"firm": cast.firm.id},
        )
    seen: list[object] = []
    person = ""
    async with cast.transaction() as session:
        while True:
            found = await grid(session, clock.now(), person)
            assert len(found.courses) == COURSES
            seen += [who for who, _name, _cells in found.rows]
            if not found.next_person:
                break
            assert len(found.rows) == PEOPLE
            person = found.next_person
        assert len(seen) == len(set(seen)) == MANY + 8
        assert len((await grid(session, clock.now(), "", found.next_course)).courses) == 5
    mara, page = await as_person("mara"), f"/f/{cast.firm.slug}/training/matrix"
    assert (await mara.get(page)).text.count("<td>") == PEOPLE * COURSES
    assert await count_statements(app, lambda: mara.get(page)) < COURSES  # neither one a person nor one a course
