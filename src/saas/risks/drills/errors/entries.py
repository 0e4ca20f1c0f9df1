"""Slips inside a voucher, and vouchers booked once too often."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby

from saas.risks.drills.errors.scene import SMALL_CHANGE, Entry, Line, Mistake, NoPlaceError, Scene, entry, largest

LAST_DAY_TO_REPEAT = 22  # so that the copy falls into the same month
SELDOM = 3  # bookings of one wording in the whole ledger
CITES = "号凭证"  # of a voucher that corrects another one
STEADY = 3  # months an amount must have stood still to be called steady
CHOOSABLE = (900, 2_700, 9_000, 10_000, 18_000, 36_000)  # fen
SIDES = ("debit", "credit")


def unbalanced(scene: Scene) -> Mistake:
    """One line's amount mistyped, as a damaged export or a hand-edited file shows it."""
    name = scene.pick(lambda lines: plain(lines) and any(not _is_money(scene, line) for line in lines))
    lines = scene.vouchers[name]
    right = entry(lines)
    line = scene.rng.choice([line for line in lines if not _is_money(scene, line)])
    side = "debit" if line["debit"] else "credit"
    line[side] += scene.rng.choice(CHOOSABLE)
    return Mistake((name,), lines[0]["period"], right)


def slip_of_ten(scene: Scene) -> Mistake:
    """A steady monthly entry with a zero too many."""
    steady = _steady(scene)
    name = scene.pick(lambda lines: lines[0]["voucher"] in steady, "ordinary", "accrual", skip_first=STEADY)
    lines = scene.vouchers[name]
    right = entry(lines)
    for line in lines:
        line["debit"], line["credit"] = line["debit"] * 10, line["credit"] * 10
    return Mistake((name,), lines[0]["period"], right)


def reversed_sides(scene: Scene) -> Mistake:
    """Debit and credit the wrong way round."""

    def settles(lines: Entry) -> bool:
        """A payment or a receipt against a claim or a debt: its usual side is known."""
        roles = {scene.role(line).partition(".")[0] for line in lines}
        return plain(lines) and "bank" in roles and bool(roles & {"ar", "ap", "tax", "payroll"})

    name = scene.pick(settles)
    lines = scene.vouchers[name]
    right = entry(lines)
    for line in lines:
        line["debit"], line["credit"] = line["credit"], line["debit"]
    return Mistake((name,), lines[0]["period"], right)


def duplicate_voucher(scene: Scene) -> Mistake:
    """The same document booked again some days later."""
    written = Counter((_wording(lines), largest(lines)) for lines in scene.vouchers.values())
    said = Counter(_wording(lines) for lines in scene.vouchers.values())

    def once(lines: Entry) -> bool:
        """No list price and no monthly fee: the same again would look usual."""
        mark = (_wording(lines), largest(lines))
        if CITES in mark[0]:
            return False
        room = lines[0]["date"] is not None and lines[0]["date"].day <= LAST_DAY_TO_REPEAT
        return plain(lines) and room and written[mark] == 1 and said[mark[0]] <= SELDOM and largest(lines) % 10_000 != 0

    name = scene.pick(once)
    lines = scene.vouchers[name]
    since = len(scene.renamed)
    day = lines[0]["date"] + timedelta(days=scene.rng.randrange(1, 5))
    again = scene.add(lines, [dict(line) for line in lines], day)
    return Mistake((scene.now(name, since), again), lines[0]["period"], entry(_red(scene.vouchers[again])))


def red_without_reference(scene: Scene) -> Mistake:
    """A red voucher that does not say what it corrects."""
    name = scene.pick(lambda lines: plain(lines) and scene.category(lines[0]) == "pnl")
    lines = scene.vouchers[name]
    red = scene.add(lines, [{**line, "summary": "冲账", "reference": None} for line in _red(lines)])
    return Mistake((red,), lines[0]["period"], entry(lines))


def _wording(lines: Entry) -> str:
    return "".join(sign for sign in lines[0]["summary"] or "" if not sign.isdigit())


def plain(lines: Entry) -> bool:
    """Two to four black lines that balance, of an amount worth looking at."""
    black = all(line["debit"] >= 0 and line["credit"] >= 0 for line in lines)
    balanced = sum(line["debit"] - line["credit"] for line in lines) == 0
    return 2 <= len(lines) <= 4 and black and balanced and largest(lines) >= SMALL_CHANGE


def _red(lines: Entry) -> list[Line]:
    return [{**line, "debit": -line["debit"], "credit": -line["credit"]} for line in lines]


def _is_money(scene: Scene, line: Line) -> bool:
    return scene.role(line).partition(".")[0] in ("cash", "bank")


def _steady(scene: Scene) -> set[str]:
    """Vouchers whose accounts and amounts were the same in the months before."""
    found: dict[tuple[object, ...], list[tuple[str, str]]] = {}
    for name, lines in scene.vouchers.items():
        if plain(lines) and not any(_is_money(scene, line) for line in lines):
            mark = tuple((line["account"], line["aux"], line["debit"], line["credit"]) for line in lines)
            found.setdefault(mark, []).append((str(lines[0]["period"]), name))
    steady: set[str] = set()
    for marks in found.values():
        months = [list(each) for _period, each in groupby(sorted(marks), key=lambda mark: mark[0])]
        steady |= {name for at, each in enumerate(months) if at >= STEADY for _period, name in each}
    if not steady:
        raise NoPlaceError("nothing steady")
    return steady
