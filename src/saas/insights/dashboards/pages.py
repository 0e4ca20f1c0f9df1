"""The overview, a board for each subject, and one measure with its definition and the rows it counts."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.insights.dashboards import boards, export
from saas.insights.dashboards.asking import Asked, asked, in_words, menus
from saas.insights.dashboards.boards import Board, measure_of, tabs
from saas.insights.dashboards.readings import Reading, chart, readings, tile
from saas.insights.dashboards.units import UNITS
from saas.insights.rooms import ROOMS
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.uploads import attachment

READ = {"permission": "insights.read"}
PAGE = 50
FURTHEST = 100_000  # rows into a list; further pages answer nobody's question


@get("/f/{slug:str}/insights", opt=READ)
async def overview(request: Req, session: Db) -> Response[str]:
    return await _board(request, session, boards.BOARDS[""])


@get("/f/{slug:str}/insights/boards/{key:str}", opt=READ)
async def board(request: Req, session: Db, key: FromPath[str]) -> Response[str]:
    return await _board(request, session, boards.board_of(key))


async def _board(request: Req, session: AsyncSession, shown: Board) -> Response[str]:
    wanted, at = await asked(request, session, clock.today()), address_in(request)
    found = await readings(session, shown.measures(), wanted)
    charted = found if shown.key else found[: boards.CHARTS_OF_OVERVIEW]
    return await page(
        request,
        "insights/board.html",
        session=session,
        board=shown,
        tiles=[tile(reading, wanted, at) for reading in found],
        charts=[chart(reading, wanted, at) for reading in charted if reading.obeys],
        nothing=all(figure.n == 0 for reading in found for figure in reading.figures),
        exports=_exports(shown, wanted, at),
        **await _around(request, session, wanted, shown.path, found),
    )


def _exports(shown: Board, wanted: Asked, at: Any) -> list[tuple[str, str]]:
    root = at(f"/insights/export/{shown.key or 'overview'}")
    return [(form.upper(), f"{root}.{form}{wanted.query()}") for form in ("xlsx", "csv")]


async def _around(
    request: Req, session: AsyncSession, wanted: Asked, path: str, found: list[Reading]
) -> dict[str, Any]:
    """Tabs, filters and what was wrong with the address."""
    people = sorted((await members_by_id(session)).values(), key=lambda m: (m.left_at is not None, m.name))
    obeyed = frozenset[str]().union(*(reading.measure.filters for reading in found))
    return {
        "tabs": tabs(request, path, wanted.query(), ROOMS),
        "asked": wanted,
        "menus": menus(wanted, people, obeyed, clock.today()),
        "by_client": "client_id" in obeyed,
        "kept": [(name, value) for name, value in wanted.kept.items() if name != "client"],
        "client": wanted.kept.get("client", ""),
        "clear_url": "?" if wanted.kept else "",
        "since": wanted.period.since,
        "until": wanted.period.until,
    }


@get("/f/{slug:str}/insights/measures/{key:str}", opt=READ)
async def measure(request: Req, session: Db, key: FromPath[str], number: FromQuery[int] = 1) -> Response[str]:
    shown, at = measure_of(key), address_in(request)
    wanted, number = await asked(request, session, clock.today()), min(max(number, 1), FURTHEST // PAGE)
    [reading] = await readings(session, [shown], wanted)
    counted = await shown.rows(session, wanted.scope, (number - 1) * PAGE, PAGE) if reading.obeys else None
    root = at(f"/insights/measures/{key}")
    return await page(
        request,
        "insights/measure.html",
        session=session,
        measure=shown,
        tile=tile(reading, wanted, at),
        chart=chart(reading, wanted, at) if reading.obeys else None,
        words=_words(reading),
        counted=counted,
        shown=_("%(first)s–%(last)s of %(total)s", first=(number - 1) * PAGE + 1,
                last=min(number * PAGE, counted.total), total=counted.total) if counted else "",
        previous_url=root + wanted.query(number=str(number - 1)) if number > 1 else "",
        next_url=root + wanted.query(number=str(number + 1)) if counted and counted.total > number * PAGE else "",
        board=boards.BOARDS[shown.subject],
        **await _around(request, session, wanted, boards.BOARDS[shown.subject].path, [reading]),
    )  # fmt: skip


def _words(reading: Reading) -> list[dict[str, Any]]:
    shown, better = reading.measure, {"up": _("more is better"), "down": _("less is better"), "": _("neither")}
    told: list[tuple[Text, Text | str]] = [
        (_("Definition"), shown.definition),
        (_("Whose period counts"), shown.cohort),
        (_("Unit"), UNITS[shown.unit]),
        (_("Source"), shown.source),
        (_("Left out"), shown.exclusions),
        (_("Direction"), better[shown.better]),
    ]
    return [{"label": label, "value": value} for label, value in told]


@get("/f/{slug:str}/insights/export/{name:str}", opt=READ)
async def download(request: Req, session: Db, name: FromPath[str]) -> Response[bytes]:
    """A board with the definitions of its measures, as a workbook or as comma-separated values."""
    key, _dot, form = name.rpartition(".")
    shown = boards.BOARDS[""] if key == "overview" else boards.board_of(key)
    wanted = await asked(request, session, clock.today())
    found = await readings(session, shown.measures(), wanted)
    words = in_words(wanted, list((await members_by_id(session)).values()), clock.today())
    content, media_type = export.written(form, shown.label, words, found)
    record(session, actor_of(request), "insights.export", clock.now(), board=key, form=form, query=wanted.query())
    return attachment(content, f"{shown.label}-{wanted.period.until}.{form}", media_type)


ROUTES = [overview, board, measure, download]
