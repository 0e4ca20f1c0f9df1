"""`saas audit verify`: the chain of each firm and, from the trail alone, that two people did what takes two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from saas import inspection
from saas.app import composed
from saas.kernel import clock, sealing
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import Settings
from saas.kernel.identifiers import uuid7
from saas.kernel.workflow import Workflow
from tests.cast import Cast

CASE: Workflow = composed.workflows["case"]


async def _deeds(cast: Cast, *deeds: tuple[str, Actor]) -> None:
    """A forged trail: deeds that the product itself would have refused, written and sealed."""
    case = CASE.row(id=uuid7())
    async with cast.transaction() as session:
        for action, actor in deeds:
            record(session, actor, action, clock.now(), subject=case)
        await session.flush()
        await sealing.seal(session)


async def test_one_person_doing_both_halves_is_a_breach_although_the_chain_is_whole(cast: Cast) -> None:
    await _deeds(cast, ("case.submit", cast.ben), ("case.approve", cast.quinn))
    async with cast.transaction() as session:
        kept = await inspection.verified(session, cast.firm.slug, composed.duties)
    assert kept.ok
    assert kept.deeds == 2
    await _deeds(cast, ("case.submit", cast.ben), ("case.approve", cast.ben))
    async with cast.transaction() as session:
        broken = await inspection.verified(session, cast.firm.slug, composed.duties)
    assert not broken.ok
    assert broken.faults == []
    (breach,) = broken.breaches
    assert breach.startswith("own_review: ")
    assert str(cast.ben.id) in breach


async def test_the_command_says_so_with_its_exit_code(cast: Cast, settings: Settings) -> None:
    await _deeds(cast, ("case.submit", cast.ben), ("case.approve", cast.quinn))
    code, printed = _verify(settings, cast.firm.slug)
    assert code == 0
    assert printed[0]["ok"] is True
    await _deeds(cast, ("case.submit", cast.ben), ("case.approve", cast.ben))
    code, printed = _verify(settings, cast.firm.slug)
    assert code == 1
    assert len(printed[0]["breaches"]) == 1


def _verify(settings: Settings, slug: str) -> tuple[int, list[dict[str, Any]]]:
    here = {
        "SAAS_DATABASE_URL": settings.database_url,
        "SAAS_SECRET_KEY": settings.secret_key,
        "SAAS_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "saas.cli", "audit", "verify", "--firm", slug, "--json"]
    ended = subprocess.run(command, env=os.environ | here, capture_output=True, text=True, check=False)
    return ended.returncode, json.loads(ended.stdout)
