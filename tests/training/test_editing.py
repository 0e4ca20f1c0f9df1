"""Courses as trainers edit them: drafts, questions of every kind, files, publication, and questions from practice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from saas.kernel import clock
from saas.training import queries
from saas.training.course_models import CourseVersion, Question
from saas.training.editing import drafts, question_fields
from saas.training.questions.kinds import content_of
from saas.training.questions.voucher import exercise
from tests.cast import Browser, Cast
from tests.training import exam_school as school

People = Callable[[str], Awaitable[Browser]]
TEXTS = {"stem_zh": "题干", "why_zh": "因为", "source_zh": "依据", "hard": "2"}


async def begun(cast: Cast) -> tuple[CourseVersion, str]:
    """A published course with a draft; the draft's address."""
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    async with cast.transaction() as session:
        draft = await drafts.begin(session, version.course_id, cast.tina, clock.now())
    return draft, f"/f/{cast.firm.slug}/training/courses/{version.course_id}/draft"


async def bank(cast: Cast, draft: CourseVersion) -> dict[str, Question]:
    async with cast.transaction() as session:
        return {question.key: question for question in await queries.questions(session, draft.id)}


def sent_of(question: Question) -> dict[str, Any]:
    """A question's content as its form sends it."""
    content, kind = question.content, question.kind
    if kind in ("single", "several", "order"):
        sent: dict[str, Any] = {}
        for n, option in enumerate(content["options"]):
            sent |= {f"option{n}_zh": option["zh"], f"option{n}_en": option["en"]}
            if option.get("right"):
                sent |= {"right": str(n)} if kind == "single" else {f"right{n}": "yes"}
        return sent
    if kind == "truefalse":
        return {"answer": "yes" if content["answer"] else "no"}
    if kind == "number":
        return {"answer": content["answer"], "tolerance": content["tolerance"], "unit_zh": "元", "unit_en": "yuan"}
    if kind == "scenario":
        numbers = {step["id"]: str(n) for n, step in enumerate(content["steps"], 1)}
        sent = {"rubric_zh": content["rubric"]["zh"], "rubric_en": content["rubric"]["en"]}
        for step in content["steps"]:
            name = f"s{numbers[step['id']]}"
            sent |= {f"{name}_zh": step["text"]["zh"], f"{name}_en": step["text"]["en"]}
            for w, way in enumerate(step["options"]):
                sent |= {f"{name}w{w}_zh": way["zh"], f"{name}w{w}_en": way["en"], f"{name}w{w}_points": way["points"]}
                sent |= {f"{name}w{w}_next": numbers.get(way["next"], ""), f"{name}w{w}_say_zh": way["say"]["zh"]}
        return sent
    given = content["given"]
    wrong = question_fields.slip_rows(given["wrong"]["lines"])
    right = question_fields.slip_rows(given["right"])
    sent = {"error": given["error"], "standard": "small", "posting": "posted", "year": "same"}
    sent |= {"wrong_date": given["wrong"]["date"], "wrong_number": "12", "wrong_summary": "付广告费"}
    for prefix, rows in (("wrong_", wrong), ("right_", right)):
        sent |= {f"{prefix}{name}": [row[name] for row in rows] for name in ("account", "debit", "credit")}
    return sent


@pytest.mark.parametrize("key", [question.id for question in school.text().questions])
async def test_a_question_of_every_kind_is_edited(cast: Cast, as_person: People, key: str) -> None:
    draft, url = await begun(cast)
    tina, before = await as_person("tina"), (await bank(cast, draft))[key]
    shown = await tina.get(f"{url}/questions/{before.id}")
    assert shown.status_code == 200
    assert before.stem["zh"] in shown.text
    saved = await tina.post(f"{url}/questions/{before.id}", {**TEXTS, **sent_of(before)})
    assert saved.status_code == 303, saved.text
    after = (await bank(cast, draft))[key]
    assert after.stem == {"zh": "题干", "en": ""}
    if key == "q-talk":  # its steps have numbers now
        assert [step["id"] for step in after.content["steps"]] == ["1", "2"]
        assert after.content["steps"][0]["options"][0]["next"] == "2"
    elif key == "q-voucher":
        assert exercise(content_of("voucher", after.content).given).plan.choice.method.value == "red_blue"
    else:
        assert after.content == before.content
    new = await tina.post(f"{url}/questions/new?kind={before.kind}", {**TEXTS, **sent_of(before), "stem_zh": "新题"})
    assert new.status_code == 303, new.text
    assert "新题" in {q.stem["zh"] for q in (await bank(cast, draft)).values()}


@pytest.mark.parametrize(
    ("kind", "sent", "reason"),
    [
        ("single", {"option0_zh": "甲", "option1_zh": "乙"}, "恰有一个正确选项"),
        ("several", {"option0_zh": "甲", "option1_zh": "乙", "right0": "yes"}, "至少应有两个正确选项"),
        ("number", {"answer": "很多"}, "不是数字"),
        ("order", {"option0_zh": "甲", "option1_zh": "乙"}, "少于三项"),
        ("scenario", {"s1_zh": "一步", "s1w0_zh": "走", "s1w0_points": "2"}, "没有可选项"),
        ("voucher", {"error": "account", "standard": "small", "posting": "posted", "year": "same"}, "哪张凭证"),
    ],
)
async def test_a_question_that_cannot_be_asked_is_refused_and_nothing_typed_is_lost(
    cast: Cast, as_person: People, kind: str, sent: dict[str, str], reason: str
) -> None:
    draft, url = await begun(cast)
    tina, before = await as_person("tina"), len(await bank(cast, draft))
    refused = await tina.post(f"{url}/questions/new?kind={kind}", {**TEXTS, "stem_zh": "未完的题", **sent})
    assert refused.status_code == 422
    assert reason in refused.text
    assert "未完的题" in refused.text
    assert all(text in refused.text for name, text in sent.items() if name.endswith("_zh"))
    assert len(await bank(cast, draft)) == before


async def test_a_draft_becomes_the_next_version(cast: Cast, as_person: People) -> None:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    course = f"/f/{cast.firm.slug}/training/courses/{version.course_id}"
    mara = await as_person("mara")
    assert "新建版本" in (await mara.get(f"{course}/draft")).text
    for _twice in range(2):  # the second press finds the draft that is there
        assert (await mara.post(f"{course}/draft", {})).status_code == 303
    settings = {
        "title_zh": "新标题", "title_en": "New title", "topic": "ethics", "pass_mark": "90", "asked": "3",
        "attempts": "1", "valid_months": "6", "credits": "1", "subject": "general", "minutes": "0",
        "roles": ["bookkeeper", "boss"], "rules": "n14，N22", "qualifications": ["refunds.handle"], "causes": ["AMT"],
    }  # fmt: skip
    assert (await mara.post(f"{course}/draft/settings", {**settings, "rules": "N99"})).status_code == 422
    assert (await mara.post(f"{course}/draft/settings", settings)).status_code == 303
    assert (await mara.post(f"{course}/draft/publish", {})).status_code == 422  # what has changed is asked for
    before = (await mara.get(course)).text
    assert "各种题型" in before
    assert (await mara.post(f"{course}/draft/publish", {"note": "改了标题"})).status_code == 303
    after = (await mara.get(f"{course}?done=published")).text
    assert "新标题" in after
    assert "改了标题" in (await mara.get(f"{course}/draft")).text
    async with cast.transaction() as session:
        newest = await queries.version_of(session, version.course_id)
        assert (newest.number, newest.roles, newest.rules, newest.pass_mark) == (2, ["bookkeeper"], ["N14", "N22"], 90)
        assert len(await queries.questions(session, newest.id)) == 7
        assert len(await queries.lessons(session, newest.id)) == 2
    assert (await mara.post(f"{course}/draft/publish", {"note": "again"})).status_code == 409


async def test_a_draft_that_is_not_ready_says_why(cast: Cast, as_person: People) -> None:
    tina = await as_person("tina")
    made = await tina.post(f"/f/{cast.firm.slug}/training/courses/new", {"title_zh": "自编课程"})
    draft = made.headers["location"]
    page = (await tina.get(draft)).text
    assert "既没有课文，也没有试题" in page
    refused = await tina.post(f"{draft}/publish", {"note": "第一版"})
    assert refused.status_code == 409
    assert "第一版" in refused.text
    ben = await as_person("ben")
    course = draft.removesuffix("/draft")
    assert (await ben.get(course)).status_code == 404
    assert "自编课程" not in (await ben.get(f"/f/{cast.firm.slug}/training/courses")).text
    lesson = {"title_zh": "第一课", "body_zh": "正文", "minutes": "5"}
    assert (await tina.post(f"{draft}/lessons/new", lesson)).status_code == 303
    assert (await tina.post(f"{draft}/publish", {"note": "第一版"})).status_code == 303
    assert (await ben.get(course)).status_code == 200
    assert (await ben.post(f"{course}/exam", {})).status_code == 409  # it has none


async def test_lessons_are_previewed_moved_and_removed(cast: Cast, as_person: People) -> None:
    draft, url = await begun(cast)
    tina = await as_person("tina")
    async with cast.transaction() as session:
        first, second = await queries.lessons(session, draft.id)
    edited = {"title_zh": "改后", "body_zh": "# 大标题\n\n<b>原样</b>", "minutes": "9"}
    preview = await tina.post(f"{url}/lessons/{second.id}", {**edited, "go": "preview"})
    assert "<h3>大标题</h3>" in preview.text
    assert "&lt;b&gt;原样" in preview.text
    assert (await tina.post(f"{url}/lessons/{second.id}", edited)).status_code == 303
    assert (await tina.post(f"{url}/lessons/{second.id}/up", {})).status_code == 303
    async with cast.transaction() as session:
        assert [row.title["zh"] for row in await queries.lessons(session, draft.id)] == ["改后", "第一课"]
    assert (await tina.post(f"{url}/lessons/{first.id}/remove", {})).status_code == 303
    async with cast.transaction() as session:
        assert [row.id for row in await queries.lessons(session, draft.id)] == [second.id]


async def test_pictures_are_shown_in_lessons_and_never_run(cast: Cast, as_person: People) -> None:
    draft, url = await begun(cast)
    tina, ben = await as_person("tina"), await as_person("ben")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, content, status in (
        ("map.svg", svg, 303),
        ("map.svg", b"x", 422),
        ("a.exe", b"x", 422),
        ("b.png", b"", 422),
    ):
        sent = await tina.post(f"{url}/files", {}, files={"file": (name, content)})
        assert sent.status_code == status, name
    lesson = {"title_zh": "图", "body_zh": "![流程图](map.svg) ![外部](https://example.com/x.png)", "minutes": "1"}
    shown = await tina.post(f"{url}/lessons/new", lesson)
    assert shown.status_code == 303
    assert (await tina.post(f"{url}/publish", {"note": "加图"})).status_code == 303
    course = url.removesuffix("/draft")
    async with cast.transaction() as session:
        slug = (await queries.lessons(session, draft.id))[-1].slug
    page = (await ben.get(f"{course}/lessons/{slug}")).text
    assert f'<img src="{course}/files/map.svg" alt="流程图"' in page
    assert "example.com" not in page
    picture = await ben.get(f"{course}/files/map.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert (await ben.get(f"{course}/files/other.svg")).status_code == 404


async def test_only_trainers_managers_and_owners_edit(cast: Cast, as_person: People) -> None:
    draft, url = await begun(cast)
    question = next(iter((await bank(cast, draft)).values()))
    gets = ("", "/settings", "/lessons/new", "/questions/new", f"/questions/{question.id}", "/practice")
    posts = ("", "/settings", "/lessons/new", "/questions/new", f"/questions/{question.id}", "/publish", "/discard")
    for name, status in (("ben", 403), ("quinn", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert {(await person.get(url + path)).status_code for path in gets} == {status}, name
        assert {(await person.post(url + path, {})).status_code for path in posts} == {status}, name
    for name in ("tina", "mara", "paula"):
        person = await as_person(name)
        assert {(await person.get(url + path)).status_code for path in gets} == {200}, name


async def test_a_draft_is_thrown_away_and_a_course_goes_out_of_use(cast: Cast, as_person: People) -> None:
    draft, url = await begun(cast)
    tina, course = await as_person("tina"), url.removesuffix("/draft")
    assert (await tina.post(f"{url}/discard", {})).headers["location"] == course
    assert (await tina.post(f"{url}/discard", {})).status_code == 409
    assert (await tina.post(f"{course}/retire", {})).status_code == 303
    ben = await as_person("ben")
    assert str(draft.course_id) not in (await ben.get(f"/f/{cast.firm.slug}/training/courses")).text
    assert (await ben.post(f"{course}/exam", {})).status_code == 409
    assert (await tina.post(f"{course}/retire", {})).status_code == 303
    assert (await ben.post(f"{course}/exam", {})).status_code == 303


def test_fields_and_lines_are_the_same_both_ways() -> None:
    added = [{"stage": "tax", "summary": "补税", "lines": ["D 5801 1", "C 2221 1"]}]
    text = question_fields.added_text(added)
    assert text == "tax | 补税 | D 5801 1 | C 2221 1"
    content, errors = question_fields.content_from("voucher", {"error": "account", "added": text, "accounts": "222101"})
    assert content["given"]["added"] == added
    assert set(errors) == {"accounts"}
    rows = question_fields.slip_rows(["D 1122[甲] 5.00", "C 1002 5.00"])
    assert rows[0] == {"account": "1122[甲]", "debit": "5.00", "credit": ""}
