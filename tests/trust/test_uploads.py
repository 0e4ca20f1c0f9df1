"""Malformed files by every door: a sentence for each, no error of ours, no dead worker, no row lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select

from saas.kernel.errors import Refusal
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from saas.ledgers.models import Import
from saas.ledgers.reading import Unreadable, read_file
from tests.trust.asking import Person
from tests.trust.mutations import Broken, corpus
from tests.trust.world import World

SHORT, ALL = 40, 500
TAKEN = {200, 201, 303, 413, 422, 400}


def _door(world: World, broken: Broken) -> tuple[str, str, dict[str, str]]:
    """The address, the field and the other fields by which a file of this kind comes in."""
    root = f"/f/{world.cast.firm.slug}"
    client = f"{root}/clients/{world.ours['clients']}"
    return {
        "ledger": (f"{client}/ledgers", "file", {}),
        "statement": (f"{client}/statements", "file", {"kind": "bank", "account": "1002"}),
        "invoices": (f"{client}/statements", "file", {"kind": "in", "anyway": "1"}),
        "clients": (f"{root}/clients/import", "file", {}),
        "filings": (f"{root}/filings/import", "file", {}),
        "picture": (f"{root}/settings/pictures/logo", "picture", {}),
    }[broken.kind.partition(".")[0]]


async def _sent(world: World, paula: Person, broken: Broken) -> list[str]:
    """Faults of one file at its door, and of the worker that reads it."""
    address, field, fields = _door(world, broken)
    answer = await paula.ask("POST", address, fields, files={field: (broken.name, broken.content)})
    faults = [] if answer.status_code in TAKEN else [f"{broken.name}: {answer.status_code}"]
    async with world.cast.transaction() as session:
        waiting = (
            await session.scalars(select(Outbox.id).where(Outbox.job == "ledgers.read", Outbox.finished_at.is_(None)))
        ).all()
    for job in waiting:
        if not await run_job(world.cast.database, world.cast.firm.id, job):
            faults.append(f"{broken.name}: its job did not end")
    async with world.cast.transaction() as session:
        for imported in await session.scalars(select(Import).where(Import.state.in_(("uploaded", "reading")))):
            if imported.file_name == broken.name:
                faults.append(f"{broken.name}: left {imported.state}")
    return faults


def lost(folder: Path, broken: Broken) -> str:
    """A marked row of a text ledger that is neither a line nor refused by number, though the file was read."""
    path = folder / broken.name
    path.write_bytes(broken.content)
    try:
        ledgers = read_file(path)
    except (Unreadable, Refusal):
        return ""
    read = {str(s) for one in ledgers for s in one.lines["summary"].to_list()}
    found = {mark for mark in broken.marks if any(mark in s for s in read)}
    refused = sum(len(one.rejects) for one in ledgers)
    missing = broken.marks - found
    return (
        f"{broken.name}: {sorted(missing)} of {len(broken.marks)}, {refused} refused" if len(missing) > refused else ""
    )


async def _all(app: Litestar, world: World, persons: dict[str, Person], folder: Path, count: int) -> None:
    world.cast.database = app.state.database
    files, faults = corpus(count), []
    for broken in files:
        faults += await _sent(world, persons["paula"], broken)
    faults += [said for broken in files if broken.kind == "ledger.csv" and (said := lost(folder, broken))]
    assert faults == []
    assert (await persons["paula"].ask("GET", f"/f/{world.cast.firm.slug}/work")).status_code == 200


async def test_forty_malformed_files(app: Litestar, world: World, persons: dict[str, Person], tmp_path: Path) -> None:
    await _all(app, world, persons, tmp_path, SHORT)


@pytest.mark.full
async def test_five_hundred_malformed_files(
    app: Litestar, world: World, persons: dict[str, Person], tmp_path: Path
) -> None:
    await _all(app, world, persons, tmp_path, ALL)
