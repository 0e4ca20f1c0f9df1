"""Third-party files are the ones recorded, with their licence beside them."""

from __future__ import annotations

import json
from hashlib import sha256

from gallery import ROOT

RECORDED = dict(
    reversed(line.split("  ", 1)) for line in (ROOT / "static/vendor/CHECKSUMS").read_text("utf-8").splitlines()
)
LICENCES = ("LICENSE", "OFL.txt", "icons.LICENSE")


def test_files_are_the_recorded_ones() -> None:
    assert {path: sha256((ROOT / path).read_bytes()).hexdigest() for path in RECORDED} == RECORDED


def test_every_vendored_script_and_font_is_recorded() -> None:
    vendor = {str(p.relative_to(ROOT)) for p in (ROOT / "static/vendor").rglob("*.js")}
    fonts = {str(p.relative_to(ROOT)) for p in (ROOT / "static/fonts").rglob("*.woff2")}
    assert vendor | fonts <= set(RECORDED)


def test_licences_stand_beside() -> None:
    for path in RECORDED:
        folder = (ROOT / path).parent
        assert any((folder / name).stat().st_size > 500 for name in LICENCES if (folder / name).exists()), path


def test_the_record_names_versions_and_no_host() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "http" not in lock
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    packages = json.loads(lock)["packages"]
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version
