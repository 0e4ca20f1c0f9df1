"""What differs between two versions, in words: term, before, after."""

from __future__ import annotations

from dataclasses import dataclass

from saas.kernel.i18n import Text, _, listed, reader
from saas.refunds.calculation.presets import PRESETS
from saas.refunds.checklist import EVIDENCE
from saas.refunds.policies.fields import DEADLINE_FIELDS, FIELDS
from saas.refunds.terms import Reason, Terms


@dataclass(frozen=True, slots=True)
class Difference:
    """One term that changes."""

    label: Text | str
    before: Text | str
    after: Text | str


def differences(before: Terms, after: Terms) -> list[Difference]:
    """In the order of the policy: names, reasons, numbers, times, clauses."""
    found = [*_named(before, after), *_reasons(before, after)]
    for name, field in FIELDS.items():
        found += _one(field.label, field.shown(getattr(before, name)), field.shown(getattr(after, name)))
    for state, field in DEADLINE_FIELDS.items():
        days = [terms.deadlines.get(state) for terms in (before, after)]
        found += _one(field.label, *(field.shown(n) if n else _("as usual") for n in days))
    return found


def _named(before: Terms, after: Terms) -> list[Difference]:
    names = [(_("Name"), before.name_zh, after.name_zh), (_("Name in English"), before.name_en, after.name_en)]
    texts = [
        (_("Legal basis"), (before.basis, before.basis_en), (after.basis, after.basis_en)),
        (_("Further clauses"), (before.further_zh, before.further_en), (after.further_zh, after.further_en)),
    ]
    found = [row for label, old, new in names for row in _one(label, old, new)]
    for label, old_texts, new_texts in texts:
        if old_texts != new_texts:
            found.append(Difference(label, _lines(old_texts), _lines(new_texts)))
    return found


def _lines(texts: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    chinese, english = texts
    return "\n".join(english if reader() == "en" else chinese)


def _reasons(before: Terms, after: Terms) -> list[Difference]:
    """A reason that stays shows only what differs in it; one that comes or goes shows everything."""
    old, new = ({reason.code: reason for reason in terms.reasons} for terms in (before, after))
    found: list[Difference] = []
    for code in [*new, *(code for code in old if code not in new)]:
        label = (new.get(code) or old[code]).in_words(reader())[0]
        was, becomes = pieces(old.get(code)), pieces(new.get(code))
        same = set(was) & set(becomes)
        said = [" · ".join(text for text in texts if text not in same) for texts in (was, becomes)]
        found += _one(label, said[0] or "—", said[1] or "—")
    return found


def pieces(reason: Reason | None) -> list[str]:
    """What a reason says, piece by piece: names, condition, formula, ratio, papers, marks."""
    if reason is None:
        return [str(_("not known"))]
    papers = listed(EVIDENCE[key] for key in reason.evidence) or _("none")
    said: list[Text | str] = [f"{reason.name_zh} / {reason.name_en}", reason.when_zh, reason.when_en]
    said += [PRESETS[reason.preset].name, _("at most %(percent)s %%", percent=reason.most_percent)]
    said += [
        _("up to %(months)s months %(percent)s %%", months=tier.months, percent=tier.percent) for tier in reason.tiers
    ]
    said.append(_("papers: %(papers)s", papers=papers))
    said += [_("our own fault")] if reason.at_fault else []
    said += [_("beyond the law")] if reason.optional else []
    return [str(text) for text in said if str(text)]


def _one(label: Text | str, before: Text | str, after: Text | str) -> list[Difference]:
    return [Difference(label, before, after)] if str(before) != str(after) else []
