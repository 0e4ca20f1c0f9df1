"""The pages of findings and rules: list, evidence, putting aside, thresholds; and the check after an import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from saas.checks import queries
from saas.checks.models import FoundAnomaly, RuleSetting
from saas.checks.thresholds import in_force
from saas.kernel import clock
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from tests.cases import story
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]


async def test_everyone_of_the_firm_sees_findings_and_nobody_else(cast: Cast, as_person: People) -> None:
    client, _contact, listed = await story.found(cast)
    at, finding = f"/f/{cast.firm.slug}", listed[0]
    pages = ("/findings", "/findings?state=all&rule=N01", f"/findings?client={client.id}", f"/findings/{finding.id}",
             "/settings/rules", "/settings/rules/N25", "/settings/rules/N21")  # fmt: skip
    for path in pages:
        for name in ("paula", "quinn", "ben", "cash", "ada"):
            assert (await (await as_person(name)).get(at + path)).status_code == 200, (path, name)
        assert (await (await as_person("otto")).get(at + path)).status_code == 404
        assert (await (await as_person("nobody")).get(at + path)).status_code == 303
    assert (await (await as_person("ben")).get(f"{at}/settings/rules/N99")).status_code == 404


async def test_an_import_is_checked_by_itself(cast: Cast) -> None:
    """`import.stored` promises the run through the outbox; the job finds what is wrong."""
    client, _contact = await story.make_client(cast)
    await story.import_text(cast, client, story.UNBALANCED)
    async with cast.transaction() as session:
        query = select(Outbox.id).where(Outbox.job == "checks.after_import", Outbox.finished_at.is_(None))
        [job_id] = (await session.scalars(query)).all()
    assert await run_job(cast.database, cast.firm.id, job_id)
    assert "N01" in {finding.rule for finding in await story.findings(cast, client)}


async def test_the_button_checks_again(cast: Cast, as_person: People) -> None:
    client, _contact, _listed = await story.found(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/check"
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at)).status_code == status
    answer = await (await as_person("ben")).post(at)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/f/{cast.firm.slug}/findings?client={client.id}",
    )


async def test_putting_several_aside_with_one_reason(cast: Cast, as_person: People) -> None:
    """A bookkeeper may not put the severe ones aside: they stay, and the page says so."""
    gap = "2026-09-25 记-5 提现 | D 1001 10.00 | C 1002 10.00"
    client, _contact, listed = await story.found(cast, f"{story.UNBALANCED}\n{gap}")
    at = f"/f/{cast.firm.slug}/findings/dismiss"
    form = {"finding": [str(f.id) for f in listed], "reason": "客户已说明"}
    assert (await (await as_person("ada")).post(at, form)).status_code == 403
    assert (await (await as_person("otto")).post(at, form)).status_code == 404
    ben = await as_person("ben")
    assert (await ben.post(at, {"finding": form["finding"]})).status_code == 422
    assert (await ben.post(at, {"reason": "客户已说明"})).status_code == 422
    partly = await ben.post(at, form)
    assert partly.status_code == 422
    assert "须由质控人员排除" in partly.text
    severe = [str(f.id) for f in listed if f.is_severe]
    assert 0 < len(severe) < len(listed)
    assert (await (await as_person("quinn")).post(at, {**form, "finding": severe})).status_code == 303
    states = {f.state for f in await story.findings(cast, client) if f.severity != "info"}
    assert states == {"dismissed"}


async def test_an_exception_from_the_page(cast: Cast, as_person: People) -> None:
    _client, _contact, listed = await story.found(cast)
    finding = next(f for f in listed if f.rule == "N01")
    at = f"/f/{cast.firm.slug}/findings/{finding.id}/except"
    until = clock.today() + timedelta(days=90)
    form = {"scope": "object", "owner_id": str(member_id(cast.quinn)), "until": str(until), "reason": "常年如此"}
    assert (await (await as_person("ben")).post(at, form)).status_code == 403
    quinn = await as_person("quinn")
    assert (await quinn.post(at, {**form, "until": "2026-02-30"})).status_code == 422
    assert (await quinn.post(at, form)).status_code == 303
    assert (await quinn.post(at, form)).status_code == 409
    assert "常年如此" in (await quinn.get(f"/f/{cast.firm.slug}/findings/{finding.id}")).text


async def test_thresholds_are_set_with_their_range_and_history(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/settings/rules/N25"
    form = {"is_on": "yes", "days": "10", "floor_fen": "500.00"}
    for name, status in (("ben", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, form)).status_code == status
    mara = await as_person("mara")
    wrong = await mara.post(at, {**form, "days": "99"})
    assert wrong.status_code == 422
    assert 'value="99"' in wrong.text
    for _turn in range(2):
        assert (await mara.post(at, form)).status_code == 303
    async with cast.transaction() as session:
        [setting] = (await session.scalars(select(RuleSetting))).all()
        assert (setting.is_on, setting.thresholds) == (True, {"days": 10, "floor_fen": 50_000})
        chosen = await in_force(session)
        assert chosen.full("N25")["days"] == 10
        assert "N04" not in chosen.enabled  # off in the starter
    assert (await mara.post(at, {"days": ""})).status_code == 303  # not ticked: off, back to the product's values
    page = (await mara.get(at)).text
    assert "马若兰" in page
    async with cast.transaction() as session:
        assert "N25" not in (await in_force(session)).enabled
        assert len(await queries.settings_history(session, "N25")) == 2


async def test_names_and_choices_as_thresholds(cast: Cast, as_person: People) -> None:
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/settings/rules"
    assert (await mara.post(f"{at}/N11", {"is_on": "yes", "shareholders": "朱熙元、王文斌"})).status_code == 303
    assert (await mara.post(f"{at}/N21", {"is_on": "yes", "method": "never"})).status_code == 422
    assert (await mara.post(f"{at}/N21", {"is_on": "yes", "method": "yearly"})).status_code == 303
    assert (await mara.post(f"{at}/N33", {"is_on": "yes", "presence": "75"})).status_code == 303
    client, _contact = await story.make_client(cast, shareholders=["李四"])
    async with cast.transaction() as session:
        chosen = await in_force(session, client)
    assert set(chosen.full("N11")["shareholders"]) == {"朱熙元", "王文斌", "李四"}
    assert (chosen.full("N21")["method"], chosen.full("N33")["presence"]) == ("yearly", 0.75)


async def test_a_sealed_month_that_changed_is_found(cast: Cast, as_person: People) -> None:
    """N27: what was sealed is compared with what was imported later."""
    client, _contact, _listed = await story.found(cast)
    quinn, at = await as_person("quinn"), f"/f/{cast.firm.slug}/clients/{client.id}/ledgers/seal"
    assert (await quinn.post(at, {"period": "2026-09"})).status_code == 303
    changed = story.UNBALANCED.replace("D 5601 1200.00 | C 1002 1200.00", "D 5601 1300.00 | C 1002 1300.00")
    listed = await story.check(cast, client, await story.import_text(cast, client, changed))
    [finding] = [f for f in listed if f.rule == "N27"]
    assert (finding.severity, finding.vouchers) == ("critical", ["2026-09 记-2"])
    async with cast.transaction() as session:
        kept = await session.get_one(FoundAnomaly, (finding.firm_id, finding.id))
        assert "sealed" not in kept.settings
