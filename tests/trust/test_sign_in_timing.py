"""Whether an address has an account shows neither in the answer nor in its time (trust.md §4)."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from uuid import uuid4

import pytest
from sqlalchemy import text

from saas.identity.models import Person as Account
from saas.kernel import tenancy
from saas.kernel.db import Database
from saas.kernel.passwords import hash_password
from tests.trust.asking import CSRF, Person
from tests.trust.world import World

ROUNDS = 500
NEAR = 0.10  # of the median. A short form for sign-in stands in tests/identity/test_sign_in.py


async def _times(nobody: Person, database: Database, addresses: list[str], rounds: int) -> tuple[list[float], set[str]]:
    """Medians of wrong passwords for each address, asked in turn so that a busy machine weighs on all alike."""
    taken: list[list[float]] = [[] for _ in addresses]
    answers = set()
    for _round in range(rounds):
        for number, email in enumerate(addresses):
            async with database.transaction(tenancy.PLATFORM) as session:  # the slowing-down is another test's
                await session.execute(text("DELETE FROM sign_in_attempts"))
            begun = perf_counter()
            answer = await nobody.ask("POST", "/sign-in", {"email": email, "password": "not this one at all"})
            taken[number].append(perf_counter() - begun)
            answers.add(f"{answer.status_code} {CSRF.sub('CSRF', answer.text.replace(email, 'ADDRESS'))}")
    return [median(times) for times in taken], answers


async def _ask(world: World, persons: dict[str, Person], database: Database, rounds: int, near: float) -> None:
    stored = await hash_password("correct horse battery staple")
    known = world.cast.persons["wim"].email
    async with database.transaction(tenancy.PLATFORM) as session:
        account = await session.get_one(Account, world.cast.persons["wim"].id)
        account.password_hash = stored
    (there, nowhere), answers = await _times(persons["nobody"], database, [known, "nobody-at-all@example.com"], rounds)
    assert len(answers) == 1
    assert abs(there - nowhere) / max(there, nowhere) <= near, (there, nowhere)


@pytest.mark.full
async def test_an_account_shows_in_no_median(world: World, persons: dict[str, Person], database: Database) -> None:
    await _ask(world, persons, database, ROUNDS, NEAR)


async def _page_times(world: World, persons: dict[str, Person], rounds: int) -> tuple[float, float]:
    """Medians of Paula's for a case of another firm and for one that nobody has."""
    root = f"/f/{world.cast.firm.slug}/cases"
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for number, row in enumerate((world.theirs["cases"], uuid4())):
            begun = perf_counter()
            answer = await persons["paula"].ask("GET", f"{root}/{row}")
            times[number].append(perf_counter() - begun)
            assert answer.status_code == 404
    return median(times[0]), median(times[1])


@pytest.mark.full
async def test_a_strangers_record_takes_as_long_as_none(world: World, persons: dict[str, Person]) -> None:
    there, nowhere = await _page_times(world, persons, ROUNDS)
    assert abs(there - nowhere) / max(there, nowhere) <= NEAR, (there, nowhere)
