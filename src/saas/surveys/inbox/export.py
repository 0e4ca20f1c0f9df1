"""Answers as a workbook: one sheet of answers with their follow-up, one with a line for each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.kernel import spreadsheets
from saas.kernel.i18n import Text, _, listed
from saas.kernel.spreadsheets import Cell, Sheet, day
from saas.surveys.questions import KINDS

STATES: dict[str, Text] = {"none": Text(""), "open": _("open"), "late": _("overdue"), "replied": _("replied")}
ANSWERS = (
    (_("Client"), 30), (_("Answered by"), 12), (_("Questionnaire"), 18), (_("Survey sent on"), 12),
    (_("Answered on"), 12),
    (_("Handled by"), 12), (_("In the client’s words"), 50), (_("Themes"), 24), (_("Low"), 8), (_("Follow-up"), 12),
    (_("Owner"), 12), (_("Reply by"), 12), (_("Reply"), 40), (_("Replied on"), 12),
)  # fmt: skip
VALUES = (
    (_("Client"), 30), (_("Questionnaire"), 18), (_("Answered on"), 12), (_("Question of the survey"), 40),
    (_("Kind of question"), 20), (_("Value of the answer"), 10), (_("Meaning"), 24), (_("Low"), 8),
)  # fmt: skip


def workbook(rows: Sequence[dict[str, Any]]) -> bytes:
    """Numbers are numbers and days are days, so that they can be reckoned with."""
    values = [_value(row, one) for row in rows for one in row["given"]]
    return spreadsheets.workbook(
        Sheet(_("What clients answered"), ANSWERS, [_answer(row) for row in rows]), Sheet(_("Values"), VALUES, values)
    )


def _answer(row: dict[str, Any]) -> list[Cell]:
    survey, answer, follow = row["survey"], row["answer"], row["follow"]
    themes = listed(name for name, _by_word in row["tags"])
    owner = row["owner"].name if row["owner"] is not None else ""
    handler = row["handler"].name if row["handler"] is not None else ""
    replied = [day(follow.due_at), follow.reply, day(follow.replied_at)] if follow is not None else [None, "", None]
    return [
        row["client"].name if row["client"] else "", row["contact"], row["questionnaire"], day(survey.sent_at),
        day(answer.at), handler, answer.text, themes, _yes(answer.low), str(STATES[row["state"]]), owner, *replied,
    ]  # fmt: skip


def _value(row: dict[str, Any], one: Any) -> list[Cell]:
    return [
        row["client"].name if row["client"] else "", row["questionnaire"], day(row["answer"].at), one.question.heading,
        str(KINDS[one.question.kind]), one.value, one.word, _yes(one.low),
    ]  # fmt: skip


def _yes(what: bool) -> str:
    return str(_("yes")) if what else ""
