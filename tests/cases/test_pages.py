"""The pages of cases and findings: who may see and do what, and that a form posted twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_lists_and_pages_open_for_everyone_of_the_firm(cast: Cast, as_person: People) -> None:
    case, client, _contact = await story.opened(cast)
    finding = (await story.findings(cast, client))[0]
    at = f"/f/{cast.firm.slug}"
    for path in (
        "/cases",
        f"/cases/{case.id}",
        "/findings?state=all",
        f"/findings/{finding.id}",
        f"/clients/{client.id}",
        "/settings/rules",
        "/settings/rules/N25",
    ):
        for name in ("paula", "ben", "quinn", "ada"):
            answer = await (await as_person(name)).get(at + path)
            assert answer.status_code == 200, (path, name, answer.text[-3000:])
        assert (await (await as_person("otto")).get(at + path)).status_code == 404
        assert (await (await as_person("nobody")).get(at + path)).status_code == 303
