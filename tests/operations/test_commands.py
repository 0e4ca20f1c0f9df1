"""The commands as somebody at a shell has them: real processes against a real database, their words and exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from typer.testing import CliRunner

from saas import offboarding
from saas.kernel.config import Settings
from saas.kernel.directory import Firm
from saas.privacy.models import Departure
from saas.privacy.sealing import new_key, seal
from tests.cast import Cast
from tests.conftest import SECRET

SAAS = Path(sys.executable).with_name("saas")


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell of the machine on which the product runs."""

    environment: dict[str, str]

    def __call__(self, *words: str) -> tuple[int, str]:
        """Exit code, and everything it said; nobody is there to answer questions."""
        said = subprocess.run([SAAS, *words], env=self.environment, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=120)  # fmt: skip
        assert "Traceback" not in said.stderr, said.stderr
        return said.returncode, said.stdout + said.stderr

    def all(self, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda words: self(*words), commands))


def shell(settings: Settings, **changes: str) -> Shell:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SAAS_")}
    given: dict[str, Any] = {
        "SAAS_ENV": "test", "SAAS_SECRET_KEY": SECRET, "SAAS_DATA_DIR": str(settings.data_dir), "LANG": "en_US.UTF-8",
        "SAAS_DATABASE_URL": settings.database_url.replace("+asyncpg", ""), "SAAS_REDIS_URL": settings.redis_url,
    }  # fmt: skip
    return Shell(own | given | changes)


async def test_saas_firm(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    """Takes everything out, and erases nothing unasked."""
    saas, slug, out = shell(settings), cast.firm.slug, tmp_path / "firm.zip"
    exported, kept = saas.all(("firm", "export", slug, "--to", str(out)), ("firm", "erase", slug))
    assert exported[0] == 0, exported
    assert "index.json" in ZipFile(out).namelist()
    assert kept[0] == 1
    assert cast.firm.name in kept[1]  # what to type to go on
    async with cast.transaction() as session:
        assert await session.get(Departure, cast.firm.id) is None


async def test_saas_operator(cast: Cast, settings: Settings) -> None:
    """Nothing dangerous without a yes."""
    code, said = shell(settings)("operator", "suspend", cast.firm.slug, "--reason", "The invoice of May is open.")
    assert code == 1
    assert "Aborted" in said
    async with cast.transaction() as session:
        assert (await session.get_one(Firm, cast.firm.id)).suspended_at is None


async def test_saas_audit_backup_and_restore(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    """A head that does not stand is told with exit 1; a copy or a database that is not there in a sentence, exit 2."""
    nothing, away = str(tmp_path / "nothing"), shell(settings, SAAS_DATABASE_URL="", SAAS_DATA_DIR=str(tmp_path))
    cut = shell(settings)("audit", "verify", "--firm", cast.firm.slug, "--head", "7:" + "a" * 64)
    copy, restored, lost = away.all(
        ("backup", "verify", "--to", nothing),
        ("restore", "--from", nothing, "--into", nothing),
        ("audit", "verify"),
    )
    assert cut[0] == 1
    assert "the noted head is not in the chain" in cut[1]
    assert (copy[0], "make one with saas backup base" in copy[1]) == (2, True)
    assert (restored[0], "no full copy" in restored[1]) == (2, True)
    assert (lost[0], "saas doctor" in lost[1]) == (2, True)


def test_open_archive_writes_the_zip_or_nothing(tmp_path: Path) -> None:
    """In this process: what it needs is no database."""
    key, public = new_key()
    plain, sealed, out = tmp_path / "plain", tmp_path / "sealed", tmp_path / "out.zip"
    plain.write_bytes(b"a book")
    seal(plain, sealed, public)
    run = CliRunner().invoke
    wrong = run(offboarding.firm, ["open-archive", str(sealed), "--to", str(out), "--key", new_key()[0]])
    assert (wrong.exit_code, wrong.stderr) == (1, "Not opened: another key, or altered bytes.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "sealed"]
    assert run(offboarding.firm, ["open-archive", str(sealed), "--to", str(out)], input=f"{key}\n").exit_code == 0
    assert out.read_bytes() == b"a book"
    again = run(offboarding.firm, ["open-archive", str(sealed), "--to", str(out), "--key", key])
    assert (again.exit_code, again.stderr) == (2, f"{out} exists already: nothing is overwritten.\n")
