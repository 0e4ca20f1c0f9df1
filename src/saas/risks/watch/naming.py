"""What is watched, in words: a rule, the cause of a case, a signal or a reason of refunds."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.words import CAUSE_CODES
from saas.checks.catalogue import BY_ID
from saas.kernel.i18n import Text, _
from saas.refunds.lists import listing
from saas.refunds.watch.kinds import KINDS as SIGNALS

KINDS: dict[str, Text] = {
    "rule": _("Confirmed findings of a rule"),
    "cause": _("Cases by cause"),
    "reason": _("Refunds by reason"),
    "signal": _("Signals of refunds"),
}


async def names(session: AsyncSession) -> dict[str, str]:
    """Everything that can be watched: "rule:N12" → its name in the reader's language, rules first."""
    return (
        {f"rule:{rule}": f"{rule} {found.name}" for rule, found in BY_ID.items()}
        | {f"cause:{code}": str(label) for code, label in CAUSE_CODES.items()}
        | {f"reason:{code}": name for code, name in (await listing.reasons(session)).items()}
        | {f"signal:{name}": str(kind.label) for name, kind in SIGNALS.items()}
    )


def kind_of(watch: str) -> str:
    return watch.partition(":")[0]


def called(watch: str, named: Mapping[str, str]) -> str:
    """Its name, with its kind where that is not in the name."""
    words = named.get(watch, watch.partition(":")[2])
    kind = KINDS.get(kind_of(watch))
    return words if kind is None or kind_of(watch) == "rule" else f"{kind}: {words}"
