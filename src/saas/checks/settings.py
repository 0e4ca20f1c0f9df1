"""Settings → Rules: each rule's switch and thresholds for this firm, what held before, and how often it was right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.catalogue import BY_ID, RULES
from saas.checks.figures import BY_NAME
from saas.checks.models import RuleSetting
from saas.checks.quieting import quiet_rules
from saas.checks.thresholds import Threshold, preset_of
from saas.firms.tabs import settings_tabs
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.forms import CSRF_FIELD
from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, page, to

FEW = 5  # a rate over fewer judgements says nothing (domain.md W5)
UNITS: dict[str, Text] = {
    "day": _("days"),
    "month": _("months"),
    "count": _("times"),
    "share": _("per cent"),
    "fen": _("yuan"),
}
WHOLE = {"day", "month", "count"}


@get("/f/{slug:str}/settings/rules", opt={"permission": "checks.read"})
async def rules(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@get("/f/{slug:str}/settings/rules/{rule:str}", opt={"permission": "checks.read"})
async def one_rule(request: Req, session: Db, rule: FromPath[str]) -> Response[str]:
    return await _rule_page(request, session, rule)


@post("/f/{slug:str}/settings/rules/{rule:str}", opt={"permission": "checks.settings"})
async def change(request: Req, session: Db, rule: FromPath[str]) -> Response[Any]:
    """What is set holds from now on; findings keep the thresholds under which they were made."""
    if rule not in BY_ID:
        raise Missing()
    raw = {name: str(value) for name, value in (await request.form()).items() if name != CSRF_FIELD}
    values, errors = read(rule, raw)
    if errors:
        return await _rule_page(request, session, rule, raw=raw, errors=errors, status=422)
    current = (await queries.current_settings(session, clock.now())).get(rule)
    is_on = raw.get("is_on") == "yes"
    if current is None or (current.is_on, current.thresholds) != (is_on, values):
        actor, now = actor_of(request), clock.now()
        setting = RuleSetting(rule=rule, valid_from=now, is_on=is_on, thresholds=values, changed_by=actor.id)
        session.add(setting)
        record(session, actor, "checks.change_rule", now, subject=setting, rule=rule, is_on=is_on, thresholds=values)
    return to(f"/settings/rules/{rule}", request)


def read(rule: str, raw: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Text]]:
    """(thresholds as the rule takes them, errors by field) of what was typed. A field left empty is the default."""
    values: dict[str, Any] = {}
    errors: dict[str, Text] = {}
    for threshold in preset_of(rule).thresholds:
        text = raw.get(threshold.key, "").strip()
        if not text:
            continue
        value = _value(threshold, text)
        if value is None:
            errors[threshold.key] = _("This cannot be taken: please choose or correct it.")
        elif _outside(threshold, value):
            errors[threshold.key] = _(
                "Between %(least)s and %(most)s.",
                least=shown(threshold, threshold.least),
                most=shown(threshold, threshold.most),
            )
        else:
            values[threshold.key] = value
    return values, errors


def _value(threshold: Threshold, text: str) -> Any:
    """As the rule takes it; None where it cannot be read."""
    try:
        if threshold.unit in WHOLE:
            return int(text)
        if threshold.unit == "share":
            return round(float(text.removesuffix("%")) / 100, 4)
        if threshold.unit == "fen":
            return Money.of(text).fen
    except ValueError:
        return None
    if threshold.unit == "choice":
        return text if text in dict(threshold.choices) else None
    return [part.strip() for part in re.split(r"[,，、;；\n]+", text) if part.strip()]


def _outside(threshold: Threshold, value: Any) -> bool:
    if threshold.least is None or threshold.most is None:
        return False
    return not threshold.least <= value <= threshold.most


def shown(threshold: Threshold, value: Any) -> str:
    """A value as a person types it: 80 for a share of 0.8, 100.00 for 10,000 fen, names with commas."""
    if value is None:
        return ""
    if threshold.unit == "share":
        return f"{value * 100:g}"
    if threshold.unit == "fen":
        return str(Money(int(value)))
    if threshold.unit in ("names", "numbers"):
        return listed(value)
    return str(value)


def precision(judged: tuple[int, int] | None) -> dict[str, Any]:
    """Confirmed ÷ (confirmed + dismissed), hidden where too few were judged."""
    yes, no = judged or (0, 0)
    n = yes + no
    return {"n": n, "confirmed": yes, "dismissed": no, "rate": f"{100 * yes / n:.0f}%" if n >= FEW else ""}


async def _page(request: Req, session: AsyncSession) -> Response[str]:
    own = await queries.current_settings(session, clock.now())
    judged, quiet = await queries.judged(session), await quiet_rules(session)
    return await page(
        request,
        "checks/rules.html",
        session=session,
        tabs=settings_tabs(request),
        rules=[
            {
                "rule": rule,
                "is_on": own[rule.id].is_on if rule.id in own else preset_of(rule.id).is_on,
                "is_own": rule.id in own,
                "precision": precision(judged.get(rule.id)),
                "is_quiet": rule.id in quiet,
                "why": preset_of(rule.id).why.get(reader(), ""),
            }
            for rule in RULES
        ],
    )


async def _rule_page(
    request: Req,
    session: AsyncSession,
    rule_id: str,
    *,
    raw: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int = 200,
) -> Response[str]:
    if rule_id not in BY_ID:
        raise Missing()
    own = (await queries.current_settings(session, clock.now())).get(rule_id)
    return await page(
        request,
        "checks/rule.html",
        session=session,
        status=status,
        tabs=settings_tabs(request),
        rule=BY_ID[rule_id],
        is_on=raw.get("is_on") == "yes" if raw is not None else own.is_on if own else preset_of(rule_id).is_on,
        why=preset_of(rule_id).why.get(reader(), ""),
        fields=[_field(rule_id, t, own, raw) for t in preset_of(rule_id).thresholds],
        errors=errors or {},
        needs=[BY_NAME[name] for name in BY_ID[rule_id].needs],
        precision=precision((await queries.judged(session)).get(rule_id)),
        history=await queries.settings_history(session, rule_id),
        members=await members_by_id(session),
        may_change=actor_of(request).may("checks.settings"),
    )


def _field(rule: str, threshold: Threshold, own: RuleSetting | None, raw: Mapping[str, str] | None) -> dict[str, Any]:
    default = BY_ID[rule].settings.get(threshold.key)
    current = own.thresholds.get(threshold.key, default) if own else default
    return {
        "key": threshold.key,
        "name": threshold.name,
        "unit": UNITS.get(threshold.unit, ""),
        "kind": threshold.unit,
        "value": raw.get(threshold.key, "") if raw is not None else shown(threshold, current),
        "default": shown(threshold, default),
        "choices": [(value, words[reader()]) for value, words in threshold.choices],
        "range": _range(threshold),
    }


def _range(threshold: Threshold) -> Text | str:
    if threshold.least is None or threshold.most is None:
        return ""
    return _("%(least)s to %(most)s", least=shown(threshold, threshold.least), most=shown(threshold, threshold.most))


ROUTES = [rules, one_rule, change]
