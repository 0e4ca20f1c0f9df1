"""What is not there: a number, a month's entry, the closing."""

from __future__ import annotations

from saas.risks.drills.errors.entries import plain
from saas.risks.drills.errors.scene import Entry, Mistake, NoPlaceError, Scene, entry

MONTHS = 4  # an entry that came so often is missed


def missing_number(scene: Scene) -> Mistake:
    """A voucher in the middle of the month is gone; its number with it."""

    def inside(lines: Entry) -> bool:
        head = lines[0]
        mates = [ls[0]["number"] for _name, ls in scene.of_period(head["period"]) if ls[0]["word"] == head["word"]]
        numbers = {number for number in mates if number is not None}
        around = head["number"] is not None and {head["number"] - 1, head["number"] + 1} <= numbers
        return plain(lines) and around and mates.count(head["number"]) == 1

    name = scene.pick(inside)
    lines = scene.vouchers.pop(name)
    return Mistake((name,), lines[0]["period"], entry(lines))


def missing_monthly(scene: Scene) -> Mistake:
    """Depreciation or another entry of every month was forgotten in one; the numbers behind it close up."""

    def monthly(lines: Entry) -> bool:
        mark = _accounts(lines)
        same = [ls for name, ls in scene.vouchers.items() if scene.kinds.get(name) == "accrual"]
        months = [ls[0]["period"] for ls in same if _accounts(ls) == mark]
        alone = months.count(lines[0]["period"]) == 1
        return alone and len(set(months)) >= MONTHS and _is_worn(scene, lines)

    name = scene.pick(monthly, "accrual", recent=3)
    lines = scene.vouchers.pop(name)
    if lines[0]["number"] is not None:
        scene.renumber(lines[0]["period"], lines[0]["word"], lines[0]["number"], -1)
    return Mistake((name,), lines[0]["period"], entry(lines))


def not_closed(scene: Scene) -> Mistake:
    """Profit and loss of the month before the last were not closed; the last one may still be at work."""
    if len(scene.periods) < MONTHS:
        raise NoPlaceError("too few months")
    last = scene.periods[-2]
    names = [name for name, _lines in scene.of_period(last) if scene.kinds.get(name) == "closing"]
    if not names:
        raise NoPlaceError("nothing is closed there")
    gone = [scene.vouchers.pop(name) for name in names]
    scene.touched.update(names)
    return Mistake(tuple(names), last, tuple(line for lines in gone for line in entry(lines)))


def _accounts(lines: Entry) -> tuple[str, ...]:
    return tuple(sorted(line["account"] for line in lines))


def _is_worn(scene: Scene, lines: Entry) -> bool:
    """Depreciation and amortisation: the months around it tell that one is missing."""
    return any(scene.role(line).partition(".")[0] in ("depreciation", "amortisation") for line in lines)
