"""A rule that knows the right entry fills in the form of the correction: missing, wrong or booked twice."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from saas.adjustments import expected_entry, planning
from saas.cases import opening
from saas.checks.models import FoundAnomaly
from saas.checks.workflow import FINDING
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.perform import start
from tests.cases import story
from tests.cast import Browser, Cast

Row = tuple[str, str, str]
People = Callable[[str], Awaitable[Browser]]
BOOKS = """
2026-08-31 记-1 收投资款 | D 1002 10000.00 | C 3001 10000.00
2026-09-02 记-1 付广告费 | D 5602 500.00 | C 1002 500.00
2026-09-03 记-2 付广告费 | D 5602 500.00 | C 1002 500.00
2026-09-04 记-3 付手续费 | D 5603 20.00 | C 1002 20.00
2026-09-05 记-4 付展会费 | D 5601 9.00 | C 1002 9.00
"""


def entry(debit: str, credit: str, amount: str) -> list[dict[str, str]]:
    return [
        {"account": debit, "debit": amount, "credit": "0.00"},
        {"account": credit, "debit": "0.00", "credit": amount},
    ]


FEE = {"summary": "网银手续费", "lines": entry("5603", "1002", "15.00")}
MOVED, ELSEWHERE = entry("5601", "5602", "500.00"), entry("9999", "1002", "1.00")
LESS = {"summary": "广告费", "lines": entry("5602", "1002", "50.00")}
CASES = (
    ("N55", [], FEE, "omission", [("5603", "15.00", ""), ("1002", "", "15.00")]),
    ("N43", ["2026-09 记-1"], MOVED, "account", [("1002", "", "500.00"), ("5601", "500.00", "")]),
    ("N38", ["2026-09 记-1"], LESS, "amount_high", [("5602", "50.00", ""), ("1002", "", "50.00")]),
    ("N33", [], ELSEWHERE, "", []),
)


async def finding_of(cast: Cast, client: Client, rule: str, vouchers: list[str], expected: object) -> FoundAnomaly:
    async with cast.transaction() as session:
        row = FoundAnomaly(
            client_id=client.id, rule=rule, object="here", severity="medium", score=50.0, message=Text("…"),
            vouchers=vouchers, rows=[], period="2026-09", account="5602", amount=Money(1), found_at=clock.now(),
            compared={"expected": expected}, seen_at=clock.now(),
        )  # fmt: skip
        await start(session, FINDING, row, cast.ben)
    return row


@pytest.mark.parametrize(("rule", "vouchers", "expected", "kind", "right"), CASES)
async def test_the_form_begins_with_the_expected_entry(
    cast: Cast, as_person: People, rule: str, vouchers: list[str], expected: object, kind: str, right: list[Row]
) -> None:
    client, _contact = await story.make_client(cast)
    await story.import_text(cast, client, BOOKS)
    finding = await finding_of(cast, client, rule, vouchers, expected)
    async with cast.transaction() as session:
        case = await opening.from_findings(session, cast.ben, [finding], clock.now())
    async with cast.transaction() as session:
        at = await planning.desk_of(session, case, client)
        raw = expected_entry.beginning(at, [finding])
    columns = [raw.get(f"right-0-{name}", []) for name in ("account", "debit", "credit")]
    rows = [(account.split()[0], debit, credit) for account, debit, credit in zip(*columns, strict=True)]
    assert (raw.get("kind", ""), sorted(rows)) == (kind, sorted(right))
    page = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/cases/{case.id}/adjustment/new")
    assert page.status_code == 200
    if kind:
        assert re.search(rf'<option value="{kind}" selected', page.text)
        assert all(f'value="{amount}"' in page.text for _code, *amounts in right for amount in amounts if amount)


async def test_a_duplicate_names_its_copy(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    await story.import_text(cast, client, BOOKS)
    vouchers = ["2026-09 记-1", "2026-09 记-2"]
    finding = await finding_of(cast, client, "N25", vouchers, {"method": "RED_ONLY", "reverses": vouchers[1:]})
    async with cast.transaction() as session:
        case = await opening.from_findings(session, cast.ben, [finding], clock.now())
        at = await planning.desk_of(session, case, client)
    raw = expected_entry.beginning(at, [finding])
    assert (raw["kind"], raw["voucher"], raw["original"]) == ("duplicate", vouchers[1:], vouchers[0])
    assert raw["right-0-account"] == []
