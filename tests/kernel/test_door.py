"""The door: who may come in, and that strangers cannot tell a foreign record from one that does not exist."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_a_member_sees_the_firm_and_others_do_not(cast: Cast, as_person: People) -> None:
    address = f"/f/{cast.firm.slug}/work"
    assert (await (await as_person("ben")).get(address)).status_code == 200
    assert (await (await as_person("otto")).get(address)).status_code == 404
    answer = await (await as_person("nobody")).get(address)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={address}"


async def test_a_foreign_firm_looks_like_none(cast: Cast, as_person: People) -> None:
    otto = await as_person("otto")
    foreign = await otto.get(f"/f/{cast.firm.slug}/settings")
    missing = await otto.get("/f/no-such-firm/settings")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(cast.firm.slug, "no-such-firm") == missing.text


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_post_without_our_token_is_refused(as_person: People, token: str) -> None:
    ben = await as_person("ben")
    ben.csrf = token
    assert (await ben.post("/sign-out")).status_code == 403


async def test_a_post_from_another_site_is_refused(as_person: People) -> None:
    ben = await as_person("ben")
    assert (await ben.post("/sign-out", sec_fetch_site="cross-site")).status_code == 403
    assert (await ben.post("/sign-out")).status_code == 303


async def test_an_id_we_did_not_issue_is_nobody(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    ben.cookies = {"__Host-session": "chosen-by-the-client"}
    assert (await ben.get(f"/f/{cast.firm.slug}/work")).status_code == 303


async def test_headers_stand_on_every_answer(as_person: People) -> None:
    nobody = await as_person("nobody")
    for path in ("/sign-in", "/no-such-page"):
        headers = (await nobody.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
