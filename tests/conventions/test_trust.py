"""docs/TRUST.md names the proof of every promise, and every proof exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
FEWEST = 50  # proofs that the document names; fewer would mean that a table was lost


def test_every_proof_that_the_document_names_exists(root: Path) -> None:
    named = NAMED.findall((root / "docs" / "TRUST.md").read_text("utf-8"))
    assert len(named) >= FEWEST
    missing = [f"{path}::{test}" for path, test in named if not _there(root / path, test)]
    assert missing == []


def _there(path: Path, test: str) -> bool:
    if not path.is_file():
        return False
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return not test or any(isinstance(n, functions) and n.name == test for n in ast.walk(ast.parse(path.read_text())))


def test_every_promise_has_a_proof(root: Path) -> None:
    """Each row of the tables of promises ends with a test or a drill."""
    lines = (root / "docs" / "TRUST.md").read_text("utf-8").splitlines()
    promises = lines[lines.index("## Promises") : lines.index("## Measured")]
    rows = [line for line in promises if line.startswith("| ") and not line.startswith("| Promise |")]
    assert [row for row in rows if not NAMED.search(row) and "drill" not in row] == []
