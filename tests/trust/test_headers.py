"""Headers, cookies and caches of every route and every error page (trust.md §4, §6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import httpx
import pytest
from litestar import Litestar

from saas.app import create_app
from saas.kernel.config import Settings
from saas.kernel.web import security_headers
from tests.cast import PASSWORD
from tests.trust.addresses import all_routes
from tests.trust.asking import Person
from tests.trust.headers import faults
from tests.trust.matrix import NOBODYS
from tests.trust.world import World

KEPT = {"/pictures/{code:str}/{digest:str}"}  # a firm's logo in mails and letters: named by its hash, the same for all


def _ids(names: tuple[str, ...], world: World) -> Mapping[str, object]:
    return {name: world.ours["clients"] if name == "client_id" else NOBODYS for name in names}


async def test_every_route_by_every_door(app: Litestar, world: World, persons: dict[str, Person]) -> None:
    """As nobody: public pages, the way to sign in, forms without their token. A member's pages: test_matrix.py."""
    wrong: dict[str, list[str]] = {}
    for route in all_routes(app):
        address = route.at(world.cast.firm.slug, _ids(route.ids, world), world.file)
        kept = route.path in KEPT
        answer = await persons["nobody"].ask(route.method, address, {"csrf": "forged"})
        found = [fault for fault in faults(answer) if not (kept and fault.startswith("may be kept"))]
        if found:
            wrong[f"{route}: {answer.status_code}"] = found
    assert wrong == {}


async def test_every_error_page(persons: dict[str, Person], app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """400, 403, 404, 405, 413 and the one for our own bugs."""
    paula, seen = persons["paula"], {}
    huge = {"content-length": str(65 * 1024 * 1024), "content-type": "application/x-www-form-urlencoded"}
    asked = [
        await paula.ask("GET", "/nowhere"),
        await paula.ask("DELETE", "/account"),
        await paula.ask("POST", "/account/name", {"csrf": "forged"}),
        await paula.http.post("/sign-in", content=b"x", headers=huge),
        await paula.ask("GET", "/help?page=%00"),
    ]
    for answer in asked:
        seen[answer.status_code] = list(faults(answer))
    assert set(seen) >= {403, 404, 405, 413}, seen
    assert [found for found in seen.values() if found] == []


async def test_a_bug_has_the_headers_too(app: Litestar, persons: dict[str, Person]) -> None:
    """The database gone in the middle of a request: an error page, with everything an answer carries."""
    there = app.state.database
    url = there.engine.url.set(port=1)
    app.state.database = type(there)(url.render_as_string(hide_password=False))
    try:
        answer = await persons["nobody"].ask("GET", "/v/ABC123")
    finally:
        await app.state.database.close()
        app.state.database = there
    assert answer.status_code == 500
    assert list(faults(answer)) == []


async def test_behind_tls_browsers_are_told_to_stay_there(settings: Settings) -> None:
    behind = create_app(dataclasses.replace(settings, public_url="https://books.example"))
    transport = httpx.ASGITransport(behind)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://books.example") as http:
        for path in ("/sign-in", "/nowhere"):
            assert (await http.get(path)).headers["strict-transport-security"] == "max-age=31536000"
    await behind.state.database.close()
    assert "strict-transport-security" not in security_headers(False)


async def test_signing_in_sets_cookies_with_all_their_flags(persons: dict[str, Person], world: World) -> None:
    nobody = persons["nobody"]
    page = await nobody.http.get("/sign-in")
    answer = await nobody.ask("POST", "/sign-in", {"email": world.cast.persons["wim"].email, "password": PASSWORD})
    shown = await nobody.ask("POST", "/locale", {"locale": "en", "next": "/"})
    for each in (page, answer, shown):
        assert list(faults(each)) == []
    assert [c for each in (page, shown) for c in each.headers.get_list("set-cookie")] != []
