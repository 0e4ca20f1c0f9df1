"""The plan's page: what has to hold before the booking is not asked any more once it is booked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from saas.adjustments import execution
from saas.clients.models import Client
from tests.adjustments.test_letters_of_plans import agree, approve, submitted
from tests.adjustments.test_round import analysed, deed, tea
from tests.cast import Browser, Cast

__all__ = ["tea"]
pytestmark = pytest.mark.usefixtures("mailbox_folder")


async def test_checks_give_way_once_the_vouchers_are_booked(
    cast: Cast, tea: Client, as_person: Callable[[str], Awaitable[Browser]], settings: Any
) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    ben, path = await as_person("ben"), f"/f/{cast.firm.slug}/cases/{case.id}/adjustment"
    assert "凭证号为该凭证字的下一空号" in (await ben.get(path)).text
    await approve(cast, tea, case)
    await agree(cast, case)
    await deed(cast, case, tea, execution.begin, cast.ben)
    assert "凭证号为该凭证字的下一空号" in (await ben.get(path)).text
    await deed(cast, case, tea, execution.finish, cast.ben, ["记-4", "记-5"])
    booked = (await ben.get(path)).text
    assert "凭证号为该凭证字的下一空号" not in booked
    assert "已入账" in booked
