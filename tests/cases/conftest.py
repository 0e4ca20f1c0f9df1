"""Somebody at the client's with a telephone: the pages by link, as a browser keeps them."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.notices.conftest import Phone


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)
