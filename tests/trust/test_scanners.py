"""What mail scanners do with links (open them, ask for their head, post their forms) records nothing (trust.md §5)."""

from __future__ import annotations

import secrets

from litestar import Litestar
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.db import Base
from saas.kernel.link_entrance import _purposes
from saas.kernel.links import Link, issue
from tests.trust.addresses import Route, all_routes
from tests.trust.asking import CSRF, Person
from tests.trust.world import World

SUBJECTS = {
    "notice": "notices",
    "question": "questions",
    "intake": "clients",
    "status": "cases",
    "refund": "refunds",
    "survey": "surveys",
    "survey_note": "survey_note_recipients",
    "mass_notice": "mass_notice_clients",
    "care": "care_messages",
}
# Open letters, questions and stands of a case need a story; tests/notices/test_public.py scans the letter's page.
ELSEWHERE = {"notice", "question", "status"}


async def _counts(session: AsyncSession) -> dict[str, int]:
    """Rows of every table of the firm."""
    tables = [table for table in Base.metadata.sorted_tables if "firm_id" in table.c and table.name != "sessions"]
    return {table.name: await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


async def _links(world: World, purposes: set[str]) -> dict[str, tuple[Link, str]]:
    now, made = clock.now(), {}
    async with world.cast.database.transaction(tenancy.firm(world.cast.firm.id)) as session:
        for name in sorted(purposes):
            subject = world.ours.get(SUBJECTS.get(name, ""), world.ours["clients"])
            link, token = issue(
                session, world.cast.firm.code, name, subject, now=now, contact_id=world.ours["contacts"],
                secret=secrets.token_urlsafe(16),
            )  # fmt: skip
            made[name] = (link, token)
    return made


async def test_no_scanner_leaves_a_trace(app: Litestar, world: World, persons: dict[str, Person]) -> None:
    """Every purpose: link, page and files by GET and HEAD, every deed by POST without what only a person adds."""
    world.cast.database = app.state.database
    routes = [route for route in all_routes(app) if route.path.startswith("/c/")]
    links = await _links(world, set(_purposes))
    async with world.cast.transaction() as session:
        before = await _counts(session)
    opened = {}
    for name, (link, token) in links.items():
        opened[name] = await _scan(
            persons["nobody"], link, token, [r for r in routes if r.path.startswith(f"/c/{name}/")]
        )
    async with world.cast.transaction() as session:
        after = await _counts(session)
        told = (await session.execute(text("SELECT action, detail FROM audit_entries ORDER BY at DESC LIMIT 3"))).all()
        viewed = await session.scalar(text("SELECT count(*) FROM links WHERE viewed_at IS NOT NULL"))
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {}, told
    assert viewed == 0
    assert {name for name, statuses in opened.items() if 200 in statuses} >= set(SUBJECTS) - ELSEWHERE, opened
    assert not [name for name, statuses in opened.items() if any(status >= 500 for status in statuses)], opened


async def _scan(scanner: Person, link: Link, token: str, routes: list[Route]) -> list[int]:
    """The statuses of everything a scanner may do with one link: with the cookie it was given, and without."""
    entered = await scanner.ask("GET", f"/l/{token}")
    await scanner.ask("HEAD", f"/l/{token}")
    statuses = [entered.status_code]
    jar = {**scanner.cookies, f"__Host-link-{link.id.hex}": token}
    for browser in (Person("scanner", scanner.http, scanner.csrf, jar), scanner):
        for route in routes:
            address = route.at("", {"link_id": link.id})
            answer = await browser.ask(route.method, address, {"csrf": "", **_nothing_typed(route)})
            statuses.append(answer.status_code)
            if route.method == "GET":
                statuses.append((await browser.ask("HEAD", address)).status_code)
                found = CSRF.search(answer.text)
                if found:  # a scanner that runs the page can send its token, but types and chooses nothing
                    await _post_all(browser, link, routes, found[0])
    return statuses


async def _post_all(browser: Person, link: Link, routes: list[Route], csrf: str) -> None:
    """Every form of the page sent empty, with the right token. That it was seen is told by a script that waits."""
    for route in routes:
        if route.method == "POST" and not route.path.endswith("/seen"):
            await browser.ask("POST", route.at("", {"link_id": link.id}), {"csrf": csrf})


def _nothing_typed(route: Route) -> dict[str, str]:
    return {"signed_name": ""} if route.method == "POST" else {}
