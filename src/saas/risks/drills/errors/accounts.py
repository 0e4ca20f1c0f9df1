"""The wrong account: another expense, a code that does not exist, an asset in the expenses."""

from __future__ import annotations

from collections import Counter

from saas.risks.drills.errors.entries import plain
from saas.risks.drills.errors.scene import Entry, Line, Mistake, NoPlaceError, Scene, entry

EQUIPMENT = ("购戴尔服务器一台", "购联想台式电脑10台", "购数控切割机一台", "购办公家具一批及货架")
USUAL = 3  # bookings that make an account the usual one for a party or a wording


def wrong_account(scene: Scene) -> Mistake:
    """An expense that always went to one account, booked to another."""
    usual = _usual(scene)
    expenses = sorted({account for account in usual.values() if account})

    def fits(lines: Entry) -> bool:
        return plain(lines) and any(usual.get(_habit(line)) == line["account"] for line in _expenses(scene, lines))

    if len(expenses) < 2:
        raise NoPlaceError("one expense account only")
    name = scene.pick(fits)
    lines = scene.vouchers[name]
    right = entry(lines)
    line = next(line for line in _expenses(scene, lines) if usual.get(_habit(line)) == line["account"])
    month = {x["account"] for _name, ls in scene.of_period(line["period"]) for x in ls if scene.category(x) == "pnl"}
    others = [account for account in expenses if account != line["account"]]
    other = scene.rng.choice([account for account in others if account in month] or others)
    line["account"], line["account_name"] = other, _name_of(scene, other)
    return Mistake((name,), lines[0]["period"], right)


def unknown_account(scene: Scene) -> Mistake:
    """A digit of the account mistyped: the code does not exist."""
    name = scene.pick(lambda lines: plain(lines) and any(_code(line) for line in lines))
    lines = scene.vouchers[name]
    right = entry(lines)
    line = scene.rng.choice([line for line in lines if _code(line)])
    line["account"], line["account_name"] = _mistyped(scene, line["account"]), None
    return Mistake((name,), lines[0]["period"], right)


def equipment_expensed(scene: Scene) -> Mistake:
    """A machine or computers booked as an office expense."""
    name = scene.pick(lambda lines: plain(lines) and bool(_expenses(scene, lines)) and _bank(scene, lines) is not None)
    scene.touched.discard(name)  # only its style is taken
    like = scene.vouchers[name]
    fen = scene.rng.randrange(18_000, 68_000, 100) * 100
    expense, bank = _expenses(scene, like)[0], _bank(scene, like)
    assert bank is not None
    summary = scene.rng.choice(EQUIPMENT)
    same = {"summary": summary, "reference": None, "quantity": None, "aux": ""}
    made = scene.add(
        like, [{**expense, **same, "debit": fen, "credit": 0}, {**bank, "summary": summary, "debit": 0, "credit": fen}]
    )
    asset = next((code for code in scene.chart.having("fixed_asset") if scene.chart.accounts[code].leaf), "1601")
    right = {**expense, "account": asset, "account_name": _name_of(scene, asset), "aux": "", "debit": fen, "credit": 0}
    return Mistake((made,), like[0]["period"], entry([right, scene.vouchers[made][1]]))


def _expenses(scene: Scene, lines: Entry) -> list[Line]:
    return [line for line in lines if scene.category(line) == "pnl" and line["debit"] > 0 and line["account"]]


def _bank(scene: Scene, lines: Entry) -> Line | None:
    return next((x for x in lines if scene.role(x).partition(".")[0] == "bank" and x["credit"] > 0), None)


def _habit(line: Line) -> str:
    """What is booked: its wording without numbers and months."""
    return "".join(sign for sign in line["summary"] or "" if not sign.isdigit() and sign not in "年月日-/. 第号")


def _usual(scene: Scene) -> dict[str, str]:
    """The account of each habit that always went to the same one."""
    seen: dict[str, Counter[str]] = {}
    for name, lines in scene.vouchers.items():
        if scene.kinds.get(name) == "ordinary":
            for line in _expenses(scene, lines):
                seen.setdefault(_habit(line), Counter())[line["account"]] += 1
    return {habit: next(iter(n)) for habit, n in seen.items() if habit and len(n) == 1 and n.total() >= USUAL}


def _code(line: Line) -> bool:
    return bool(line["account"]) and line["account"].isdigit()


def _mistyped(scene: Scene, code: str) -> str:
    """The first digits stay, so that it looks right; no account has the result."""
    head = code[:4]
    for digit in "9876543210":
        wrong = f"{head[:2]}{digit}{head[3:]}{code[4:]}"
        if wrong not in scene.chart.accounts and wrong[:4] not in scene.chart.accounts:
            return wrong
    raise NoPlaceError("every code exists")


def _name_of(scene: Scene, account: str) -> str | None:
    known = scene.chart.accounts.get(account)
    return known.name if known is not None else None
