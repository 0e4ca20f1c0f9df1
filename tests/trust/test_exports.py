"""Every export of the router: a cell that a spreadsheet would reckon is a text (trust.md §6)."""

from __future__ import annotations

import asyncio
import csv
import inspect
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
from litestar import Litestar
from openpyxl import load_workbook
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel import documents
from saas.kernel.config import Settings
from saas.kernel.db import Base, Database
from saas.kernel.secrets import FieldCipher
from saas.kernel.spreadsheets import FORMULA, harmless
from saas.refunds.payment.payment_models import Payee
from tests.cast import ROLES
from tests.trust.addresses import Route, Watcher, firm_routes
from tests.trust.asking import Person
from tests.trust.fields import filled, form_of
from tests.trust.filling import mark_of, without_checks
from tests.trust.matrix import Matrix
from tests.trust.meanings import CONTROLS
from tests.trust.test_letters import canary
from tests.trust.world import World

PAYLOAD = "=HYPERLINK(1)"
BANK_FILE = "POST /f/{slug:str}/refunds/batches/{batch_id:uuid}/file"  # the one form that is answered with a table
ACCOUNT = "6222021234567890"
BY_KIND = {"/f/{slug:str}/settings/audit/export": "?kind=pdf"}  # pages that print one of several kinds
PAPERS = {  # what is printed in this world; letters and the monthly report are hostile in test_letters.py
    "/incidents/{row_id:uuid}/report.pdf",
    "/refunds/{row_id:uuid}/payment/{payment_id:uuid}/voucher.pdf",
    "/settings/audit/export",
    "/settings/refund-policy/{version:int}/pdf",
}
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
    """Its module makes downloads; whatever else came as one would be no attachment, and fail the header sweep.

    Of forms only those that are answered with a file: the others would change the world.
    """
    function = inspect.unwrap(route.handler.fn)
    module = inspect.getmodule(function)
    source = inspect.getsource(function if route.method == "POST" or module is None else module)
    return "attachment(" in source


async def _poison(settings: Settings, world: World, payload: str) -> None:
    """Our firm's free texts begin with the payload, in columns and inside documents."""
    owner = Database(settings.database_url)
    await without_checks(owner)
    await owner.close()
    mark, engine = mark_of(world.cast.firm.id), create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (t for t in Base.metadata.sorted_tables if "firm_id" in t.c):
            for column in table.c:
                kind = type(column.type).__name__
                room = getattr(column.type, "length", None) or 10_000
                wide = kind == "String" and room >= len(payload) + len(mark)
                if not wide and kind not in ("JSONB", "StoredText"):
                    continue
                cast = "" if kind == "String" else "::jsonb"
                name = f'"{column.name}"'
                change = f"replace({name}::text, :mark, :payload){cast}"
                where = f"firm_id = :firm AND {name}::text LIKE '%' || :mark || '%'"
                where += f" AND length({name}) <= {room - len(payload)}" if kind == "String" else ""
                await connection.execute(
                    text(f"UPDATE {table.name} SET {name} = {change} WHERE {where}"),
                    {"mark": mark, "payload": payload + mark, "firm": world.cast.firm.id},
                )
        await connection.execute(update(Payee).where(Payee.id == world.ours["refund_payees"]).values(
            account_sealed=FieldCipher(settings.secret_key).encrypt(ACCOUNT, _place(world))))  # fmt: skip
    await engine.dispose()


def _place(world: World) -> str:
    return Payee(firm_id=world.cast.firm.id, id=world.ours["refund_payees"]).place


async def test_no_export_has_a_formula(
    app: Litestar, world: World, persons: dict[str, Person], settings: Settings
) -> None:
    handing_out = [route for route in firm_routes(app) if _hands_out(route)]
    matrix = Matrix(world, persons, Watcher(app.state.database.engine), handing_out, {})
    await matrix.learn_all()
    await _poison(settings, world, PAYLOAD)
    files, wrong, carried = [], {}, 0
    for route in matrix.routes:
        form = form_of(route.path, route.handler) if route.method == "POST" else None
        name = next(name for name in ROLES if matrix.may(name, route))
        answer = await matrix.ask(name, route, matrix.ours(route), filled(form) if form else None)
        rows = list(tables(answer)) if "attachment" in answer.headers.get("content-disposition", "") else []
        if rows:
            files.append(str(route))
            cells = [cell for row in rows for cell in row]
            carried += any(PAYLOAD in cell for cell in cells)
            if found := [cell for cell in cells if cell.startswith(FORMULA)]:
                wrong[str(route)] = found[:3]
    assert wrong == {}
    assert [file for file in files if file.startswith("POST")] == [BANK_FILE]
    assert len(files) >= AT_LEAST, files
    assert carried >= AT_LEAST // 3, "the payload reached too few of them to prove anything"


async def test_no_paper_reaches_out(
    app: Litestar, world: World, persons: dict[str, Person], settings: Settings
) -> None:
    """Every PDF that a page prints (vouchers, policies, reports, the audit trail), with hostile words in all of it."""
    printing = [r for r in firm_routes(app) if r.method == "GET" and (r.path.endswith("pdf") or r.path in BY_KIND)]
    matrix = Matrix(world, persons, Watcher(app.state.database.engine), printing, {})
    await matrix.learn_all()
    printed, wrong = [], {}
    with canary() as (port, asked):
        await _poison(settings, world, f"<img src=http://127.0.0.1:{port}/>")
        for route in matrix.routes:
            address = route.at(matrix.slug, matrix.ours(route), world.file) + BY_KIND.get(route.path, "")
            answer = await persons["paula"].ask("GET", address)
            if answer.content.startswith(b"%PDF"):
                printed.append(route.path.rpartition("/f/{slug:str}")[2])
            elif answer.status_code != CONTROLS.get(route.path, 200):
                wrong[str(route)] = answer.status_code
        await asyncio.sleep(0.1)
    documents.cool_down()
    assert (wrong, asked) == ({}, [])
    assert set(printed) >= PAPERS


def test_each_first_sign_is_kept_from_reckoning() -> None:
    assert {str(harmless(f"{sign}1"))[0] for sign in FORMULA} == {"'"}
    assert {"=", "+", "-", "@", "\t", "\r"} <= set(FORMULA)
