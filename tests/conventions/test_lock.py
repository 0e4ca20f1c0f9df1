"""The lock files are what pyproject.toml asks for, pinned by hash, and name no package registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": ("build", "embedded", "dev"), "deploy/requirements.lock": ("build",)}
PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)(.*?(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def asked_for(groups: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [*project["project"]["dependencies"], *(line for g in groups for line in project["dependency-groups"][g])]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_satisfies_pyproject(name: str) -> None:
    pinned = {canonicalize_name(match[1]): match[2] for match in PIN.finditer((ROOT / name).read_text())}
    unmet = [
        str(wanted)
        for wanted in asked_for(LOCKS[name])
        if (version := pinned.get(canonicalize_name(wanted.name))) is None or version not in wanted.specifier
    ]
    assert unmet == [], "run bin/lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_a_pin_with_hashes(name: str) -> None:
    rest = PIN.sub("", (ROOT / name).read_text())
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_registry(name: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (ROOT / name).read_text())


def test_production_has_the_same_versions() -> None:
    everything = (ROOT / "requirements.lock").read_text()
    production = [f"{m[1]}=={m[2]}" for m in PIN.finditer((ROOT / "deploy/requirements.lock").read_text())]
    assert [pin for pin in production if f"{pin} " not in everything] == []
