"""A ledger file on its way into the product: dropped in by a bookkeeper, looked at, confirmed."""

from __future__ import annotations

from uuid import UUID

from saas.demo.exports import ledger_file
from saas.demo.placeholders import filled
from saas.demo.scene import NotThere, Scene
from saas.demo.sending import note
from saas.demo.story import Beat
from saas.ledgers.queries import imported

TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}


async def upload(scene: Scene, beat: Beat) -> None:
    """The months from form.first to form.last as they stand on that day, without an error of the kind `of`."""
    months = await filled(scene, beat.form)
    name, content = await ledger_file(scene, str(months["first"]), str(months["last"]), beat.of)
    client, browser = await scene.client(), await scene.browser_of(beat.who)
    file = (name, content, TYPES[name.rpartition(".")[2]])
    leads_to = await browser.post(f"{scene.root}/clients/{client.id}/ledgers", files=[("file", file)])
    note(scene, leads_to)


async def store(scene: Scene, beat: Beat) -> None:
    """The bookkeeper's yes to what the preview shows; an unbalanced file is taken as it is, so that it is found."""
    async with scene.stage.reading() as session:
        found = await imported(session, UUID(scene.record("import")))
    if found.state != "previewed":
        raise NotThere(f"{scene.client_data.short}: the import is {found.state}: {found.error_text}")
    yes = {"posted": "posted"}
    if found.preview.get("difference_fen"):
        yes["accept_unbalanced"] = "on"
    browser = await scene.browser_of(beat.who)
    await browser.post(f"{scene.root}/ledgers/imports/{found.id}/store", yes)
