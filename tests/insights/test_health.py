"""Client health on its pages: counted again in plain Python, a merged client, filters, rules, who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.cases.models import Case
from saas.cases.workflow import OPEN
from saas.clients.models import Client, Contract
from saas.clients.queries import client as one_client
from saas.clients.queries import every_client
from saas.insights import answer_facts
from saas.insights.health.health_models import HealthRules
from saas.insights.health.pages import panel
from saas.insights.health.reading import rules_on, states
from saas.insights.health.terms import NAMES, STARTER, Counts, judged
from saas.insights.measures.measure import Scope
from saas.insights.measures.renewals import RETENTION
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.config import Settings
from saas.notices.models import Notice
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from tests.cast import Browser, Cast
from tests.insights.past import Past, make_past

People = Callable[[str], Awaitable[Browser]]


def again(past: Past, ids: set[UUID]) -> Counts:
    """Counted from the written rows, with none of the product's queries."""
    begin, today = clock.today() - timedelta(days=365), clock.today()

    def year(moment: Any) -> bool:
        return moment is not None and begin <= moment.astimezone(CHINA).date() <= today

    def mine(kind: type) -> list[Any]:
        return [row for row in past.of(kind) if row.client_id in ids]

    cases = [one for one in mine(Case) if one.source != "complaint"]
    letters = [one for one in mine(Notice) if year(one.issued_at) and one.state != "withdrawn" and one.answer_by]
    letters = [one for one in letters if one.answered_at or one.answer_by < today]
    surveys = [one for one in mine(Survey) if year(one.sent_at)]
    surveys = [one for one in surveys if one.answered_at or one.sent_at < clock.now() - timedelta(days=7)]
    stars = list[Decimal]()
    for survey in mine(Survey):
        said = [one for one in past.of(SurveyAnswer) if one.survey_id == survey.id]
        if said and year(said[-1].at):
            stars.append(Decimal(said[-1].values["a"] + said[-1].values["b"]) / 2)
    return Counts(
        cases=sum(one.likelihood is not None and one.outcome != "explained" and year(one.opened_at) for one in cases),
        late=sum(one.state in OPEN and one.due_at < clock.now() for one in cases),
        complaints=sum(one.source == "complaint" and year(one.opened_at) for one in mine(Case)),
        answers=len(stars),
        stars=int(sum(stars) * 1000),
        refunds=sum(year(one.submitted_at) for one in mine(Refund)),
        asked=len(letters) + len(surveys),
        answered=sum(bool(one.answered_at and one.answered_at.astimezone(CHINA).date() <= one.answer_by)
                     for one in letters) + sum(one.answered_at is not None for one in surveys),
    )  # fmt: skip


async def test_every_client_is_counted_as_by_hand_also_after_a_merger(
    cast: Cast, settings: Settings, as_person: People
) -> None:
    past = await make_past(settings, cast, lambda past: None)
    async with cast.transaction() as session:
        await answer_facts.rebuild(session)
    async with cast.transaction() as session:
        clients = [one for one in await every_client(session) if one.archived_at is None]
        found = {one.client.id: one for one in await states(session, clients, STARTER)}
        for client in clients:
            assert found[client.id].health == judged(again(past, {client.id}), STARTER), client.name
            assert (await states(session, [client], STARTER))[0] == found[client.id]
            ends = max(one.ends_on for one in past.of(Contract) if one.client_id == client.id)
            assert found[client.id].ends_on == ends
    assert {one.renewal for one in found.values()} > {"running"}
    gone, into = clients[:2]
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}"
    assert (await mara.post(f"{at}/clients/{gone.id}/merge", {"into_id": str(into.id)})).status_code == 303
    async with cast.transaction() as session:
        [state] = await states(session, [into], STARTER)
    assert state.health == judged(again(past, {gone.id, into.id}), STARTER)
    await its_letters_count_for_what_it_became(mara, past, gone, into, at)
    listed = (await mara.get(f"{at}/insights/health")).text
    assert f"/clients/{into.id}" in listed
    assert f"/clients/{gone.id}" not in listed
    async with cast.transaction() as session:
        merged = await one_client(session, gone.id)
        assert (await panel(session, merged, cast.ben))["health"] is None  # its page shows the way on
        shown = await panel(session, into, cast.ben)
    assert (shown["health"], shown["list_url"]) == (state.health, "")
    await the_filters_narrow(cast, mara, f"{at}/insights/health", state.health.band)
    await the_retention_is_the_measure(cast, listed)


async def its_letters_count_for_what_it_became(mara: Browser, past: Past, gone: Client, into: Client, at: str) -> None:
    """A letter keeps the client it was written to; asked by the old name or the new, a figure counts both."""
    letters = [one for one in past.of(Notice) if one.client_id in (gone.id, into.id) and one.state != "withdrawn"]
    assert {one.client_id for one in letters} == {gone.id, into.id}
    for name in (gone.name, into.name):
        page = (await mara.get(f"{at}/insights/measures/notice_delivery?period=365d&client={quote(name)}")).text
        assert all(f"/notices/{one.id}" in page for one in letters)
        assert f"n = {len(letters)}" in page


async def the_filters_narrow(cast: Cast, mara: Browser, at: str, band: str) -> None:
    async with cast.transaction() as session:
        clients = [one for one in await every_client(session) if one.archived_at is None]
        found = await states(session, clients, STARTER)
    for name, value, fits in (
        ("band", band, lambda one: one.health.band == band),
        ("renewal", "running", lambda one: one.renewal == "running"),
        ("person", str(cast.ben.id), lambda one: one.client.bookkeeper_id == cast.ben.id),
        ("q", clients[2].name, lambda one: clients[2].name in one.client.name),
        ("band", "nonsense", lambda one: True),
    ):
        page = (await mara.get(f"{at}?{name}={value}")).text
        assert {one.client.id for one in found if f'/clients/{one.client.id}"' in page} == {
            one.client.id for one in found if fits(one)
        }, name
    assert "没有符合筛选条件" in (await mara.get(f"{at}?q=nobody")).text
    assert (await mara.get(f"{at}?number=9")).status_code == 200


async def the_retention_is_the_measure(cast: Cast, page: str) -> None:
    async with cast.transaction() as session:
        figure = await RETENTION.figure(session, Scope(clock.today() - timedelta(days=365), clock.today()))
    assert figure.value is not None
    assert f"{figure.value * 100:.1f}".removesuffix(".0") in page
    assert RETENTION.definition.to("zh") in page
    assert {"有案件", "无案件"} & {str(label) for label, _value in figure.parts}


async def test_rules_count_from_their_day_and_only_managers_set_them(cast: Cast, as_person: People) -> None:
    at, mara = f"/f/{cast.firm.slug}/insights/health", await as_person("mara")
    assert "录入第一个客户后" in (await mara.get(at)).text
    given = {**{name: str(getattr(STARTER, name)) for name in NAMES}, "applies_from": "2026-01-01"}
    own = {**given, "cases": "40", "answers": "20"}
    for name, read, write in (("paula", 200, 303), ("ada", 200, 403), ("ben", 403, 403), ("otto", 404, 404)):
        person = await as_person(name)
        assert ((await person.get(at)).status_code, (await person.post(at, own)).status_code) == (read, write), name
    assert (await (await as_person("nobody")).get(at)).status_code == 303
    assert (await mara.post(at, own)).status_code == 303  # said twice, written once
    for wrong in ({"cases": "31"}, {"risk_below": "90"}, {"renewal_days": "0"}, {"applies_from": "1900-01-01"},
                  {"per_case": "-1"}):  # fmt: skip
        assert (await mara.post(at, {**given, **wrong})).status_code == 422, wrong
    async with cast.transaction() as session:
        assert len((await session.scalars(select(HealthRules))).all()) == 1
        assert (await rules_on(session, clock.today())).cases == 40
        assert await rules_on(session, clock.today().replace(year=2025)) == STARTER
    with pytest.raises(DBAPIError, match="permission denied"):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE health_rules SET cases = 0"))
    async with cast.transaction() as session:
        new = Client(number="K0001", name="新客户", sort_key="x", pinyin="x", taxpayer_kind="small", standard="small",
                     created_at=clock.now())  # fmt: skip
        session.add(new)
    page = (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/clients/{new.id}")).text
    assert "尚无依据" in page.split('id="health"')[1]
    assert "无合同" in (await mara.get(f"{at}?renewal=none")).text
