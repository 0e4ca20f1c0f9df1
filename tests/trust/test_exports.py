"""Every export of the router: a cell that a spreadsheet would reckon is a text (trust.md §6)."""

from __future__ import annotations

import csv
import inspect
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
from litestar import Litestar
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel.config import Settings
from saas.kernel.db import Base, Database
from saas.kernel.spreadsheets import FORMULA, harmless
from tests.trust.addresses import Route, Watcher, firm_routes
from tests.trust.asking import Person
from tests.trust.filling import mark_of, without_checks
from tests.trust.matrix import Matrix
from tests.trust.world import World

PAYLOAD = "=HYPERLINK(1)"
AT_LEAST = 12  # tables as files that the product has today; a matrix of fewer would prove less


def tables(answer: httpx.Response, name: str = "") -> Iterator[list[str]]:
    """The rows of a download that is a table, or of the tables inside an archive."""
    content, kind = answer.content, answer.headers.get("content-type", "")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            parts = [archive.read(each) for each in names if each.endswith((".csv", ".xlsx"))]
        if "xl/workbook.xml" in names:
            parts = [content]
        for part in parts:
            yield from _rows(part)
    elif "csv" in kind or ".csv" in answer.headers.get("content-disposition", ""):
        yield from _rows(content)


def _rows(content: bytes) -> Iterator[list[str]]:
    if content[:2] == b"PK":
        for sheet in load_workbook(io.BytesIO(content), data_only=False):
            for row in sheet.iter_rows():
                yield [_shown(cell) for cell in row if not isinstance(cell.value, int | float)]
    else:
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            yield [cell for cell in line if not _amount(cell)]


def _shown(cell: Any) -> str:
    """A text as it stands; a real formula with its sign."""
    return f"={cell.value}" if cell.data_type == "f" else str(cell.value or "")


def _amount(cell: str) -> bool:
    """A figure of ours: a minus before digits is no formula."""
    return bool(cell) and cell[0] == "-" and cell[1:].replace(".", "").replace(",", "").isdigit()


def _hands_out(route: Route) -> bool:
    """Its module makes downloads; whatever else came as one would be no attachment, and fail the header sweep."""
    module = inspect.getmodule(inspect.unwrap(route.handler.fn))
    return module is None or "attachment(" in inspect.getsource(module)


async def _poison(settings: Settings, world: World) -> None:
    """Our firm's free texts become formulas, in columns and inside documents."""
    owner = Database(settings.database_url)
    await without_checks(owner)
    await owner.close()
    mark, engine = mark_of(world.cast.firm.id), create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (t for t in Base.metadata.sorted_tables if "firm_id" in t.c):
            for column in table.c:
                kind = type(column.type).__name__
                wide = kind == "String" and (getattr(column.type, "length", None) or 99) >= len(PAYLOAD) + len(mark)
                if not wide and kind not in ("JSONB", "StoredText"):
                    continue
                cast = "" if kind == "String" else "::jsonb"
                name = f'"{column.name}"'
                change = f"replace({name}::text, :mark, :payload){cast}"
                where = f"firm_id = :firm AND {name}::text LIKE '%' || :mark || '%'"
                await connection.execute(
                    text(f"UPDATE {table.name} SET {name} = {change} WHERE {where}"),
                    {"mark": mark, "payload": PAYLOAD + mark, "firm": world.cast.firm.id},
                )
    await engine.dispose()


async def test_no_export_has_a_formula(
    app: Litestar, world: World, persons: dict[str, Person], settings: Settings
) -> None:
    handing_out = [route for route in firm_routes(app) if route.method == "GET" and _hands_out(route)]
    matrix = Matrix(world, persons, Watcher(app.state.database.engine), handing_out, {})
    await matrix.learn_all()
    await _poison(settings, world)
    files, wrong, carried = [], {}, 0
    for route in matrix.routes:
        answer = await matrix.ask("paula", route, matrix.ours(route))
        rows = list(tables(answer)) if "attachment" in answer.headers.get("content-disposition", "") else []
        if rows:
            files.append(str(route))
            cells = [cell for row in rows for cell in row]
            carried += any(PAYLOAD in cell for cell in cells)
            if found := [cell for cell in cells if cell.startswith(FORMULA)]:
                wrong[str(route)] = found[:3]
    assert wrong == {}
    assert len(files) >= AT_LEAST, files
    assert carried >= AT_LEAST // 3, "the payload reached too few of them to prove anything"


def test_each_first_sign_is_kept_from_reckoning() -> None:
    assert {str(harmless(f"{sign}1"))[0] for sign in FORMULA} == {"'"}
    assert {"=", "+", "-", "@", "\t", "\r"} <= set(FORMULA)
