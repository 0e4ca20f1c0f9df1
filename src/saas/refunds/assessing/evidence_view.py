"""The evidence as a page shows it: the grid by month, each mark leading to its record."""

from __future__ import annotations

from datetime import date
from typing import Any

from saas.cases.words import RESPONSIBILITIES
from saas.cases.workflow import CASE
from saas.filings.profile import name_of
from saas.kernel.i18n import Text, _, listed
from saas.kernel.money import Money
from saas.kernel.pages import show_date, working_time
from saas.notices.workflow import NOTICE
from saas.refunds.models import Refund

CASE_STATES = {state.name: state for state in CASE.states}
LETTER_STATES = {state.name: state for state in NOTICE.states}


def evidence_view(refund: Refund, gathered: dict[str, Any]) -> dict[str, Any]:
    """`gathered` as evidence.gather made it; every url is under the firm."""
    months = gathered["months"]
    times = gathered["times"]
    return {
        "gathered_on": gathered["gathered_at"][:10],
        "kept": bool(refund.evidence),
        "months": [month["month"] for month in months],
        "rows": [
            {"label": _("Books imported"), "cells": [_imported(m) for m in months]},
            {"label": _("Books checked"), "cells": [_checked(m, refund) for m in months]},
            {"label": _("Month closed"), "cells": [_mark(m, m["sealed"], "") for m in months]},
            {"label": _("Returns filed"), "cells": [_filed(m, refund) for m in months]},
            {"label": _("Letters"), "cells": [_letters(m) for m in months]},
            {"label": _("Exchanges"), "cells": [_talks(m, refund) for m in months]},
            {"label": _("Our own faults"), "cells": [_faults(m) for m in months]},
        ],
        "cases": [_case(case) for case in gathered["cases"]],
        "letters": [_letter(letter) for letter in gathered["letters"]],
        "paid": [
            {
                "label": _("Received on %(day)s", day=show_date(date.fromisoformat(r["on"]))),
                "value": f"¥{Money(r['fen'])} · {r['payer']} {r['reference']}".strip(),
            }
            for r in gathered["receipts"]
        ],
        "figures": [
            {"label": _("Time until a case is taken up (median)"), "value": _time(times["first_answer"])},
            {"label": _("Time until a case is closed (median)"), "value": _time(times["whole"])},
            {"label": _("Cases in the term"), "value": str(times["cases"])},
            {"label": _("Exchanges in the term"), "value": str(gathered["talks"])},
        ],
    }


def _mark(month: dict[str, Any], there: Any, url: str, note: str = "") -> dict[str, Any]:
    state = "yes" if there else "none" if month["served"] else "future"
    return {"state": state, "url": url if there else "", "note": note}


def _imported(month: dict[str, Any]) -> dict[str, Any]:
    return _mark(month, month["import_id"], f"/ledgers/imports/{month['import_id']}")


def _checked(month: dict[str, Any], refund: Refund) -> dict[str, Any]:
    return _mark(month, month["checked"], f"/findings?client={refund.client_id}", month["checked"] or "")


def _filed(month: dict[str, Any], refund: Refund) -> dict[str, Any]:
    """In time, or the returns that were late or left out; evidence kept before the register was has none."""
    filed = [f for f in month.get("filings", []) if f["standing"] in ("accepted", "amended", "late")]
    bad = [f for f in month.get("filings", []) if f["standing"] in ("late", "missed")]
    url = f"/clients/{refund.client_id}/filings"
    if bad:
        names = listed([str(name_of(f["code"])) for f in bad])
        return {"state": "fault", "url": url, "note": str(_("late or missed: %(names)s", names=names))}
    return _mark(month, filed, url, str(len(filed)) if filed else "")


def _letters(month: dict[str, Any]) -> dict[str, Any]:
    listed = month["letters"]
    return _mark(month, listed, f"/notices/{listed[0]}" if listed else "", str(len(listed)) if listed else "")


def _talks(month: dict[str, Any], refund: Refund) -> dict[str, Any]:
    return _mark(month, month["talks"], f"/clients/{refund.client_id}#timeline", str(month["talks"] or ""))


def _faults(month: dict[str, Any]) -> dict[str, Any]:
    if not month["faults"]:
        return {"state": "future" if not month["served"] else "none", "url": "", "note": ""}
    first = month["faults"][0]
    return {"state": "fault", "url": f"/cases/{first['id']}", "note": first["number"]}


def _case(case: dict[str, Any]) -> dict[str, Any]:
    return {
        **case,
        "title": Text.restore(case["title"]),
        "url": f"/cases/{case['id']}",
        "badge": CASE_STATES.get(case["state"]),
        "whose": RESPONSIBILITIES.get(case["responsibility"], ""),
        "ours": case["responsibility"] in ("firm", "shared"),
        "time": _time(case["minutes"]),
    }


def _letter(letter: dict[str, Any]) -> dict[str, Any]:
    return {
        **letter,
        "title": Text.restore(letter["title"]),
        "url": f"/notices/{letter['id']}",
        "badge": LETTER_STATES.get(letter["state"]),
        "day": show_date(date.fromisoformat(letter["on"])),
    }


def _time(minutes: int | None) -> str:
    return "–" if minutes is None else working_time(minutes)
