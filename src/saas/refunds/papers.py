"""Files that come with what each of them shows: one field a kind of paper, so that nobody has to sort them later."""

from __future__ import annotations

from typing import Any

from litestar.datastructures import UploadFile

from saas.kernel.pages import Req
from saas.kernel.uploads import keep
from saas.refunds.checklist import EVIDENCE

MOST_FILES = 10  # of one kind


async def papers_of(request: Req) -> list[dict[str, Any]]:
    """The files of the fields paper-contract, paper-invoice, …: [{name, sha256, size, shows}]. Invalid as `keep`."""
    sent = await request.form()
    papers = []
    for what in EVIDENCE:
        files = [f for f in sent.getall(f"paper-{what}", []) if isinstance(f, UploadFile) and f.filename]
        papers += [{**kept, "shows": what} for kept in await keep(request, files[:MOST_FILES])]
    return papers
