"""Gates: what a firm asks for before a deed, decided in one place, for the button and at the moment of the deed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from saas.cases.forms import Confirm, WithoutVoucher
from saas.cases.workflow import HIGH_RISK
from saas.firms.models import Qualification
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Signpost
from saas.kernel.money import Money
from saas.kernel.standing import as_of
from saas.refunds.workflow import APPROVER, HANDLER
from saas.training.assigning import occasions
from saas.training.course_models import Course
from saas.training.duty_models import Gate
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.training.school import certify, in_days, make_course

People = Callable[[str], Awaitable[Browser]]
RISKY = Confirm("entry", Money(100_00), 5, 5, "reduce")


async def gate(cast: Cast, code: str, demand: str, course: Course | None, since: date | None = None) -> None:
    async with cast.transaction() as session:
        session.add(
            Gate(
                qualification=code,
                demand=demand,
                course_id=course.id if course else None,
                valid_from=since or clock.today(),
                set_by=member_id(cast.paula),
                set_at=clock.now(),
            )
        )


async def word(cast: Cast, name: str, code: str) -> None:
    """The owner grants it by hand."""
    async with cast.transaction() as session:
        session.add(Qualification(member_id=member_id(cast.actors[name]), code=code, valid_until=in_days(90),
                                  granted_by=member_id(cast.paula)))  # fmt: skip


async def lacks(cast: Cast, name: str, code: str, days: int = 0) -> str | None:
    """Why somebody lacks a qualification in so many days, in the source language; None if they hold it."""
    async with cast.transaction() as session:
        actor = await as_of(session, cast.actors[name], clock.now() + timedelta(days=days))
    reason = actor.lacks(code)
    return reason.msgid if reason is not None else None


async def test_without_a_gate_words_and_certificates_count_and_corrections_ask_nothing(cast: Cast) -> None:
    course = await make_course(cast, qualifications=[HANDLER])
    assert await lacks(cast, "ben", HIGH_RISK) is None
    assert "qualification" in str(await lacks(cast, "ben", HANDLER))
    await word(cast, "ben", HANDLER)
    await certify(cast, "lin", course, in_days(30))
    assert (await lacks(cast, "ben", HANDLER), await lacks(cast, "lin", HANDLER)) == (None, None)
    assert "qualification" in str(await lacks(cast, "lin", HANDLER, days=31))
    assert await lacks(cast, "lin", APPROVER) is not None


async def test_only_a_certificate_from_a_day_on(cast: Cast) -> None:
    course, other = await make_course(cast), await make_course(cast, "other", qualifications=[HANDLER])
    await word(cast, "ben", HANDLER)
    await certify(cast, "lin", other, in_days(90))
    await certify(cast, "quinn", course, in_days(40))
    await gate(cast, HANDLER, "certificate", course, in_days(10))
    for name in ("ben", "lin"):
        assert await lacks(cast, name, HANDLER) is None
        assert "valid certificate" in str(await lacks(cast, name, HANDLER, days=10))
    assert await lacks(cast, "quinn", HANDLER, days=40) is None
    assert "certificate ended" in str(await lacks(cast, "quinn", HANDLER, days=41))
    await gate(cast, HANDLER, "either", None, in_days(20))
    assert await lacks(cast, "ben", HANDLER, days=20) is None  # and the day before it was not
    assert await lacks(cast, "ben", HANDLER, days=19) is not None


async def test_a_new_policy_not_learned_in_time_ends_the_certificate(cast: Cast) -> None:
    from saas.refunds.policies import versions

    course = await make_course(cast, bound_to="refund_policy", qualifications=[HANDLER])
    await certify(cast, "ben", course, in_days(300), issued=clock.now() - timedelta(days=1))
    async with cast.transaction() as session:
        policy = await versions.in_force(session, clock.today())
        await occasions.after_policy(session, str(policy.id))
    assert await lacks(cast, "ben", HANDLER) is None
    assert await lacks(cast, "ben", HANDLER, days=30) is not None
    await certify(cast, "ben", course, in_days(300), issued=clock.now() + timedelta(seconds=1))
    assert await lacks(cast, "ben", HANDLER, days=30) is None


async def test_the_deed_refuses_what_expired_since_the_page_was_shown(cast: Cast, as_person: People) -> None:
    course = await make_course(cast)
    await gate(cast, HIGH_RISK, "certificate", course)
    paper = await certify(cast, "quinn", course, in_days(5))
    case, _client, _contact = await story.opened(cast)
    await story.act(cast, case, "confirm", cast.ben, RISKY)
    await story.talk(cast, case)
    await story.act(cast, case, "contact", cast.ben)
    async with cast.transaction() as session:
        row = await session.get_one(type(case), (case.firm_id, case.id))
        row.files = [{"name": "合同.pdf", "sha256": "0" * 64, "size": 1}]
    await story.act(cast, case, "analyse", cast.ben, story.ANALYSE)
    page = f"/f/{cast.firm.slug}/cases/{case.id}"
    quinn = await as_person("quinn")
    assert 'id="settle_without_voucher"' in (await quinn.get(page)).text
    given = WithoutVoucher("no_entry", "无须入账")
    still = replace(cast.quinn, qualifications=frozenset({HIGH_RISK}))  # as the page knew them
    with clock.at(clock.now() + timedelta(days=6)), pytest.raises(Forbidden, match="certificate ended") as expired:
        await story.act(cast, case, "settle_without_voucher", still, given)
    assert isinstance(expired.value.reason, Signpost)
    async with cast.transaction() as session:
        taken = await session.get_one(type(paper), (paper.firm_id, paper.id))
        taken.withdrawn_at, taken.withdrawn_by, taken.withdrawn_why = clock.now(), member_id(cast.paula), "代考"
    form = {"outcome": "no_entry", "duties": "无须入账"}
    answer = await quinn.post(f"{page}/settle_without_voucher", form)
    assert answer.status_code == 403
    assert f'<a href="/f/{cast.firm.slug}/training/courses/{course.id}">' in answer.text
    assert "aria-disabled" in (await quinn.get(page)).text
    async with cast.transaction() as session:
        denied = list(await session.scalars(select(AuditEntry).where(AuditEntry.outcome == "refused")))
    assert [(e.action, e.actor_id, e.subject_id) for e in denied] == [
        ("case.settle_without_voucher", member_id(cast.quinn), case.id)
    ]
    await certify(cast, "quinn", course, in_days(100))
    assert (await quinn.post(f"{page}/settle_without_voucher", form)).status_code == 303
    assert (await story.reload(cast, case)).state == "approved"


async def test_a_small_risk_asks_for_nothing(cast: Cast) -> None:
    await gate(cast, HIGH_RISK, "certificate", await make_course(cast))
    case, _client, _contact = await story.analysed(cast)
    done = await story.act(cast, case, "settle_without_voucher", cast.quinn, WithoutVoucher("no_entry", "无须入账"))
    assert done.state == "approved"


async def test_the_page_shows_who_would_be_locked_out_before_it_saves(cast: Cast, as_person: People) -> None:
    course, page = await make_course(cast, qualifications=[HANDLER]), f"/f/{cast.firm.slug}/settings/gates"
    for name in ("mara", "ben", "ada"):
        assert (await (await as_person(name)).get(page)).status_code == 200
        assert (await (await as_person(name)).post(f"{page}/{HANDLER}", {})).status_code == 403
    assert (await (await as_person("otto")).get(page)).status_code == 404
    assert (await (await as_person("nobody")).get(page)).status_code == 303
    await word(cast, "ben", HANDLER)
    paula = await as_person("paula")
    fields = {"demand": "certificate", "course_id": str(course.id), "valid_from": clock.today().isoformat()}

    async def rows() -> int:
        async with cast.transaction() as session:
            return len((await session.scalars(select(Gate))).all())

    assert (await paula.post(f"{page}/no.such", fields)).status_code == 404
    assert (await paula.post(f"{page}/{HANDLER}", {**fields, "demand": "off"})).status_code == 422
    assert (await paula.post(f"{page}/{HANDLER}", {**fields, "course_id": ""})).status_code == 422
    assert (await paula.post(f"{page}/{HANDLER}", {**fields, "valid_from": "2020-01-01"})).status_code == 422
    shown = await paula.post(f"{page}/{HANDLER}", fields)
    assert shown.status_code == 200
    assert "陆予安" in shown.text.split("notice-amber")[1]
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    assert (await paula.post(f"{page}/{HANDLER}", {**fields, "seen": seen})).status_code == 422  # nobody would be left
    assert await rows() == 0
    await certify(cast, "lin", course, in_days(50))
    stale = await paula.post(f"{page}/{HANDLER}", {**fields, "seen": seen, "nobody": "yes"})
    assert (stale.status_code, await rows()) == (200, 0)  # another outlook than the one confirmed
    seen = stale.text.split('name="seen" value="')[1].split('"')[0]
    for _turn in range(2):
        assert (await paula.post(f"{page}/{HANDLER}", {**fields, "seen": seen})).status_code == 303
    assert await rows() == 1
    assert (await lacks(cast, "lin", HANDLER), await lacks(cast, "ben", HANDLER) is None) == (None, False)
    member = await paula.get(f"/f/{cast.firm.slug}/settings/people/{member_id(cast.ben)}")
    assert "周以宁手工授予" in member.text
