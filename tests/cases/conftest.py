"""Somebody at the client's with a telephone: the pages by link, as a browser keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from saas.kernel import documents
from tests.notices.conftest import Phone


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


@pytest.fixture(scope="session", autouse=True)
def printers() -> Iterator[None]:
    """The processes that print letters end with the tests."""
    yield
    documents.cool_down()
