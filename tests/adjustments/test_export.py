"""The approved vouchers as a file: only once approved, and our own import reads back what was approved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from saas.adjustments import planning, review
from saas.clients.models import Client
from saas.ledgers.reading import read_file
from tests.adjustments import test_round
from tests.adjustments.test_round import analysed, deed, drafted, effective
from tests.cast import Browser, Cast

pytestmark = pytest.mark.usefixtures("mailbox_folder")
People = Callable[[str], Awaitable[Browser]]
tea = test_round.tea


async def test_what_was_approved_is_read_back(cast: Cast, tea: Client, as_person: People, tmp_path: Path) -> None:
    case = await analysed(cast, tea)
    await drafted(cast, tea, case)
    path = f"/f/{cast.firm.slug}/cases/{case.id}/adjustment/vouchers.xlsx"
    ben = await as_person("ben")
    assert (await ben.get(path)).status_code == 403, "a draft is not handed on"
    await deed(cast, case, tea, review.submit, cast.ben, effective())
    await deed(cast, case, tea, review.approve, cast.quinn, list(review.TICKS))
    for name, status in (("otto", 404), ("nobody", 303), ("ada", 200)):
        assert (await (await as_person(name)).get(path)).status_code == status, name
    file = tmp_path / "凭证.xlsx"
    file.write_bytes((await ben.get(path)).content)
    (ledger,) = read_file(file)
    assert ledger.rejects == []
    async with cast.transaction() as session:
        adjustment = await planning.newest(session, case)
        assert adjustment is not None
        rows = await planning.vouchers_of(session, adjustment)
    wanted = [
        (row.date, f"{row.word}-{row.number}", row.summary, line["account"], line["debit_fen"], line["credit_fen"])
        for row in rows
        for line in row.lines
    ]
    columns = ("date", "word", "number", "summary", "account", "debit", "credit")
    read = [(day, f"{word}-{n}", *rest) for day, word, n, *rest in ledger.lines.select(columns).iter_rows()]
    assert read == wanted
    assert _red_cells(file) == 2


def _red_cells(file: Path) -> int:
    """Amounts printed in red: those of the red voucher."""
    sheet: Any = load_workbook(file).active
    cells = [cell for row in sheet.iter_rows(min_row=2, min_col=6, max_col=7) for cell in row]
    return sum(
        1
        for cell in cells
        if cell.value is not None and cell.font.color and str(cell.font.color.rgb).endswith("B3261E")
    )
