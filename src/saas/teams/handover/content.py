"""What is signed: the list as canonical text, and its hash."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from saas.kernel.i18n import Text, _
from saas.teams.handover.handover_models import Handover, HandoverLine

SECTIONS: dict[str, Text] = {
    "clients": _("Clients and contracts"),
    "books": _("Periods and files"),
    "work": _("Open work"),
    "keys": _("Access: UKeys, seals, accounts"),
    "papers": _("Paper archives"),
    "other": _("Anything else"),
}
OCCASIONS: dict[str, Text] = {
    "staff": _("Change of the person in charge"),
    "client": _("Change of a client’s bookkeeper"),
    "leaving": _("Leaving the firm"),
    "absence": _("Longer absence"),
}


def is_prompt(line: HandoverLine) -> bool:
    """A line that only asks for something: without a number or a note it is no part of what is handed over."""
    return line.source.startswith("sample:") and not (line.count or line.note)


def ordered(lines: Sequence[HandoverLine]) -> list[HandoverLine]:
    """By section as on paper, then as they were written."""
    order = list(SECTIONS)
    return sorted(lines, key=lambda line: (order.index(line.section), line.position, line.id))


def digest_of(row: Handover, lines: Sequence[HandoverLine]) -> str:
    """SHA-256, hexadecimal, of who, when and every line in order."""
    content = {
        "number": row.number,
        "occasion": row.occasion,
        "people": [str(row.from_id), str(row.to_id), str(row.supervisor_id)],
        "effective_on": row.effective_on.isoformat(),
        "remark": row.remark,
        "lines": [[line.section, line.what, line.count, line.note] for line in ordered(lines) if not is_prompt(line)],
    }
    return sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
