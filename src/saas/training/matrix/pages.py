"""The page of the matrix."""

from __future__ import annotations

from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery

from saas.kernel import clock
from saas.kernel.pages import Db, Req, address_in, page
from saas.training.frame import rooms
from saas.training.matrix.grid import STATES, grid
from saas.training.measures import completion, pass_rate, validity


@get("/f/{slug:str}/training/matrix", opt={"permission": "training.overview"})
async def matrix(request: Req, session: Db, person: FromQuery[str] = "", course: FromQuery[str] = "") -> Response[str]:
    """`person` and `course` are keys of the page before; the first page has neither."""
    now, at = clock.now(), address_in(request)
    found = await grid(session, now, person, course)
    here = at("/training/matrix")
    people, courses = {"person": found.next_person, "course": course}, {"person": person, "course": found.next_course}
    return await page(
        request,
        "training/matrix/index.html",
        session=session,
        rooms=rooms(request, "matrix"),
        grid=found,
        states=STATES,
        more_people=f"{here}?{urlencode(people)}" if found.next_person else "",
        more_courses=f"{here}?{urlencode(courses)}" if found.next_course else "",
        first=here if person or course else "",
        figures=[
            (await completion(session, now)).shown(),
            (await pass_rate(session, now)).shown(),
            (await validity(session, now)).shown(),
        ],
    )


ROUTES = [matrix]
