"""A drawn question as its page shows it: in the attempt's order, with what was answered, and nothing that tells."""

from __future__ import annotations

from typing import Any

from saas.adjustments.correction.facts import POSTINGS, YEARS
from saas.adjustments.correction.methods import NAMES, Method
from saas.adjustments.correction.vouchers import Voucher
from saas.clients.pages import STANDARDS
from saas.kernel.i18n import _
from saas.training.course_models import Question
from saas.training.exam_models import Attempt, ExamItem
from saas.training.questions.answers import SLIPS
from saas.training.questions.drawing import step_order
from saas.training.questions.kinds import Given, Scenario, content_of
from saas.training.questions.scenario import standing, walked
from saas.training.questions.voucher import Exercise, exercise
from saas.training.wording import said

LETTERS = "ABCDEFGH"
LINES = 4  # a slip has room for
SHOWN_SLIPS = 2  # the others open when they are needed: how many are right is not told
HIDDEN_METHODS = {Method.UNDECIDED}


def shown(attempt: Attempt, item: ExamItem, question: Question) -> dict[str, Any]:
    """{kind, stem, …} for `templates/training/questions/<kind>.html`."""
    head = {"kind": question.kind, "stem": said(question.stem), "position": item.position}
    answer = item.answer
    if question.kind in ("single", "several"):
        options = question.content["options"]
        chosen = answer.get("chosen", [])
        return head | {
            "options": [
                {"value": n, "label": LETTERS[n], "detail": said(options[place])} for n, place in enumerate(item.order)
            ],
            "pairs": [(str(n), said(options[place])) for n, place in enumerate(item.order)],
            "chosen": [str(n) for n, place in enumerate(item.order) if place in chosen],
        }
    if question.kind == "truefalse":
        value = {True: "yes", False: "no", None: ""}[answer.get("value")]
        return head | {"value": value, "options": [("yes", _("True")), ("no", _("False"))]}
    if question.kind == "number":
        unit = question.content.get("unit")
        return head | {"typed": answer.get("typed", ""), "unit": said(unit) if unit else ""}
    if question.kind == "order":
        return head | _in_order(item, question)
    if question.kind == "scenario":
        return head | _step(attempt, item, content_of(question.kind, question.content))
    return head | _voucher(content_of(question.kind, question.content).given, answer)


def _in_order(item: ExamItem, question: Question) -> dict[str, Any]:
    options, places = question.content["options"], item.answer.get("places", [])
    numbers = [(str(n), str(n)) for n in range(1, len(options) + 1)]
    rows = [
        {"name": f"place{n}", "label": said(options[place]), "value": str(places[place] or "") if places else ""}
        for n, place in enumerate(item.order)
    ]
    return {"rows": rows, "numbers": numbers}


def _step(attempt: Attempt, item: ExamItem, scenario: Scenario) -> dict[str, Any]:
    """The steps gone so far, and the one that waits. What a choice was worth is said after the exam."""
    path = item.answer.get("path", [])
    step = standing(scenario, path)
    gone = [{"text": _said(s.text), "chosen": _said(choice)} for s, choice in walked(scenario, path)]
    if step is None:
        return {"gone": gone, "step": None}
    order = step_order(len(step.options), attempt.seed, item.position, step.id)
    ways = [
        {"value": place, "label": LETTERS[n], "detail": _said(step.options[place])} for n, place in enumerate(order)
    ]
    return {"gone": gone, "step": {"number": len(path), "text": _said(step.text), "ways": ways}}


def _said(text: Any) -> str:
    return said({"zh": text.zh, "en": text.en})


def _voucher(given: Given, answer: dict[str, Any]) -> dict[str, Any]:
    solved = exercise(given)
    slips = [*answer.get("slips", []), *([] for _slip in range(SLIPS))][:SLIPS]
    return {
        "books": books_in_words(given),
        "found": slip_of(solved.mistake.wrong) if solved.mistake.wrong else None,
        "original": slip_of(solved.mistake.original) if solved.mistake.original else None,
        "methods": [(method.value, name) for method, name in NAMES.items() if method not in HIDDEN_METHODS],
        "method": answer.get("method", ""),
        "slips": [
            {"prefix": f"v{n}_", "lines": lines, "spare": max(1, 4 - len(lines))} for n, lines in enumerate(slips)
        ],
        "first": SHOWN_SLIPS,
        "further_open": len(answer.get("slips", [])) > SHOWN_SLIPS,
        "accounts": accounts_of(solved),
    }


def books_in_words(given: Given) -> list[dict[str, Any]]:
    """What one has to know of the books before correcting anything."""
    rows: list[dict[str, Any]] = [
        {"label": _("Accounting standard"), "value": STANDARDS[given.standard]},
        {"label": _("Today"), "value": given.today},
        {"label": _("Open period"), "value": given.open_period},
        {"label": _("The voucher is"), "value": POSTINGS[given.posting]},
        {"label": _("It belongs to"), "value": YEARS[given.year]},
    ]
    if given.standard != "small" and given.year != "same":
        rows.append({"label": _("Materiality"), "value": _("material") if given.material else _("not material")})
    return rows


def slip_of(voucher: Voucher) -> dict[str, Any]:
    """For ui.voucher_slip."""
    lines = [
        {
            "code": line.account,
            "name": line.name + (f"—{line.aux}" if line.aux else ""),
            "debit": line.debit,
            "credit": line.credit,
        }
        for line in voucher.lines
    ]
    number = f"{voucher.word}-{voucher.number}" if voucher.number is not None else voucher.word
    return {"number": number, "date": voucher.date, "summary": voucher.summary, "lines": lines, "kind": voucher.colour}


def accounts_of(solved: Exercise) -> list[str]:
    """The chart as the fields offer it, "1122[乙] 应收账款—乙" with the customers that occur."""
    chart = solved.books.chart.accounts.values()
    known = [f"{account.code} {account.name}" for account in chart if account.leaf]
    vouchers = [solved.mistake.wrong, *solved.expected]
    lines = [line for voucher in vouchers if voucher is not None for line in voucher.lines if line.aux]
    named = {f"{line.account}[{line.aux}] {line.name}—{line.aux}" for line in lines}
    return sorted([*known, *named])
