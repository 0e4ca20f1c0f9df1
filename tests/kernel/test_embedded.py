"""The embedded servers: they start as root and without, keep data, and end with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest
from arq.connections import ArqRedis

from saas.kernel import embedded
from saas.kernel.config import Settings, run_dir, settings_from
from saas.kernel.processes import CannotStartError, start, stop


async def test_the_application_role_cannot_pass_row_security(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.app_database_url.replace("+asyncpg", ""))
    role = await connection.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    flush = await connection.fetchval("SHOW recovery_init_sync_method")
    await connection.close()
    assert tuple(role) == (False, False, False)
    assert flush == "syncfs", "else it reads ten thousand files after each crash before it answers"


async def test_valkey_loses_nothing_for_want_of_memory(redis: ArqRedis) -> None:
    assert (await redis.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
    assert (await redis.config_get("appendonly"))["appendonly"] == "yes"


def fresh(folder: Path) -> Settings:
    return settings_from(
        {"SAAS_DATA_DIR": str(folder), "SAAS_ENV": "test", "SAAS_SECRET_KEY": "x1y2z3" * 6 + "abcdefgh"}
    )


def test_data_is_there_after_a_second_start(tmp_path: Path) -> None:
    settings = fresh(tmp_path / "var")
    for _ in range(2):
        server = embedded.postgres(settings)
        process = start(server)
        embedded.create_database(settings, "kept")
        stop(process, server.stop_signal)
    server = embedded.postgres(settings)
    process = start(server)
    assert embedded.database_exists(settings, "kept")
    stop(process, server.stop_signal)


STARTER = """
import sys, time
from saas.kernel import embedded
from saas.kernel.config import settings_from
from saas.kernel.processes import start
settings = settings_from()
for server in (embedded.postgres(settings), embedded.valkey(settings)):
    print(start(server).pid, flush=True)
time.sleep(60)
"""


def test_servers_end_with_a_parent_that_was_killed_and_start_again(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTER],
        env={**os.environ, "SAAS_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    settings = settings_from({"SAAS_DATA_DIR": str(folder)})
    server = embedded.postgres(settings)  # waits for the old one to go
    process = start(server)
    stop(process, server.stop_signal)
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if alive(pid)] == []


def test_a_pid_that_now_is_another_program_does_not_stop_the_start(tmp_path: Path) -> None:
    settings = fresh(tmp_path / "var")
    server = embedded.postgres(settings)
    process = start(server)
    pid_file = settings.data_dir / "postgres" / "postmaster.pid"
    stale = pid_file.read_text()
    stop(process, server.stop_signal)
    pid_file.write_text(stale.replace(stale.split("\n")[0], str(os.getpid()), 1))
    again = embedded.postgres(settings)
    process = start(again)
    stop(process, again.stop_signal)


def test_a_deep_folder_still_has_a_socket_path_the_kernel_takes(tmp_path: Path) -> None:
    settings = fresh(tmp_path / ("d" * 60) / ("e" * 60) / "var")
    assert len(str(settings.run_dir / ".s.PGSQL.5432")) < 107
    process = start(embedded.valkey(settings))
    stop(process)


def test_so_has_one_whose_temporary_folder_is_deep_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("d" * 60)))
    assert len(str(run_dir(tmp_path / ("e" * 90)) / ".s.PGSQL.5432")) < 107


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    settings = fresh(tmp_path / "var")
    postgres = embedded.postgres(settings)
    (settings.data_dir / "postgres" / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(CannotStartError, match='unrecognized configuration parameter "nonsense"'):
        start(postgres)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
