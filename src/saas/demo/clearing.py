"""The last afternoon at the desk: what the stories left open of a client's findings does not stay overdue."""

from __future__ import annotations

from saas.checks import queries as checks
from saas.checks.models import FoundAnomaly
from saas.demo.labels import books, tells_of
from saas.demo.scene import Scene

CHECKED = "已与原始凭证核对：入账无误，或已随更正一并处理。"
CLOCKS = ("14:05", "14:20", "14:35", "15:05", "15:20", "15:35", "16:05", "16:20", "16:35", "17:05")


async def clear(scene: Scene) -> None:
    """True findings that no story tells of become one new case; the reviewer puts the false ones aside."""
    true = [str(finding.id) for finding in await _left(scene) if _is_true(scene, finding)]
    if true:
        bookkeeper = await scene.browser_of(scene.client_data.bookkeeper)
        await bookkeeper.post(f"{scene.root}/cases/from-findings", {"finding": true})
    await put_aside(scene)


async def put_aside(scene: Scene) -> None:
    """What no injected error explains, by the reviewer."""
    reviewer = await scene.browser_of(scene.client_data.reviewer)
    for finding in await _left(scene):
        if not _is_true(scene, finding):
            await reviewer.post(f"{scene.root}/findings/{finding.id}/dismiss", {"reason": CHECKED})


async def _left(scene: Scene) -> list[FoundAnomaly]:
    client = await scene.client()
    async with scene.stage.reading() as session:
        kept = await checks.of_client(session, client.id)
    return [finding for finding in kept if finding.state == "open" and finding.gone_at is None]


def _is_true(scene: Scene, finding: FoundAnomaly) -> bool:
    return any(finding.rule in label.rules and tells_of(finding, label) for label in books(scene).labels)
