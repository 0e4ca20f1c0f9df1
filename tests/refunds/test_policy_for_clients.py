"""The policy as clients read it: the version that counts for them, whole, behind their own link, in their language."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from saas.kernel import clock
from saas.kernel.i18n import reading
from saas.refunds.policies import versions
from saas.refunds.policies.acceptance import Accepted, accept
from saas.refunds.policies.plain_rule import plain_rule
from saas.refunds.policies.starter import starter
from saas.refunds.policies.versions import publish
from saas.refunds.terms import Tier
from tests.cast import Browser
from tests.notices.conftest import Phone
from tests.refunds.house import House, make_client, make_contract
from tests.refunds.test_links import handed_on
from tests.refunds.test_policies import next_version, with_reason

People = Callable[[str], Awaitable[Browser]]


async def test_the_whole_policy_stands_behind_the_link(house: House, as_person: People, phone: Phone) -> None:
    async with house.cast.transaction() as session:
        await publish(session, house.cast.mara, next_version(1, starter()), clock.now())
        await publish(
            session, house.cast.mara, next_version(2, starter(), clock.today() + timedelta(days=9)), clock.now()
        )
        await accept(session, house.cast.lin, house.contract, Accepted(2, clock.today(), "第九条"))
    stranger, _contact = await make_client(house.cast, name="杭州别家有限公司")
    foreign = await make_contract(house.cast, stranger)
    mine = await house.asked()
    house.client, house.contract, own = stranger, foreign, house.client
    theirs = await house.asked()
    house.client = own
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'"(/c/refund/[0-9a-f-]{36})', page.text)
    assert root
    for query in ("", f"?of={mine.id}", f"?contract={mine.contract_id}"):
        answer = await phone.get(f"{root[1]}/policy{query}")
        assert answer.status_code == 200, query
        for words in ("第 2 版", "第九百三十三条", "客户提前解约", "10 个工作日"):
            assert words in answer.text, words
        for internal in ("500.00", "3,000.00", "80.00"):
            assert internal not in answer.text, "our own limits and costs are nobody else's matter"
    assert (await phone.get(f"{root[1]}/policy?of={theirs.id}")).status_code == 404
    assert (await phone.get(f"{root[1]}/policy?contract={foreign.id}")).status_code == 404
    assert (await Phone(phone.client).get(f"{root[1]}/policy")).status_code == 404


async def test_members_see_the_limits_that_are_not_printed(house: House, as_person: People) -> None:
    async with house.cast.transaction() as session:
        await publish(session, house.cast.mara, next_version(1, starter()), clock.now())
        assert (await versions.in_force(session, clock.today())).version == 2
    ben, at = await as_person("ben"), f"/f/{house.cast.firm.slug}/settings/refund-policy/2"
    assert "3,000.00" in (await ben.get(at)).text
    assert "3,000.00" not in (await ben.get(f"{at}/print")).text


def test_the_rule_of_one_reason_is_said_in_the_readers_language() -> None:
    terms = with_reason("cancel", tiers=(Tier(3, 80),), most_percent=50)
    with reading("en"):
        said = plain_rule(terms, terms.reason("cancel"))
        rows = {str(row["label"]): str(row["value"]) for row in said["rows"]}
        assert rows["At most"] == "up to 3 months 80 %, 50 % of what was received"
        assert said["basis"].startswith("Civil Code of the PRC")
    with reading("zh"):
        assert plain_rule(terms, terms.reason("cancel"))["basis"].startswith("《中华人民共和国民法典》")
    bare = msgspec.structs.replace(terms, basis_en=())
    with reading("en"):
        assert plain_rule(bare, bare.reason("unmet"))["basis"].startswith("《")
