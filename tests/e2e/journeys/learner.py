"""Somebody who knows the course: reads its lessons and answers its exam through the pages, in either language."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from saas.training.course_text import CourseText, QuestionText
from saas.training.questions.kinds import Number, Options, Order, Scenario, Step, TrueFalse
from saas.training.questions.voucher import exercise
from saas.training.starter import courses
from tests.e2e.conftest import Person

AMOUNT = "{:.2f}"


def course_of(slug: str) -> CourseText:
    return next(course for course in courses() if course.slug == slug)


def read_lessons(person: Person, course: CourseText) -> None:
    """From the course's page through every lesson, back to where the exam begins."""
    person.page.locator(f"main a[href*='/lessons/{course.lessons[0].slug}']").first.click()
    for lesson in course.lessons:
        person.page.wait_for_url(re.compile(f"/lessons/{lesson.slug}"))
        person.page.locator(f"form[action$='/lessons/{lesson.slug}/read'] button").click()
    person.page.wait_for_url(re.compile(r"\?done=read"))


def pass_exam(person: Person, course: CourseText, locale: str) -> None:
    """Every question right, in the order in which it comes; then handed in."""
    person.page.locator("form[action$='/exam'] button").click()
    person.page.wait_for_url(re.compile(r"/exams/"))
    for _question in range(course.asked):
        stem = person.page.locator(".stem").inner_text().strip()
        question = next(q for q in course.questions if _plain(getattr(q.stem, locale)) == _plain(stem))
        here = person.page.url
        _answer(person, question, locale)
        person.page.locator("#question button[value=next], #question a.button[href*='q=']").last.click()
        person.page.wait_for_url(lambda url, here=here: url != here)
    person.page.locator("form[action$='/hand-in'] button").click()
    expect(person.page.locator("main a[href*='/training/certificates/']")).to_have_count(1)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _answer(person: Person, question: QuestionText, locale: str) -> None:
    form, content = person.page.locator("#question"), question.content
    if isinstance(content, Options):
        for option in content.options:
            if option.right:
                _choice(form, getattr(option, locale)).check(force=True)
    elif isinstance(content, TrueFalse):
        form.locator(f"[name=choice][value={'yes' if content.answer else 'no'}]").check(force=True)
    elif isinstance(content, Number):
        form.locator("[name=typed]").fill(content.answer)
    elif isinstance(content, Order):
        for place, option in enumerate(content.options, 1):
            words = _plain(getattr(option, locale))
            row = next(f for f in form.locator(".field").all() if words in _plain(f.inner_text()))
            row.locator("select").select_option(str(place))
    elif isinstance(content, Scenario):
        _talk(person, content, locale)
    else:
        _correct(form, content.given)


def _choice(form: Locator, words: str) -> Locator:
    """The box or the card with exactly these words."""
    for label in form.locator("label").all():
        found = label.locator(".choice-detail, span").last
        if _plain(found.inner_text()) == _plain(words):
            return label.locator("input")
    raise AssertionError(f"no such answer: {words}")


def _talk(person: Person, scenario: Scenario, locale: str) -> None:
    """The best way through it, a step a page."""
    step = scenario.step(scenario.start)
    while step is not None:
        _worth, best = max((_worth_of(scenario, step, n), n) for n in range(len(step.options)))
        choice = step.options[best]
        _choice(person.page.locator("#question"), getattr(choice, locale)).check(force=True)
        person.page.locator("#question button[value=stay]").click()
        person.page.wait_for_load_state()
        step = scenario.step(choice.next)


def _worth_of(scenario: Scenario, step: Step, number: int) -> int:
    choice = step.options[number]
    after = scenario.step(choice.next)
    return choice.points + (max(_worth_of(scenario, after, n) for n in range(len(after.options))) if after else 0)


def _correct(form: Locator, given: Any) -> None:
    """What the product's own engine of corrections drafts for it."""
    solved = exercise(given)
    form.locator("[name=method]").select_option(solved.plan.choice.method.value)
    if len(solved.expected) > 2:
        form.locator("details summary").click()
    for number, voucher in enumerate(solved.expected):
        for row, line in enumerate(voucher.lines):
            account = f"{line.account}[{line.aux}] {line.name}—{line.aux}" if line.aux else line.account
            cells = (account, line.debit, line.credit)
            for column, value in zip(("account", "debit", "credit"), cells, strict=True):
                text = value if isinstance(value, str) else AMOUNT.format(value.yuan) if value else ""
                form.locator(f"[name=v{number}_{column}]").nth(row).fill(text)
