"""The draft of a course: what it holds, its settings, and its publication."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.words import CAUSE_CODES
from saas.checks.catalogue import BY_ID
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.training import queries
from saas.training.course_models import CourseVersion
from saas.training.editing import drafts
from saas.training.forms import NewCourse, Publish, Settings
from saas.training.frame import SUBJECTS, TOPICS
from saas.training.questions.kinds import NAMES
from saas.training.wording import said

NEW = "/f/{slug:str}/training/courses/new"
COURSE = "/f/{slug:str}/training/courses/{course_id:uuid}"
DRAFT = f"{COURSE}/draft"
BOUND = {"": _("nothing"), "refund_policy": _("the refund policy: each new version asks for it again")}
DONE: dict[str, Text] = {
    "begun": _("The draft is a copy of the version in force. Nobody sees it before you publish it."),
    "saved": _("Saved."),
    "moved": _("Saved."),
    "added": _("It is in the question bank of this draft. Read it before you publish."),
}


@get(NEW, opt={"permission": "training.teach"})
async def new(request: Req, session: Db) -> Response[str]:
    return await page(request, "training/edit/new.html", session=session, form=Submitted())


@post(NEW, opt={"permission": "training.teach"})
async def create(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewCourse)
    if not form.ok:
        return await page(request, "training/edit/new.html", session=session, form=form, status=422)
    title = {"zh": form.taken.title_zh, "en": form.taken.title_en}
    course = await drafts.new_course(session, title, actor_of(request), clock.now())
    return to(f"/training/courses/{course.id}/draft", request)


@get(DRAFT, opt={"permission": "training.teach"})
async def draft(request: Req, session: Db, course_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await show(request, session, course_id, done=done)


@post(DRAFT, opt={"permission": "training.teach"})
async def begin(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """A new version as a draft, or the draft there is."""
    await drafts.begin(session, course_id, actor_of(request), clock.now())
    return to(f"/training/courses/{course_id}/draft?done=begun", request)


@post(f"{DRAFT}/discard", opt={"permission": "training.teach"})
async def discard(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    stays = await drafts.discard(session, course_id, actor_of(request), clock.now())
    return to(f"/training/courses/{course_id}" if stays else "/training/courses", request)


@post(f"{DRAFT}/publish", opt={"permission": "training.teach"})
async def publish(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Publish)
    if not form.ok:
        return await show(request, session, course_id, publish_form=form, status=422)
    try:
        await drafts.publish(session, course_id, form.taken.note, actor_of(request), clock.now())
    except Conflict as refused:
        form.refuse("", refused.reason)
        return await show(request, session, course_id, publish_form=form, status=409)
    return to(f"/training/courses/{course_id}?done=published", request)


@post(f"{COURSE}/retire", opt={"permission": "training.teach"})
async def retire(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """Out of use, or in use again: nobody new begins it, what was earned stays."""
    course, now = await queries.course(session, course_id, lock=True), clock.now()
    course.retired_at = None if course.retired_at else now
    deed = "training.retire" if course.retired_at else "training.restore"
    record(session, actor_of(request), deed, now, subject=course)
    return to(f"/training/courses/{course_id}", request)


@get(f"{DRAFT}/settings", opt={"permission": "training.teach"})
async def settings(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[str]:
    version = await drafts.the_draft(session, course_id)
    return await _settings(request, session, version, Submitted(_raw(version)))


@post(f"{DRAFT}/settings", opt={"permission": "training.teach"})
async def save_settings(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    version, form = await drafts.the_draft(session, course_id), await submitted(request, Settings)
    rules = form.taken.rules.replace("，", ",").replace(",", " ").upper().split() if form.ok else []
    if unknown := [rule for rule in rules if rule not in BY_ID]:
        form.refuse("rules", _("There is no rule %(rule)s.", rule=unknown[0]))
    if not form.ok:
        return await _settings(request, session, version, form, 422)
    _take(version, form.taken, rules)
    return to(f"/training/courses/{course_id}/draft?done=saved", request)


def _take(version: CourseVersion, given: Settings, rules: list[str]) -> None:
    version.title = {"zh": given.title_zh, "en": given.title_en}
    version.summary = {"zh": given.summary_zh, "en": given.summary_en}
    version.topic, version.subject, version.credits = given.topic, given.subject, given.credits
    version.pass_mark, version.asked, version.minutes = given.pass_mark, given.asked, given.minutes
    version.attempts, version.valid_months, version.mandatory = given.attempts, given.valid_months, given.mandatory
    version.roles = [role for role in given.roles if role in ROLES]
    version.causes = [cause for cause in given.causes if cause in CAUSE_CODES]
    version.qualifications = [code for code in given.qualifications if code in composition().qualifications]
    version.rules, version.bound_to = rules, given.bound_to if given.bound_to in BOUND else ""


def _raw(version: CourseVersion) -> dict[str, Any]:
    names = ("topic", "pass_mark", "asked", "attempts", "valid_months", "credits", "subject", "minutes", "bound_to")
    return {name: str(getattr(version, name)) for name in names} | {
        "title_zh": version.title.get("zh", ""),
        "title_en": version.title.get("en", ""),
        "summary_zh": version.summary.get("zh", ""),
        "summary_en": version.summary.get("en", ""),
        "mandatory": "yes" if version.mandatory else "",
        "roles": version.roles,
        "rules": " ".join(version.rules),
        "causes": version.causes,
        "qualifications": version.qualifications,
    }


async def _settings(
    request: Req, session: AsyncSession, version: CourseVersion, form: Submitted[Any], status: int = 200
) -> Response[str]:
    return await page(
        request,
        "training/edit/settings.html",
        session=session,
        course_id=version.course_id,
        title=said(version.title),
        topics=list(TOPICS.items()),
        subjects=list(SUBJECTS.items()),
        roles=list(ROLES.items()),
        causes=list(CAUSE_CODES.items()),
        qualifications=list(composition().qualifications.items()),
        bound=list(BOUND.items()),
        form=form,
        status=status,
    )


async def show(
    request: Req,
    session: AsyncSession,
    course_id: UUID,
    *,
    publish_form: Submitted[Any] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    """The draft with its lessons and questions; without one, the versions and the way to a new one."""
    course, found = await queries.course(session, course_id), await drafts.draft_of(session, course_id)
    versions = await queries.versions(session, course_id)
    at, names = address_in(request), {m.id: m.name for m in (await members_by_id(session)).values()}
    root = at(f"/training/courses/{course_id}/draft")
    lessons = await queries.lessons(session, found.id) if found else []
    questions = await queries.questions(session, found.id) if found else []
    return await page(
        request,
        "training/edit/draft.html",
        session=session,
        course=course,
        draft=found,
        title=said((found or versions[0]).title),
        root=root,
        lessons=[{"id": x.id, "title": said(x.title), "minutes": x.minutes} for x in lessons],
        questions=[_question(q) for q in questions],
        files=[
            {"icon": "file", "name": f.name, "url": at(f"/training/courses/{course_id}/files/{f.name}")}
            for f in await queries.files(session, course_id)
        ],
        faults=await drafts.faults(session, found) if found else [],
        kinds=list(NAMES.items()),
        versions=[_version(v, names) for v in versions if v.published_at is not None],
        form=publish_form or Submitted(),
        done=DONE.get(done, ""),
        status=status,
    )


def _question(question: Any) -> dict[str, Any]:
    both = question.stem.get("zh") and question.stem.get("en")
    words = _("%(kind)s, %(key)s", kind=NAMES[question.kind], key=question.key)
    if not both:
        words = _("%(kind)s, %(key)s, in one language only", kind=NAMES[question.kind], key=question.key)
    return {"id": question.id, "stem": said(question.stem) or question.key, "note": words}


def _version(version: CourseVersion, names: dict[UUID, str]) -> dict[str, Any]:
    by = names.get(version.published_by, "") if version.published_by else str(_("came with the product"))
    return {
        "icon": "git-compare",
        "tone": "",
        "who": by,
        "what": _("Version %(n)s", n=version.number),
        "when": show_date(version.published_at),
        "detail": version.change_note,
        "url": "",
    }


ROUTES = [new, create, draft, begin, discard, publish, retire, settings, save_settings]
