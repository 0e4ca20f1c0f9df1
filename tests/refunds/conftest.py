"""A firm with a client that paid, a refund policy, and people who may handle refunds; refunds in any state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from saas.kernel import documents
from saas.refunds.models import Refund
from tests.cast import Cast
from tests.notices.conftest import Phone
from tests.refunds.house import STATES, House, make_house
from tests.refunds.offer_story import offered

REPLAYED = (offered,)  # the later states are told by stories of their own

RefundIn = Callable[[str], Awaitable[Refund]]


@pytest.fixture
async def house(cast: Cast) -> House:
    """Ben and Lin handle refunds, Mara and Paula approve them; one client with one paid contract."""
    return await make_house(cast)


@pytest.fixture
def refund_in(house: House) -> RefundIn:
    """`await refund_in("offered")`: a refund of the house's contract, brought there by its real actions."""

    async def brought(state: str) -> Refund:
        refund = await STATES[state](house)
        assert refund.state == state
        return refund

    return brought


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


@pytest.fixture(scope="session", autouse=True)
def printers() -> Iterator[None]:
    """The processes that print letters end with the tests."""
    yield
    documents.cool_down()
