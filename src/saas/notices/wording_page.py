"""Settings: the wording of letters. Each phrase in both languages, a preview, from when it counts, a way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Invalid, Missing
from saas.kernel.i18n import Locale, Text, _, reader
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.notices import documents
from saas.notices.phrases import (
    LOCALES,
    PHRASES,
    SECTIONS,
    Phrase,
    before,
    own_words,
    phrase_or_none,
    reword,
    shown,
    taken,
    versions,
    words_of,
)
from saas.notices.specimen import specimen
from saas.notices.tiers import TIERS

PATH = "/f/{slug:str}/settings/wording"


@get(PATH, opt={"permission": "firms.read"})
async def wording(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    profile, today = await profile_of(session), clock.today()
    own, at = own_words(profile, today), address_in(request)
    sections = [
        {
            "name": name,
            "title": title,
            "rows": [
                {
                    "name": PHRASES[path].name,
                    "url": at(f"/settings/wording/{path}"),
                    "text": shown(words_of(profile, PHRASES[path], today)[reader()], reader()),
                    "own": path in own,
                    "tiers": _worded_tiers(profile, path, today),
                    "coming": [
                        since for since, _texts in versions(profile, PHRASES[path]) if since > today.isoformat()
                    ],
                    "saved": path == done,
                }
                for path in paths
            ],
        }
        for name, (title, paths) in SECTIONS.items()
    ]
    return await page(
        request,
        "notices/wording.html",
        session=session,
        tabs=settings_tabs(request),
        sections=sections,
        preview_url=at(f"/settings/wording/preview?language={reader()}"),
        own=len(own),
    )


@get(f"{PATH}/preview", opt={"permission": "firms.read", "framed": True})
async def preview(
    request: Req, session: Db, language: FromQuery[str] = "zh", kind: FromQuery[str] = "adjustment"
) -> Response[str]:
    """A sample letter in the words in force."""
    profile = await profile_of(session)
    return _sample(profile, own_words(profile, clock.today()), language, kind)


@get(f"{PATH}/{{path:str}}", opt={"permission": "firms.read"})
async def phrase(request: Req, session: Db, path: FromPath[str]) -> Response[str]:
    return await _show(request, session, _phrase(path))


@post(f"{PATH}/{{path:str}}", opt={"permission": "firms.settings"})
async def save(request: Req, session: Db, path: FromPath[str]) -> Response[Any]:
    """Keeps the phrase from the day given on, or brings the starter's words back."""
    wanted, sent = _phrase(path), await request.form()
    typed: dict[str, str] = {locale: str(sent.get(locale, "")) for locale in LOCALES}
    texts, errors = _read(wanted, typed) if not sent.get("reset") else ({}, {})
    since = _since(str(sent.get("since") or ""))
    if since is None:
        errors["since"] = _("Choose today or a later day.")
    if errors or since is None:
        return await _show(request, session, wanted, typed=typed, errors=errors, status=422)
    profile = await profile_of(session)
    said = words_of(profile, wanted, since)
    if reword(profile, wanted, texts or None, since):
        words: dict[str, Any] = {
            "phrase": wanted.key,
            "before": said,
            "after": words_of(profile, wanted, since),
            "since": since.isoformat(),
        }
        record(session, actor_of(request), "notice.reword", clock.now(), subject=profile, **words)
    return to(f"/settings/wording?done={wanted.path}", request)


@post(f"{PATH}/{{path:str}}/preview", status_code=200, opt={"permission": "firms.settings", "framed": True})
async def try_out(request: Req, session: Db, path: FromPath[str], language: FromQuery[str] = "zh") -> Response[Any]:
    """The sample letter with what is typed, kept nowhere."""
    wanted, sent = _phrase(path), await request.form()
    typed: dict[str, str] = {locale: str(sent.get(locale, "")) for locale in LOCALES}
    texts, errors = _read(wanted, typed)
    if errors:
        raise Invalid(next(iter(errors.values())))
    profile = await profile_of(session)
    return _sample(profile, own_words(profile, clock.today()) | {wanted.path: texts}, language, _kind(path))


async def _show(
    request: Req,
    session: AsyncSession,
    wanted: Phrase,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int = 200,
) -> Response[str]:
    profile, today, at = await profile_of(session), clock.today(), address_in(request)
    now = words_of(profile, wanted, today)
    unworded = before(profile, wanted, today)
    return await page(
        request,
        "notices/wording_phrase.html",
        session=session,
        status=status,
        tabs=settings_tabs(request),
        phrase=wanted,
        typed=typed or {locale: shown(now[locale], locale) for locale in LOCALES},
        tier=TIERS.get(wanted.tier, ""),
        tiers=_tiers(profile, wanted, today, at),
        starter={locale: shown(unworded[locale], locale) for locale in LOCALES},
        versions=[
            {"since": since, "text": shown((texts or unworded)[reader()], reader()), "own": bool(texts)}
            for since, texts in reversed(versions(profile, wanted))
        ],
        errors=errors or {},
        today=today.isoformat(),
        own=_is_own(profile, wanted, today),
        action=at(f"/settings/wording/{wanted.key}"),
        preview_url=at(f"/settings/wording/preview?language={reader()}&kind={_kind(wanted.path)}"),
        may_change=actor_of(request).may("firms.settings"),
    )


def _phrase(key: str) -> Phrase:
    wanted = phrase_or_none(key)
    if wanted is None:
        raise Missing()
    return wanted


def _tiers(profile: FirmProfile, wanted: Phrase, today: date, at: Any) -> list[dict[str, Any]]:
    """The same phrase for each tier of clients."""
    variants = [(label, Phrase(wanted.path, tier)) for tier, label in TIERS.items()]
    return [
        {"label": label, "url": at(f"/settings/wording/{one.key}"), "own": _is_own(profile, one, today)}
        for label, one in variants
    ]


def _worded_tiers(profile: FirmProfile, path: str, today: date) -> list[Text]:
    """The tiers of clients that have words of their own for it."""
    return [label for tier, label in TIERS.items() if _is_own(profile, Phrase(path, tier), today)]


def _is_own(profile: FirmProfile, wanted: Phrase, today: date) -> bool:
    """Whether words of the firm's own are in force for it, for everybody or for this tier."""
    in_force = [texts for since, texts in versions(profile, wanted) if since <= today.isoformat()]
    return bool(in_force and in_force[-1])


def _kind(path: str) -> str:
    """The letter in which this phrase can be seen."""
    return "completion" if path.startswith("completion.") else "adjustment"


def _read(wanted: Phrase, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Text]]:
    """(both texts as they are kept, errors by language)."""
    texts: dict[str, str] = {}
    errors: dict[str, Text] = {}
    for locale in LOCALES:
        try:
            texts[locale] = taken(wanted, typed[locale], locale)
        except Invalid as error:
            errors[locale] = error.reason
    return texts, errors


def _since(text: str) -> date | None:
    """The day from which it counts, today if none is given; None for what is no day or past."""
    try:
        since = date.fromisoformat(text) if text else clock.today()
    except ValueError:
        return None
    return since if since >= clock.today() else None


def _sample(profile: Any, words: Mapping[str, Mapping[str, str]], language: str, kind: str) -> Response[str]:
    locale: Locale = "en" if language == "en" else "zh"
    form = specimen("completion" if kind == "completion" else "adjustment", profile, words, locale, clock.today())
    return Response(documents.html(form, preview=True), media_type="text/html")


ROUTES = [wording, preview, phrase, save, try_out]
