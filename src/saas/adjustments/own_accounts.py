"""Accounts of a client that the imported files do not show yet: named once by a person, kept with the client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from saas.adjustments.correction.lacking import DETAILS, named, official
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.ledgers.charts import Account, Chart

PREFIX = "account:"
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{2,19}")
Named = dict[str, dict[str, str]]  # role → {code, name}


def supplied(chart: Chart, own: Mapping[str, Mapping[str, str]]) -> Chart:
    """The chart with these accounts; where the books meanwhile show an account of that role, the books count."""
    accounts = dict(chart.accounts)
    for role, given in own.items():
        if not any(a.leaf and a.role == role for a in accounts.values()):
            accounts[given["code"]] = _account(chart, role, given["code"], given["name"])
    return Chart(chart.standard, accounts)


def asked(raw: Mapping[str, Any]) -> list[str]:
    """The roles for which the form holds a field."""
    return [name.removeprefix(PREFIX) for name in raw if name.startswith(PREFIX)]


def taken(chart: Chart, raw: Mapping[str, Any]) -> Named:
    """The accounts typed as "6901 以前年度损益调整"; Invalid says why one cannot stand for what is needed."""
    found: Named = {}
    for role in asked(raw):
        if text := str(raw[PREFIX + role]).strip():
            code, _blank, name = text.partition(" ")
            _check(chart, role, code)
            name = chart.accounts[code].name if code in chart.accounts else name.strip()
            found[role] = {"code": code, "name": name or named(role, chart.standard)[1]}
    return found


def shown(chart: Chart, raw: Mapping[str, Any], lacking: str) -> list[dict[str, str]]:
    """A field for each account that was asked for, and for the one that is lacking now."""
    roles = dict.fromkeys([*asked(raw), *([lacking] if lacking else [])])
    fields = []
    for role in roles:
        code, name = named(role, chart.standard)
        proposed = "" if role in DETAILS else f"{code} {name}"
        value = str(raw.get(PREFIX + role, proposed))
        fields.append({"name": PREFIX + role, "label": f"{code} {name}", "value": value})
    return fields


def _check(chart: Chart, role: str, code: str) -> None:
    if not CODE.fullmatch(code):
        raise Invalid(_("“%(code)s” is no account code. Write the code, a blank, and the name.", code=code))
    known = chart.accounts.get(code) or _above(chart, code)
    if known is None:
        return
    if known.code == code and not known.leaf:
        raise Invalid(_("Account %(account)s has detail accounts: choose one of them.", account=code))
    fits = not known.role or role == known.role or role.startswith(f"{known.role}.")
    if not fits or known.category != _category(role, chart):
        label = f"{known.code} {known.name}"
        raise Invalid(_("%(account)s stands for something else: choose another code.", account=label))


def _above(chart: Chart, code: str) -> Account | None:
    """The account of the chart under whose code this one would lie."""
    return next(
        (chart.accounts[code[:end]] for end in range(len(code) - 1, 3, -1) if code[:end] in chart.accounts), None
    )


def _category(role: str, chart: Chart) -> str:
    found = official(DETAILS.get(role, (role, ""))[0], chart.standard)
    return found.category if found else ""


def _account(chart: Chart, role: str, code: str, name: str) -> Account:
    if code in chart.accounts:
        return replace(chart.accounts[code], role=role)
    above, model = _above(chart, code), official(DETAILS.get(role, (role, ""))[0], chart.standard)
    return Account(
        code,
        name,
        category=model.category if model else "",
        side=model.side if model else "B",
        role=role,
        level=above.level + 1 if above else 1,
        parent=above.code if above else "",
        leaf=True,
        official=model is not None,
    )
