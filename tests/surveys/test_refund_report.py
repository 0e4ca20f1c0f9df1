"""What clients said after refunds, by reason and by handler; few answers show no mean."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.surveys import refund_report, sending
from saas.surveys.models import Survey, SurveyAnswer
from tests.cast import Cast
from tests.refunds import payment_story as story
from tests.refunds.house import House, make_house


@pytest.fixture
async def house(cast: Cast) -> House:
    return await make_house(cast)


def test_means_are_rounded_half_up_and_hidden_where_few_answered() -> None:
    four = [("客户提前解约", {"process": 5, "attitude": 4, "speed": 3})] * 4
    assert refund_report.means(four)[0]["means"] == ["", "", ""]
    five = refund_report.means([*four, ("客户提前解约", {"process": 1, "attitude": 5, "speed": 4})])
    assert (five[0]["count"], five[0]["means"]) == (5, ["4.2", "4.2", "3.2"])


def test_themes_are_counted_by_group_and_hidden_where_few_answered() -> None:
    said = [("机构一", ("办理速度", "收费"))] * 3 + [("机构一", ("办理速度",))] * 2 + [("机构二", ("收费",))] * 4
    assert refund_report.themes(said) == {"机构一": "办理速度 5 · 收费 3"}


async def test_the_latest_answer_of_each_survey_counts(house: House) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        await sending.send_after_refund(session, str(refund.id))
        survey = (await session.scalars(select(Survey).where(Survey.subject_id == refund.id))).one()
        for minutes, value in ((2, 1), (1, 5)):
            session.add(SurveyAnswer(survey_id=survey.id, at=clock.now() - timedelta(minutes=minutes),
                                     values={"process": value, "attitude": 4, "speed": 4}))  # fmt: skip
        await session.flush()
        panel = await refund_report.of_refunds(session, clock.now() - timedelta(days=1), house.cast.mara)
        assert (panel["asked"], panel["answered"]) == (1, 1)
        named = [(group["label"], group["count"]) for group in panel["groups"]]
        assert named == [("客户提前解约", 1), (str(ROLES["bookkeeper"]), 1), ("陆予安", 1)]
        assert {group["themes"] for group in panel["groups"]} == {""}  # one answer names nobody's themes
        earlier = await refund_report.of_refunds(session, clock.now() + timedelta(days=1), house.cast.mara)
        assert earlier["groups"] == []
