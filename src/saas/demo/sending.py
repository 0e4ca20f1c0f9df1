"""Sending a form as one of the people of a story, and knowing the record that it made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from saas.demo.papers import paper
from saas.demo.placeholders import filled, text
from saas.demo.scene import Scene
from saas.demo.story import Beat
from saas.kernel.clock import CHINA

MADE = {
    "/cases/": "case",
    "/notices/": "letter",
    "/ledgers/imports/": "import",
    "/refunds/": "refund",
}  # what a deed leads to
ID = len(str(UUID(int=0)))


async def send(scene: Scene, beat: Beat, page: str, more: Mapping[str, Any] | None = None) -> str:
    """The colleague signs in and sends the beat's form, with `more` fields; the address it leads to."""
    form = {**await filled(scene, beat.form), **(more or {})}
    browser = await scene.browser_of(beat.who)
    leads_to = await browser.post(scene.root + await _address(scene, beat, page, form), form, attached(scene, beat))
    note(scene, leads_to, beat.name)
    return leads_to


def note(scene: Scene, leads_to: str, name: str = "") -> None:
    """Remember the record behind an address under the story's name for it."""
    for root, kind in MADE.items():
        _before, found, rest = leads_to.partition(root)
        if found and len(rest) >= ID:
            scene.known[name or kind] = rest[:ID]
            return


def attached(scene: Scene, beat: Beat, field: str = "files") -> list[tuple[str, tuple[str, bytes, str]]]:
    """The beat's papers, drawn, as a browser attaches them."""
    day = scene.at.astimezone(CHINA).date()
    return [(field, paper(name, scene.client_data.name, day)) for name in beat.files]


async def _address(scene: Scene, beat: Beat, page: str, form: Mapping[str, Any]) -> str:
    about = {"letter": beat.on_record or "letter", "case": beat.on_record or "case"}
    known = page.replace("{case}", f"{{record:{about['case']}}}").replace("{import}", "{record:import}")
    known = known.replace("{refund}", f"{{record:{beat.on_record or 'refund'}}}")
    known = known.replace("{letter}", f"{{record:{about['letter']}}}")
    known = known.replace("{delivery}", f"{{delivery:{about['letter']}}}")
    for name in ("purpose", "contact"):
        known = known.replace(f"{{form:{name}}}", str(form.get(name, "")))
    return await text(scene, known)
