"""Each test's ledger stands in its docstring."""

from __future__ import annotations

import pytest

from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return ledger_of(request.function.__doc__ or "")
