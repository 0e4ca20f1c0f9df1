"""A matrix made from the router itself: every firm page × every kind of visitor."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

from litestar import Litestar

from saas.app import composed, routes
from saas.kernel.web import MEMBER, PUBLIC, SIGNED_IN
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


def _address(path: str, slug: str) -> str:
    """The route's address in a firm, other parameters filled with things that do not exist."""
    path = path.replace("{slug:str}", slug).replace("{slug}", slug)
    path = re.sub(r"\{\w+:uuid\}", str(uuid4()), path)
    path = re.sub(r"\{\w+:int\}", "7", path)
    return re.sub(r"\{\w+(:\w+)?\}", "nothing", path)


def _firm_routes(app: Litestar) -> list[tuple[str, str, str]]:
    return [
        (str(method), path, str(handler.opt["permission"])) for method, path, handler in routes(app) if "{slug" in path
    ]


async def _ask(person: Browser, method: str, address: str) -> int:
    answer = await (person.get(address) if method in ("GET", "HEAD") else person.post(address))
    return answer.status_code


def test_every_permission_is_granted_to_somebody(app: Litestar) -> None:
    granted = {g.permission for g in composed.grants} | {PUBLIC, SIGNED_IN, MEMBER}
    unknown = {permission for _m, _p, permission in _firm_routes(app)} - granted
    assert unknown == set()


async def test_strangers_get_the_same_answer_everywhere(app: Litestar, cast: Cast, as_person: People) -> None:
    """Otto, who owns another firm, learns nothing: 404 on every address of this firm, by every method."""
    otto, wrong = await as_person("otto"), {}
    for method, path, permission in _firm_routes(app):
        status = await _ask(otto, method, _address(path, cast.firm.slug))
        if status != 404 and permission != PUBLIC:
            wrong[f"{method} {path}"] = status
    assert wrong == {}


async def test_nobody_is_sent_to_sign_in(app: Litestar, cast: Cast, as_person: People) -> None:
    nobody, wrong = await as_person("nobody"), {}
    for method, path, permission in _firm_routes(app):
        answer = await (nobody.get if method in ("GET", "HEAD") else nobody.post)(_address(path, cast.firm.slug))
        if permission != PUBLIC and not answer.headers.get("location", "").startswith("/sign-in"):
            wrong[f"{method} {path}"] = answer.status_code
    assert wrong == {}


async def test_a_role_without_the_permission_is_refused(app: Litestar, cast: Cast, as_person: People) -> None:
    """403 before any record is looked for; with the permission, a record that does not exist is a 404, never a 500."""
    wrong = {}
    for name in ("paula", "ben", "cash", "ada"):
        person, actor = await as_person(name), cast.actors[name]
        for method, path, permission in _firm_routes(app):
            status = await _ask(person, method, _address(path, cast.firm.slug))
            may = permission in (PUBLIC, SIGNED_IN, MEMBER) or actor.may(permission)
            if (not may and status != 403) or status >= 500:
                wrong[f"{name} {method} {path}"] = status
    assert wrong == {}
