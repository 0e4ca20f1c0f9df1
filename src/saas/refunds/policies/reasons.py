"""The rows of a policy's form: one reason each, with a spare row for another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.pinyin import slug
from saas.refunds.checklist import EVIDENCE
from saas.refunds.terms import Preset, Reason, Terms, Tier

MOST_ROWS = 30
LONGEST = {"name_zh": 40, "name_en": 60, "when_zh": 300, "when_en": 400}
CODE = re.compile(r"[a-z][a-z0-9_]{1,23}")
TIER = re.compile(r"(\d{1,3})\s*[:：]\s*(\d{1,3})")
NAMES = ("code", "name_zh", "name_en", "when_zh", "when_en", "preset", "most_percent", "tiers", "evidence", "at_fault",
         "optional", "out")  # fmt: skip


def read_reasons(form: Submitted[Any]) -> list[dict[str, Any]]:
    """The rows that are to stay, as terms keep them; a row without any name is a spare one and is left out."""
    rows = [_read(form, number) for number in row_numbers(form.raw) if _is_kept(form.raw, number)]
    codes = [row["code"] for row in rows]
    if not rows:
        form.refuse("reasons", _("A policy has at least one reason."))
    elif len(rows) > MOST_ROWS:
        form.refuse("reasons", _("At most %(n)s reasons.", n=MOST_ROWS))
    for number, code in enumerate(codes):
        if code in codes[:number]:
            form.refuse("reasons", _("Two reasons have the same name: %(name)s", name=rows[number]["name_zh"]))
    return rows


def raw_reasons(terms: Terms) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for number, reason in enumerate(terms.reasons):
        texts = ("code", "name_zh", "name_en", "when_zh", "when_en", "preset")
        row: dict[str, Any] = {name: getattr(reason, name) for name in texts}
        row["most_percent"] = str(reason.most_percent)
        row["tiers"] = ", ".join(f"{tier.months}: {tier.percent}" for tier in reason.tiers)
        row["evidence"] = list(reason.evidence)
        row |= {name: "yes" for name in ("at_fault", "optional") if getattr(reason, name)}
        raw |= {f"reason-{number}-{name}": value for name, value in row.items()}
    return raw


def row_numbers(raw: Mapping[str, Any]) -> list[int]:
    """Of the rows that were sent, in their order."""
    found = {int(match[1]) for name in raw if (match := re.fullmatch(r"reason-(\d{1,3})-name_zh", name))}
    return sorted(found)


def with_spare(raw: Mapping[str, Any]) -> list[int]:
    """The rows a form shows: what is there, and an empty one."""
    numbers = row_numbers(raw)
    return [*numbers, (numbers[-1] + 1) if numbers else 0]


def _is_kept(raw: Mapping[str, Any], number: int) -> bool:
    named = any(str(raw.get(f"reason-{number}-{name}", "")).strip() for name in ("name_zh", "name_en"))
    return named and not raw.get(f"reason-{number}-out")


def _read(form: Submitted[Any], number: int) -> dict[str, Any]:
    """One row; a new reason gets its code from its name."""

    def sent(name: str) -> str:
        return str(form.raw.get(f"reason-{number}-{name}", "")).strip()

    texts = {name: sent(name) for name in LONGEST}
    for name, most in LONGEST.items():
        if not texts[name]:
            form.refuse(f"reason-{number}-{name}", _("Please fill this in."))
        elif len(texts[name]) > most:
            form.refuse(f"reason-{number}-{name}", _("This is too long: at most %(n)s characters.", n=most))
    preset = sent("preset")
    if preset not in get_args(Preset):
        form.refuse(f"reason-{number}-preset", _("This cannot be taken: please choose or correct it."))
    evidence = form.raw.get(f"reason-{number}-evidence", [])
    given = evidence if isinstance(evidence, list) else [evidence]
    most = _percent(form, f"reason-{number}-most_percent", sent("most_percent"))
    return {
        **texts,
        "code": _code(sent("code"), texts["name_en"] or texts["name_zh"]),
        "preset": preset,
        "evidence": [key for key in EVIDENCE if key in given],
        "at_fault": bool(sent("at_fault")),
        "optional": bool(sent("optional")),
        "most_percent": most,
        "tiers": _tiers(form, f"reason-{number}-tiers", sent("tiers"), most),
    }  # fmt: skip


def _code(sent: str, name: str) -> str:
    """The code a row came with; a new reason, or what is no code, gets one from its name."""
    return sent if CODE.fullmatch(sent) else slug(name, longest=24).replace("-", "_")


def _percent(form: Submitted[Any], name: str, text: str) -> int:
    if text.isdecimal() and int(text) <= 100:
        return int(text)
    form.refuse(name, _("Choose something between %(least)s and %(most)s.", least=0, most=100))
    return 100


def _tiers(form: Submitted[Any], name: str, text: str, after: int) -> list[dict[str, int]]:
    """ "3: 80, 6: 50": up to three months served at most 80 %, up to six 50 %, then `after`."""
    if not text:
        return []
    pieces = [piece.strip() for piece in re.split("[,，;；]", text) if piece.strip()]
    matches = [TIER.fullmatch(piece) for piece in pieces]
    if not all(matches):
        form.refuse(name, _("Write it like 3: 80, 6: 50 (months served: percent)."))
        return []
    pairs = [(int(match[1]), int(match[2])) for match in matches if match]
    try:
        Reason("", "", "", "P1", most_percent=after, tiers=tuple(Tier(*pair) for pair in pairs))
    except ValueError:
        form.refuse(name, _("Months go up, and whoever stays longer never gets more back."))
        return []
    if any(months > 240 or percent > 100 for months, percent in pairs):
        form.refuse(name, _("Choose something between %(least)s and %(most)s.", least=0, most=100))
        return []
    return [{"months": months, "percent": percent} for months, percent in pairs]
