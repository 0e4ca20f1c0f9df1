"""The repository as the conventions see it: parsed once, shared by every test of this folder."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file; `name` is its path from the root of the repository."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def in_kernel(self) -> bool:
        return self.name.startswith("src/saas/kernel/")

    def at(self, node: ast.AST, complaint: str) -> str:
        """What a failing test prints: a place an editor can open, and what is wrong there."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {complaint}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def read(folder: str, pattern: str) -> list[Source]:
    paths = sorted((ROOT / folder).rglob(pattern))
    return [Source(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths if path.is_file()]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> list[Source]:
    """Every Python file of the product; migrations are generated and left out."""
    return [source for source in read("src/saas", "*.py") if not source.name.startswith("src/saas/migrations/")]


@pytest.fixture(scope="session")
def test_sources() -> list[Source]:
    return read("tests", "*.py")


@pytest.fixture(scope="session")
def templates() -> list[Source]:
    """Every template (`tree` is not for these)."""
    return read("templates", "*.html") + read("templates", "*.txt")


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file git knows, as it stands in the work tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="session")
def written() -> Callable[[str], list[Source]]:
    """A file that could be in the product, to show that a rule finds what it forbids."""
    return lambda text: [Source("src/saas/cases/invented.py", text)]
