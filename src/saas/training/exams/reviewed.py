"""A question after the attempt: what was answered, what is right, why, and where it stands."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _
from saas.training.course_models import Question
from saas.training.exam_models import ExamItem
from saas.training.exams.shown import LETTERS, slip_of
from saas.training.questions.kinds import Scenario, content_of
from saas.training.questions.marking import FULL
from saas.training.questions.scenario import walked
from saas.training.questions.voucher import exercise
from saas.training.wording import said


def reviewed(item: ExamItem, question: Question) -> dict[str, Any]:
    """{number, kind, stem, badge, options | given/right | …, why, source} for `templates/training/_review.html`."""
    points = item.points or 0
    return {
        "number": item.position,
        "kind": question.kind,
        "stem": said(question.stem),
        "points": points,
        "badge": _badge(points, answered=bool(item.answer)),
        "why": said(question.why),
        "source": said(question.source),
        **_by_kind(item, question),
    }


def _badge(points: int, *, answered: bool) -> dict[str, Any]:
    if points == FULL:
        return {"label": _("Right"), "tone": "green", "icon": "check"}
    if points:
        return {"label": _("%(points)s of 100 points", points=points), "tone": "amber", "icon": "flag"}
    return {"label": _("Wrong") if answered else _("Not answered"), "tone": "red", "icon": "x"}


def _by_kind(item: ExamItem, question: Question) -> dict[str, Any]:
    content, answer = question.content, item.answer
    if question.kind in ("single", "several"):
        chosen = answer.get("chosen", [])
        return {"options": [_option(n, content["options"][p], p in chosen) for n, p in enumerate(item.order)]}
    if question.kind == "truefalse":
        words: dict[bool | None, Any] = {True: _("True"), False: _("False"), None: ""}
        return {"given": words[answer.get("value")], "right": words[content["answer"]]}
    if question.kind == "number":
        unit = content.get("unit")
        right = f"{content['answer']} {said(unit) if unit else ''}".strip()
        return {"given": answer.get("typed", ""), "right": right}
    if question.kind == "order":
        return {"places": _places(content["options"], answer.get("places", []))}
    if question.kind == "scenario":
        return _talk(content_of(question.kind, content), answer)
    return _vouchers(item, content_of(question.kind, content))


def _option(shown: int, option: dict[str, Any], chosen: bool) -> dict[str, Any]:
    right = bool(option.get("right"))
    mark: Text | None = None
    if chosen:
        mark = _("your answer, right") if right else _("your answer, wrong")
    elif right:
        mark = _("this would have been right")
    return {"letter": LETTERS[shown], "text": said(option), "right": right, "chosen": chosen, "mark": mark}


def _places(options: list[dict[str, Any]], places: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "text": said(option),
            "given": places[number - 1] if places else 0,
            "right": bool(places) and places[number - 1] == number,
        }
        for number, option in enumerate(options, 1)
    ]


def _talk(scenario: Scenario, answer: dict[str, Any]) -> dict[str, Any]:
    """Each step with what was chosen, what it led to and its points beside the best of that step."""
    steps = [
        {
            "text": _said(step.text),
            "chosen": _said(choice),
            "say": _said(choice.say),
            "points": choice.points,
            "best": max(option.points for option in step.options),
        }
        for step, choice in walked(scenario, answer.get("path", []))
    ]
    return {"steps": steps, "rubric": _said(scenario.rubric)}


def _said(text: Any) -> str:
    return said({"zh": text.zh, "en": text.en})


def _vouchers(item: ExamItem, content: Any) -> dict[str, Any]:
    solved = exercise(content.given)
    remarks = [
        {
            "part": _("Method") if remark["part"] == "method" else _("Voucher %(number)s", number=remark["part"]),
            "state": "done" if remark["ok"] else "failed",
            "label": Text.restore(remark["text"]),
        }
        for remark in item.feedback
    ]
    return {"remarks": remarks, "slips": [slip_of(voucher) for voucher in solved.expected]}
