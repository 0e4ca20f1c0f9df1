"""Rules about people that every workflow may ask."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Deed

LEFT = _("This person does not work here any more. Choose another owner.")


def owner_works_here(row: Any, deed: Deed) -> Text | None:
    """Whoever is named as owner is a member; `deed.facts.members` holds the ids of those who work here."""
    return None if deed.form is None or deed.form.owner_id in deed.facts.members else LEFT
