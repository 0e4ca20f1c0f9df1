"""From a finding to the books: similar lines of other months, each opening into its whole voucher."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
BOOKS = """
2026-07-20 记-1 购办公用品 | D 5602 310.00 | C 1002 310.00
2026-08-20 记-1 购办公用品 | D 5602 640.00 | C 1002 640.00
2026-08-25 记-2 付水费 | D 5602 77.00 | C 1002 77.00
""" + story.UNBALANCED.lstrip()


async def test_similar_lines_of_the_past_open_into_their_vouchers(cast: Cast, as_person: People) -> None:
    client, _contact, findings = await story.found(cast, BOOKS)
    finding = next(f for f in findings if f.rule == "N01")
    page = (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/findings/{finding.id}")).text
    at = f"/f/{cast.firm.slug}/clients/{client.id}/vouchers?key="
    opens = [key for key in ("2026-07 记-1", "2026-08 记-1", "2026-08 记-2") if f"{at}{quote(key)}" in page]
    assert opens == ["2026-07 记-1", "2026-08 记-1"], "the same purchase of other months, not the water bill"
    assert "640.00" in page
    voucher = f"{at}{quote('2026-08 记-1')}"
    for name, status in (("ben", 200), ("otto", 404), ("nobody", 303)):
        answer = await (await as_person(name)).get(voucher)
        assert answer.status_code == status, name
        if status == 200:
            for words in ("5602", "1002", "640.00"):
                assert words in answer.text
    unknown = await (await as_person("ben")).get(f"{at}{quote('2026-08 记-9')}")
    assert unknown.status_code == 404
