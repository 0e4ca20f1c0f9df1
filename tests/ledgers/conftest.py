"""A client whose books the tests of imports fill."""

from __future__ import annotations

import pytest

from saas.clients.models import Client
from tests.cast import Cast
from tests.ledgers.importing import tea_house


@pytest.fixture
async def tea(cast: Cast) -> Client:
    return await tea_house(cast)
