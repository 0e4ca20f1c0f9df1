"""What must never be in the repository: addresses of package indexes, this machine's paths, secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# A letter of each stands in brackets, so that this file is not its own first finding.
FORBIDDEN = {
    "the address of a package index": re.compile(
        rb"(?:https?:)?//[\w.-]*(?:[r]egistry\.|[p]ypi\.|[p]ythonhosted|[n]pmmirror|[t]una\.|[p]roxy\.golang)[\w./-]*"
    ),
    "a path of one machine": re.compile(rb"/[w]ork/(?:main|shared|briefs|\.library)\b|/opt/[p]ypi|/tmp/[b]ash_jobs"),
    "the name of a tool of the workshop": re.compile(rb"\b[f]arm-(?:bench|studio)\b"),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*[P]RIVATE KEY-----"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_of_the_machine_is_committed(tracked: list[Path], root: Path, what: str) -> None:
    found = []
    for path in tracked:
        content = path.read_bytes()
        for match in FORBIDDEN[what].finditer(content):
            line = content.count(b"\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(root)}:{line}: {what}: {match[0].decode(errors='replace')}")
    assert not found, "\n".join(found)


def test_no_lock_file_with_addresses_is_committed(tracked: list[Path]) -> None:
    assert not [path for path in tracked if path.name == "uv.lock"]  # DECISIONS.md 1
