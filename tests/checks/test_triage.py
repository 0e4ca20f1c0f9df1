"""Grouping, one finding at a time, deeds for several, the list as a workbook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

from openpyxl import load_workbook

from saas.checks import grouping
from saas.checks.models import FoundAnomaly
from saas.checks.queries import Wanted, findings
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.spreadsheets import harmless
from tests.cases import story
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
BOOKS = """
2026-09-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00
2026-09-18 记-2 付广告费 | D 5601 1200.00 | C 1002 1100.00
2026-09-20 记-3 购办公用品 | D 5602 800.00 | C 1002 700.00
2026-09-25 记-5 提现 | D 1001 10.00 | C 1002 10.00
"""


async def found(cast: Cast) -> tuple[Client, Sequence[FoundAnomaly]]:
    client, _contact, listed = await story.found(cast, BOOKS)
    assert {"N01", "N02"} <= {finding.rule for finding in listed}
    return client, listed


async def test_groups_by_rule_voucher_and_account(cast: Cast, as_person: People) -> None:
    client, listed = await found(cast)
    async with cast.transaction() as session:
        wanted = Wanted(client_id=client.id)
        by_rule = await grouping.groups(session, wanted, "rule")
        by_voucher = await grouping.groups(session, wanted, "voucher")
        assert {g.key: g.count for g in by_rule}["N01"] == 2
        assert sum(g.count for g in by_rule) == sum(g.count for g in by_voucher) == len(listed)
        assert "2026-09 记-2" in {g.key for g in by_voucher}
        assert await grouping.count(session, wanted, "rule") == len(by_rule)
        worst = ["critical", "high", "medium", "low"]
        assert [worst.index(g.worst) for g in by_rule] == sorted(worst.index(g.worst) for g in by_rule)
        assert all(f.rule == g.key for g in by_rule for f in g.findings)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/findings"
    page = (await ben.get(f"{at}?group=rule&client={client.id}")).text
    assert "N01 凭证借贷不平" in page
    for group in ("voucher", "account", "nonsense"):
        assert (await ben.get(f"{at}?group={group}")).status_code == 200
    narrowed = (await ben.get(f"{at}?voucher=2026-09%20记-2")).text
    assert "记-2" in narrowed
    assert "记-3" not in narrowed
    assert (await ben.get(f"{at}?client=nonsense&offset=x")).status_code == 200


async def test_triage_goes_on_to_the_next(cast: Cast, as_person: People) -> None:
    client, listed = await found(cast)
    at = f"/f/{cast.firm.slug}/findings/triage"
    quinn, asked = await as_person("quinn"), f"client={client.id}"
    page = (await quinn.get(f"{at}?{asked}")).text
    assert f"第 1 条，共 {len(listed)} 条" in page
    async with cast.transaction() as session:
        queue = [f.id for f in await findings(session, Wanted(client_id=client.id))]
    sent = await quinn.post(f"{at}/{queue[0]}/dismiss?{asked}", {"reason": "客户已说明"})
    assert sent.status_code == 303
    assert sent.headers["location"].endswith(f"at={queue[1]}")
    assert (await quinn.post(f"{at}/{queue[0]}/dismiss?{asked}", {"reason": "客户已说明"})).status_code == 409
    nothing = await quinn.post(f"{at}/{queue[1]}/dismiss?{asked}", {"reason": ""})
    assert nothing.status_code == 422
    confirmed = await quinn.post(
        f"/f/{cast.firm.slug}/cases/from-findings",
        {"finding": str(queue[1]), "next": f"/findings/triage?{asked}&at={queue[2]}"},
    )
    assert urlsplit(confirmed.headers["location"]).path == at
    states = {f.id: f.state for f in await story.findings(cast, client)}
    assert (states[queue[0]], states[queue[1]]) == ("dismissed", "confirmed")
    elsewhere = {"finding": str(queue[1]), "next": "https://example.com"}
    assert (
        "example" not in (await quinn.post(f"/f/{cast.firm.slug}/cases/from-findings", elsewhere)).headers["location"]
    )


async def test_who_may_triage_and_export(cast: Cast, as_person: People) -> None:
    _client, listed = await found(cast)
    at = f"/f/{cast.firm.slug}/findings"
    for path in ("triage", f"triage?at={listed[0].id}", "list.xlsx"):
        for name, status in (("ben", 200), ("ada", 200), ("cash", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(f"{at}/{path}")).status_code == status
    dismiss = f"{at}/triage/{listed[0].id}/dismiss"
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(dismiss, {"reason": "没有问题"})).status_code == status
        assert (await (await as_person(name)).post(f"{at}/except", {})).status_code == status
    assert (await (await as_person("ben")).post(f"{at}/triage/{listed[0].id}/cure", {})).status_code == 404
    severe = next(finding for finding in listed if finding.is_severe)
    refused = await (await as_person("ben")).post(f"{at}/triage/{severe.id}/dismiss", {"reason": "没有问题"})
    assert refused.status_code == 403
    assert "须由质控人员排除" in refused.text


async def test_several_are_excepted_at_once(cast: Cast, as_person: People) -> None:
    client, listed = await found(cast)
    at = f"/f/{cast.firm.slug}/findings/except"
    quinn = await as_person("quinn")
    form = {
        "finding": [str(finding.id) for finding in listed],
        "scope": "object",
        "owner_id": str(member_id(cast.quinn)),
        "until": str(clock.today() + timedelta(days=90)),
    }
    refused = await quinn.post(at, form)
    assert refused.status_code == 422  # no reason
    sent = await quinn.post(f"{at}?group=rule&client={client.id}", {**form, "why": "常年如此"})
    assert sent.status_code == 303
    assert "group=rule" in sent.headers["location"]
    rows = [f for f in await story.findings(cast, client) if f.severity != "info"]
    assert {(f.state, f.reason) for f in rows} == {("excepted", "常年如此")}
    assert (await quinn.post(at, {**form, "why": "常年如此"})).status_code == 422  # none is open any more


async def test_the_workbook_has_findings_definitions_and_rules(cast: Cast, as_person: People) -> None:
    client, listed = await found(cast)
    sent = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/findings/list.xlsx?client={client.id}&rule=N01")
    book = load_workbook(BytesIO(sent.content))
    assert book.sheetnames == ["检查发现", "指标定义", "规则"]
    rows = list(book["检查发现"].iter_rows(values_only=True))
    assert len(rows) == 1 + sum(finding.rule == "N01" for finding in listed)
    assert {row[0] for row in rows[1:]} == {client.name}
    assert {row[0] for row in book["指标定义"].iter_rows(values_only=True)} >= {str(head) for head in rows[0]}


def test_no_cell_is_a_formula() -> None:
    assert [harmless(cell) for cell in ("=1+1", "@x", "-5", "字", -5)] == ["'=1+1", "'@x", "'-5", "字", -5]
