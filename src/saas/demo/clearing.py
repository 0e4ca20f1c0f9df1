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
    client, data = await scene.client(), scene.client_data
    async with scene.stage.reading() as session:
        kept = await checks.of_client(session, client.id)
    left = [finding for finding in kept if finding.state == "open" and finding.gone_at is None]
    true = [finding for finding in left if _is_true(scene, finding)]
    if true:
        bookkeeper = await scene.browser_of(data.bookkeeper)
        await bookkeeper.post(f"{scene.root}/cases/from-findings", {"finding": [str(one.id) for one in true]})
    reviewer = await scene.browser_of(data.reviewer)
    for finding in left:
        if finding not in true:
            await reviewer.post(f"{scene.root}/findings/{finding.id}/dismiss", {"reason": CHECKED})


def _is_true(scene: Scene, finding: FoundAnomaly) -> bool:
    return any(finding.rule in label.rules and tells_of(finding, label) for label in books(scene).labels)
