"""Whether a client may have what a policy grants: each condition met, not met, or unknown because a fact is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from saas.clients.models import Client
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _
from saas.services.words import TAXPAYERS

Kind = Literal["number", "yes", "date", "one", "words"]
Op = Literal["is", "most", "least", "below", "has", "since", "within_years"]
Verdict = Literal["met", "open", "unmet"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a client; `unit` stands behind numbers."""

    label: Text
    kind: Kind
    unit: Text | None = None


FACTS: dict[str, Fact] = {
    "taxpayer_kind": Fact(_("Kind of taxpayer"), "one"),
    "entity": Fact(_("Legal form"), "one"),
    "industry": Fact(_("Industry"), "words"),
    "region": Fact(_("Region"), "words"),
    "headcount": Fact(_("Employees on average"), "number", _("people")),
    "assets": Fact(_("Total assets on average, in 10 thousand yuan"), "number"),
    "taxable_income": Fact(_("Taxable income of the year, in 10 thousand yuan"), "number"),
    "sales_month": Fact(_("Sales of a month, in 10 thousand yuan"), "number"),
    "founded_on": Fact(_("Founded on"), "date"),
    "restricted_industry": Fact(_("In an industry restricted or barred by the state"), "yes"),
    "insured": Fact(_("Pays unemployment insurance in full"), "yes"),
    "layoff_rate": Fact(_("Share of people laid off last year, in percent"), "number"),
    "graduates_hired": Fact(_("Graduates of the year hired and insured"), "number", _("people")),
    "rd_spending": Fact(_("Has spending on research and development"), "yes"),
    "rd_excluded": Fact(_("In an industry excluded from the extra deduction"), "yes"),
    "equipment_bought": Fact(_("Bought equipment of up to 5 million yuan a piece"), "yes"),
    "startup_loan": Fact(_("Founder belongs to a group of the start-up loan"), "yes"),
    "new_staff_share": Fact(_("New staff of such groups within a year, in percent of all"), "number"),
    "veteran_or_poor": Fact(_("Founded by or employs veterans, people out of poverty or long unemployed"), "yes"),
    "high_tech": Fact(_("Recognised as high-tech enterprise"), "yes"),
    "licence_until": Fact(_("Licence valid until"), "date"),
    "disabled_employed": Fact(_("Employs people with disabilities"), "yes"),
}
ENTITIES: dict[str, Text] = {"company": _("Company"), "individual": _("Self-employed"), "other": _("Other form")}
OPS: dict[str, Text] = {
    "is": _("is"),
    "most": _("at most"),
    "least": _("at least"),
    "below": _("below"),
    "has": _("contains one of"),
    "since": _("on or after"),
    "within_years": _("within so many years"),
}
BY_KIND: dict[str, tuple[str, ...]] = {
    "number": ("most", "least", "below", "is"),
    "yes": ("is",),
    "one": ("is",),
    "words": ("has",),
    "date": ("since", "within_years"),
}


class Condition(Struct, frozen=True):
    """`value` as text: a number, yes or no, a key, a date, words parted by commas."""

    fact: str
    op: Op
    value: str

    def words(self) -> Text:
        """The condition as a sentence's part."""
        fact = FACTS[self.fact]
        return Text("%(fact)s %(op)s %(value)s", fact=fact.label, op=OPS[self.op], value=shown(self.fact, self.value))


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition against one client; `known` is what stands there, "" where nothing is known."""

    condition: Condition
    verdict: Verdict
    known: str

    def store(self) -> dict[str, Any]:
        return {"fact": self.condition.fact, "op": self.condition.op, "value": self.condition.value,
                "known": self.known, "verdict": self.verdict}  # fmt: skip


def shown(fact: str, value: str) -> Text | str:
    """A value in words."""
    if fact == "taxpayer_kind":
        return TAXPAYERS.get(value, value)
    if fact == "entity":
        return ENTITIES.get(value, value)
    if FACTS[fact].kind == "yes":
        return _("yes") if value == "yes" else _("no")
    return value


def facts_of(client: Client, recorded: Mapping[str, str]) -> dict[str, str]:
    """What is known: from the client's own data, then from what was recorded by hand."""
    known = {"taxpayer_kind": client.taxpayer_kind, "industry": client.industry, "region": client.address}
    return {name: value for name, value in {**known, **recorded}.items() if value}


def judge(conditions: Sequence[Condition], known: Mapping[str, str], today: date) -> list[Judged]:
    return [Judged(one, _verdict(one, known.get(one.fact, ""), today), known.get(one.fact, "")) for one in conditions]


def overall(judged: Sequence[Judged]) -> Verdict:
    """Unmet as soon as one is; open while a fact is missing; met only where everything is known and holds."""
    verdicts = {one.verdict for one in judged}
    return "unmet" if "unmet" in verdicts else "open" if "open" in verdicts else "met"


def _verdict(one: Condition, known: str, today: date) -> Verdict:
    if not known:
        return "open"
    return "met" if _holds(one, known, today) else "unmet"


def _holds(one: Condition, known: str, today: date) -> bool:
    if one.op == "has":
        return any(word.strip() in known for word in one.value.replace("，", ",").split(",") if word.strip())
    if one.op == "since":
        return date.fromisoformat(known) >= date.fromisoformat(one.value)
    if one.op == "within_years":
        founded = date.fromisoformat(known)
        return (today.year - founded.year) * 12 + today.month - founded.month <= int(one.value) * 12
    if FACTS[one.fact].kind != "number":
        return known == one.value
    here, limit = float(known), float(one.value)
    return {"most": here <= limit, "least": here >= limit, "below": here < limit, "is": here == limit}[one.op]


def checked(fact: str, op: str, value: str) -> Condition:
    """A condition as typed. Invalid in words where fact, comparison and value do not belong together."""
    if fact not in FACTS or op not in BY_KIND[FACTS[fact].kind]:
        raise Invalid(_("This comparison does not fit: choose another one."))
    return Condition(fact, op, read(fact, value) if op != "within_years" else _whole(value))  # type: ignore[arg-type]


def read(fact: str, value: str) -> str:
    """A fact's value as it is kept; Invalid where it is no number, day or choice."""
    kind, value = FACTS[fact].kind, value.strip()
    try:
        if kind == "number":
            return f"{float(value):g}"
        if kind == "date":
            return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Invalid(_("%(fact)s: this value cannot be taken.", fact=FACTS[fact].label)) from None
    known = {"yes": ("yes", "no"), "one": (*TAXPAYERS, *ENTITIES)}.get(kind)
    if not value or (known is not None and value not in known):
        raise Invalid(_("%(fact)s: this value cannot be taken.", fact=FACTS[fact].label))
    return value


def _whole(value: str) -> str:
    if not value.strip().isdigit():
        raise Invalid(_("This is not a number."))
    return value.strip()
