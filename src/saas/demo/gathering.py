"""A session the team held together: planned with its people, attended by most, its credits booked, a talk scored; one
thing learned outside, with its proof, confirmed by the owner; and next year's first line of the plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import select

from saas.demo.papers import paper
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course
from saas.training.duty_models import Attendance, CreditEntry, TeamSession

PLAYED = {
    "scenario": "own_error",
    "points": ["4", "3", "4", "3", "4", "2"],
    "remark": "开口先说结论，责任讲得清楚；下次把书面确认的日期当场约定下来。",
}
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(on, key, deed), in the order of their times."""
    owner = next(c.name for c in tenant.staff if c.role == "owner")
    learner = next((c.name for c in tenant.staff if c.role == "reviewer"), owner)
    yield "-16 09:35", "session/planned", partial(planned, owner=owner)
    yield "-15 17:05", "session/held", partial(held, owner=owner)
    yield "-11 13:40", "outside/entered", partial(entered, name=learner)
    if learner != owner:
        yield "-10 09:25", "outside/confirmed", partial(confirmed, owner=owner)
    yield "-7 16:45", "plan/next_year", partial(next_year, owner=owner)


async def planned(scene: Scene, owner: str) -> None:
    begins = scene.at.astimezone(CHINA).replace(hour=15, minute=0)
    form = {
        "key": str(uuid7()), "title": "重复入账案例复盘", "held_at": f"{begins:%Y-%m-%dT%H:%M}", "minutes": "60",
        "place": "二楼会议室", "credits": "2", "subject": "professional", "roles": ["bookkeeper", "reviewer"],
        "notes": "用上月的两起重复入账案例，练习按发票号查重和红字更正。",
    }  # fmt: skip
    await (await scene.browser_of(owner)).post(f"{scene.root}/training/sessions/new", form)


async def held(scene: Scene, owner: str) -> None:
    async with scene.stage.reading() as session:
        row = (await session.scalars(select(TeamSession).where(of_this_firm(TeamSession)))).first()
        if row is None:
            raise NotThere("no session was planned")
        query = select(Attendance.member_id).where(of_this_firm(Attendance), Attendance.session_id == row.id)
        invited = list(await session.scalars(query.order_by(Attendance.id)))
    there = [str(member) for member in invited[:-1] or invited]  # one could not come
    form = {"present": there, "notes": "约定：录入前先按发票号查重；红字更正写清原凭证日期和号数。"}
    browser, here = await scene.browser_of(owner), f"{scene.root}/training/sessions/{row.id}"
    await browser.post(f"{here}/held", form)
    await browser.post(f"{here}/role-plays", {**PLAYED, "member_id": there[0]})


async def entered(scene: Scene, name: str) -> None:
    form = {
        "key": str(uuid7()), "title": "财政局会计继续教育网络课程", "credits": "30", "subject": "professional",
        "earned_on": f"{scene.at.astimezone(CHINA):%Y-%m-%d}",
    }  # fmt: skip
    day = scene.at.astimezone(CHINA).date()
    files = [("proof", paper("继续教育证明.png", name, day))]
    await (await scene.browser_of(name)).post(f"{scene.root}/training/credits", form, files)


async def confirmed(scene: Scene, owner: str) -> None:
    async with scene.stage.reading() as session:
        query = select(CreditEntry.id).where(of_this_firm(CreditEntry), CreditEntry.why == "outside")
        entry = await session.scalar(query)
    if entry is None:
        raise NotThere("nothing was handed in")
    await (await scene.browser_of(owner)).post(f"{scene.root}/training/credits/{entry}/decide", {"verdict": "yes"})


async def next_year(scene: Scene, owner: str) -> None:
    async with scene.stage.reading() as session:
        query = select(Course.id).where(of_this_firm(Course), Course.slug == "accounting-tax-updates")
        course = await session.scalar(query)
    if course is None:
        raise NotThere("there is no course on the updates")
    year = scene.at.astimezone(CHINA).year + 1
    form = {"year": str(year), "month": "1", "course_id": str(course), "roles": ["bookkeeper", "reviewer"]}
    await (await scene.browser_of(owner)).post(f"{scene.root}/training/plan", form)
