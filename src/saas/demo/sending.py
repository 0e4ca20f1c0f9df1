"""Sending a form as one of the people of a story, and knowing the record that it made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from saas.demo.papers import paper
from saas.demo.placeholders import filled, text
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Beat
from saas.kernel.clock import CHINA
from saas.notices.models import Notice

MADE = {"/cases/": "case", "/notices/": "letter", "/ledgers/imports/": "import"}  # what a deed leads to
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


async def letter(scene: Scene, name: str) -> str:
    """The letter a story noted, the case's completion report, or else the newest other letter of its case."""
    if name in scene.known:
        return scene.known[name]
    async with scene.stage.reading() as session:
        query = select(Notice.id).where(
            Notice.firm_id == scene.stage.firm_id,
            Notice.subject_id == UUID(scene.record("case")),
            Notice.kind == "completion" if name == "completion" else Notice.kind != "completion",
        )
        found = (await session.scalars(query.order_by(Notice.version.desc(), Notice.id.desc()).limit(1))).first()
    if found is None:
        raise NotThere(f"{scene.story}: no letter was drafted yet")
    return str(found)


async def _address(scene: Scene, beat: Beat, page: str, form: Mapping[str, Any]) -> str:
    known = page.replace("{case}", f"{{record:{beat.on_record or 'case'}}}").replace("{import}", "{record:import}")
    if "{letter}" in known:
        known = known.replace("{letter}", await letter(scene, beat.on_record or "letter"))
    if "{delivery}" in known:
        known = known.replace("{delivery}", f"{{delivery:{await letter(scene, beat.on_record or 'letter')}}}")
    return await text(scene, known.replace("{purpose}", str(form.get("purpose", ""))))
