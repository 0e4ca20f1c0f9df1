"""The letter of a case that needs no voucher: printed, mailed, confirmed or objected to by link; the case follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.cases.forms import WithoutVoucher
from saas.cases.models import Case
from saas.clients.models import Contact
from saas.kernel import clock
from saas.kernel.errors import Forbidden
from tests.cases import story
from tests.cast import Cast
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

SETTLE = WithoutVoucher("external", "请补交合同\n更正三季度申报")


async def settled(cast: Cast, folder: Path) -> tuple[Case, str]:
    """Approved by Quinn, in the client's mailbox; the case and the token of the link."""
    case, _client, _contact = await story.analysed(cast)
    await story.act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), SETTLE)
    await work_through(cast.database, cast.firm.id)
    [letter] = mails_to(folder, "xu@example.com")
    assert letter.attachments[0].content.startswith(b"%PDF")
    return case, link_in(letter).removeprefix("/l/")


async def test_sent_it_is_notified_and_confirmed_it_goes_on(cast: Cast, phone: Phone, mailbox_folder: Path) -> None:
    case, token = await settled(cast, mailbox_folder)
    assert (await story.reload(cast, case)).state == "notified"
    page = await phone.open(token)
    for words in ("请补交合同", "更正三季度申报", "尽快更正", "金额录入错误"):
        assert words in page.text
    root = page.url.path
    for _turn in range(2):
        said = await phone.post(f"{root}/answer", {"act": "confirm", "signed_name": "许承泽"})
        assert said.status_code == 303, said.text[-800:]
    after = await story.reload(cast, case)
    assert (after.state, after.acknowledged_how) == ("acknowledged", "link")
    assert (await story.act(cast, case, "close", cast.quinn)).state == "closed"


async def test_an_objection_takes_it_back_to_the_analysis(cast: Cast, phone: Phone, mailbox_folder: Path) -> None:
    case, token = await settled(cast, mailbox_folder)
    page = await phone.open(token)
    told = {"act": "object", "signed_name": "许承泽", "text": "合同已经交过"}
    assert (await phone.post(f"{page.url.path}/answer", told)).status_code == 303
    after = await story.reload(cast, case)
    assert (after.state, after.outcome, after.rounds) == ("analysed", "", 1)


async def test_without_anybody_to_write_to_nothing_is_settled(cast: Cast) -> None:
    case, _client, contact = await story.analysed(cast)
    async with cast.transaction() as session:
        (await session.get_one(Contact, (case.firm_id, contact.id))).left_at = clock.now()
    with pytest.raises(Forbidden, match="nobody to write to"):
        await story.act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), SETTLE)
    assert (await story.reload(cast, case)).state == "analysed"
