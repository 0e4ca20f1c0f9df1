"""A person's copy of their data on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import profile as profile_of
from saas.kernel.bundles import as_json
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import _, reader
from saas.kernel.pages import STATIC, environment, show_date
from saas.privacy.models import DataRequest

MOST_LINES = 300  # of records; the rest stands in the JSON


async def printed(session: AsyncSession, request: DataRequest, told: dict[str, Any], now: datetime) -> bytes:
    """PDF/A in the reader's language, with what is in the JSON up to MOST_LINES records."""
    profile = await profile_of(session)
    plain = msgspec.json.decode(as_json(told))
    lines = [
        [table, ", ".join(str(value) for name, value in entry.items() if name != "id" and value)]
        for table, entries in plain["records"].items()
        for entry in entries
    ]
    html = environment().get_template("privacy/copy.html").render(
        letter={
            "firm": {"name": profile.name, "address": profile.address, "phone": profile.phone, "email": profile.email},
            "title": _("Copy of your personal data"),
            "date": show_date(now),
        },
        name=request.person_name,
        own=[[name, str(value)] for name, value in plain["person"].items() if value],
        why=plain["why"],
        lines=lines[:MOST_LINES],
        left_out=max(0, len(lines) - MOST_LINES),
        locale=reader(),
    )  # fmt: skip
    return await render_pdf(html, css=(STATIC / "css" / "document.css").read_text("utf-8"), created=now)
