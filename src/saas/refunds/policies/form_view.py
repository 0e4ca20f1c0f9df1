"""The form of a policy as its template wants it: parts with fields, rows of reasons, what a preview carries on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.kernel.forms import Submitted
from saas.refunds.calculation.presets import PRESETS
from saas.refunds.checklist import EVIDENCE
from saas.refunds.policies.fields import DEADLINE_FIELDS, PARTS, Field
from saas.refunds.policies.reasons import NAMES, with_spare


def part_rows(form: Submitted[Any]) -> list[dict[str, Any]]:
    """Parts with fields of their own: [{number, title, intro, fields: [{field, value, error, options}]}]."""
    return [
        {
            "number": part.number,
            "title": part.title,
            "intro": part.intro,
            "fields": [field_row(form, field) for field in part.fields],
        }
        for part in PARTS
        if part.fields
    ]


def deadline_rows(form: Submitted[Any]) -> list[dict[str, Any]]:
    return [field_row(form, field) for field in DEADLINE_FIELDS.values()]


def field_row(form: Submitted[Any], field: Field) -> dict[str, Any]:
    return {
        "field": field,
        "value": form.raw.get(field.name, ""),
        "error": form.errors.get(field.name),
        "options": list(field.options.items()),
    }


def reason_rows(form: Submitted[Any]) -> list[dict[str, Any]]:
    """[{prefix, given, errors, evidence, …}] by row; the last one is spare. A row with an error stands open."""
    rows = []
    numbers = with_spare(form.raw)
    for number in numbers:
        prefix = f"reason-{number}-"
        values = {name: form.raw.get(prefix + name, "") for name in NAMES}
        chosen = values["evidence"]
        errors = {name: form.errors[prefix + name] for name in NAMES if prefix + name in form.errors}
        spare = number == numbers[-1]
        rows.append(
            {
                "prefix": prefix,
                "given": values,
                "most_percent": values["most_percent"] or "100",
                "evidence": chosen if isinstance(chosen, list) else [chosen],
                "errors": errors,
                "spare": spare,
                "open": bool(errors),
                "presets": [(code, preset.name) for code, preset in PRESETS.items()],
                "papers": list(EVIDENCE.items()),
            }
        )
    return rows


def carried(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every field as hidden ones: the preview sends on what was typed."""
    pairs: list[tuple[str, str]] = []
    for name, value in raw.items():
        pairs += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
    return pairs
