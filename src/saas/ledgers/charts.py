"""Charts of accounts: which standard a ledger follows, and which account plays which role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from saas.ledgers.charts_data import CHARTS, Official, bare, by_code, by_name, details, officials

# Between the levels of a joined name: 管理费用-办公费, 管理费用_办公费, "Cash - Bank"; not inside "Long-term loans".
PATH = re.compile(
    r"(?<=[^\x00-\x7f])\s*[-_/\\|—→>·:：]+\s*|\s*[-_/\\|—→>·:：]+\s*(?=[^\x00-\x7f])|\s+[-_/\\|—>:]+\s+|\s*[|>→]\s*"
)
SEPARATORS = ".-_/\\"  # between the levels of a code
ENOUGH = 0.9  # below this score the standard is uncertain (accounting.md §2.3)

# Category of a level-1 code that the standard does not know, by its first digit.
CATEGORIES = {
    "small": {"1": "asset", "2": "liability", "3": "equity", "4": "cost", "5": "pnl"},
    "enterprise": {"1": "asset", "2": "liability", "3": "common", "4": "equity", "5": "cost", "6": "pnl"},
    "npo": {"1": "asset", "2": "liability", "3": "equity", "4": "pnl", "5": "pnl"},
}
SIDES = {"asset": "D", "liability": "C", "common": "B", "equity": "C", "cost": "D", "pnl": "B", "": "B"}


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a ledger, resolved against the standard's chart."""

    code: str  # the code; the full name where the file has names only
    name: str
    category: str  # asset, liability, common, equity, cost, pnl; "" when unknown
    side: str  # "D", "C" or "B" (either side is normal)
    role: str  # "cash", "inventory.goods", "tax.vat.input", ... or "" (accounting.md §2.5)
    level: int
    parent: str  # "" at level 1
    leaf: bool
    official: bool = False  # its level-1 account is one of the standard's
    used: bool = True  # it occurs in the file; False for a level added above the file's accounts


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of one ledger. Rules name roles, never codes."""

    standard: str
    accounts: dict[str, Account]

    def having(self, *roles: str) -> list[str]:
        """Codes of the accounts with one of these roles or one beneath it ("inventory" finds "inventory.goods")."""
        wanted = tuple(f"{role}." for role in roles)
        return [a.code for a in self.accounts.values() if a.role in roles or a.role.startswith(wanted)]

    def top(self, code: str) -> str:
        """The level-1 account above this one (itself at level 1, or when it is not in the chart)."""
        account = self.accounts.get(code)
        while account is not None and account.parent:
            code = account.parent
            account = self.accounts.get(code)
        return code


def build(standard: str, accounts: Iterable[tuple[str, str]]) -> Chart:
    """The chart of a file from its (code, name) pairs; an empty code stands for "the name is the account".

    Levels above the file's accounts are added (used=False). Details take their role from their name inside the
    ancestor's role, never from their number (accounting.md §2.4).
    """
    names = _names(accounts)
    used = set(names)
    for code in list(names):
        _add_top(code, names, standard)
    parents = {code: _parent(code, names) for code in names}
    inner = {parent for code, parent in parents.items() if code in used}
    built: dict[str, Account] = {}
    for code in sorted(names, key=lambda c: (len(c), c)):
        built[code] = _account(standard, code, names, parents[code], built, leaf=code not in inner, used=code in used)
    return Chart(standard, built)


def assigned(chart: Chart, roles: Mapping[str, str]) -> Chart:
    """The chart with the roles a person gave to accounts (code → role), and to the details beneath them.

    Category and normal side follow the role's official account. A code that the chart lacks says nothing.
    """
    if not roles:
        return chart
    models = {official.role: official for standard in CHARTS for official in reversed(officials(standard))}
    given: dict[str, Account] = {}
    for code, account in chart.accounts.items():  # shorter codes first: a parent comes before its details
        role, above = roles.get(code), given.get(account.parent)
        if role is None and above is not None:
            path = [part for part in PATH.split(account.name) if part]
            role, side = _detail(above.role, above.side, path[1:] or path)
            given[code] = replace(account, role=role, side=side, category=above.category, official=True)
        elif role is not None:
            model = models.get(role) or models.get(role.split(".")[0])
            side = next((d.side for d in details() if d.role == role and d.side), model.side if model else account.side)
            category = model.category if model else account.category
            given[code] = replace(account, role=role, side=side, category=category, official=bool(role))
    return Chart(chart.standard, {**chart.accounts, **given})


def _names(accounts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The name of each code: the first that is not empty."""
    names: dict[str, str] = {}
    for code, name in accounts:
        key = code or name
        if key and not names.get(key):
            names[key] = name
    return names


def _add_top(code: str, names: dict[str, str], standard: str) -> None:
    """Add the level-1 account above a detail when the file does not list it."""
    first = re.split(r"[.\-_/\\]", code)[0]
    top = first[:4] if first.isdigit() else (PATH.split(code)[0] if not code[:1].isdigit() else code)
    if top in names or len(top) < 3:
        return
    official = by_code(standard).get(top)
    path = PATH.split(names[code])
    if official:
        names[top] = official.name
    elif len(path) > 1 or not code[:1].isdigit():
        names[top] = path[0]


def _parent(code: str, names: dict[str, str]) -> str:
    """The longest existing proper prefix, whatever the shape: 4-2-2-2, 4-3-3, 4-4-4, separators; "" at level 1."""
    for end in range(len(code) - 1, 2, -1):
        prefix = code[:end].rstrip(SEPARATORS)
        if prefix in names and prefix != code and (code[:1].isdigit() or PATH.match(code, len(prefix))):
            return prefix
    return ""


def _account(
    standard: str, code: str, names: dict[str, str], parent: str, built: dict[str, Account], *, leaf: bool, used: bool
) -> Account:
    path = [part for part in PATH.split(names[code]) if part]
    above = built.get(parent)
    if above is not None:
        role, side = _detail(above.role, above.side, path[1:] or path)
        return Account(
            code, names[code], above.category, side, role, above.level + 1, parent, leaf, above.official, used
        )
    official = _official(standard, code, names[code], path)
    category = official.category if official else CATEGORIES.get(standard, {}).get(code[:1], "")
    role, side = _detail(official.role, official.side, path[1:]) if official else ("", SIDES[category])
    name = names[code] or (official.name if official and official.code == code else "")
    return Account(code, name, category, side, role, 1, "", leaf, official is not None, used)


def _official(standard: str, code: str, name: str, path: list[str]) -> Official | None:
    """The standard's account at level 1. A name that is another official account of the category beats the number."""
    named = by_name(standard).get(bare(name)) or (by_name(standard).get(bare(path[0])) if path else None)
    coded = by_code(standard).get(code[:4]) if code[:1].isdigit() else None
    if coded is None or (named is not None and named.category == coded.category):
        return named
    return coded


def _detail(role: str, side: str, names: list[str]) -> tuple[str, str]:
    """Role and side of a detail account from the names beneath an account of this role, outermost name first."""
    for name in names:
        for detail in details():
            fits = role == detail.within or (
                role.startswith(f"{detail.within}.") and detail.role.startswith(f"{role}.")
            )  # 应交增值税 may become 进项税额; 进项税额 stays what it is
            if fits and detail.name.search(name):
                role, side = detail.role, detail.side or side
                break
    return role, side
