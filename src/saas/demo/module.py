"""What the demo contributes to the product: the table of its replay, the progress shown while it is loading, and copies
to look around in."""

from datetime import timedelta

from saas.demo import models, progress, tour_pages, tours
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, Schedule

MODULE = Module(
    "demo",
    tables=models,
    routes=[*progress.ROUTES, *tour_pages.ROUTES],
    jobs=[Job(tours.COPY, tours.copy, kind="heavy"), Job(tours.END, tours.end_all, kind="heavy")],
    schedules=[Schedule(tours.END, every=timedelta(days=1), for_nobody=True)],
    deeds={tour_pages.ASKED: _("Copy of the demo firm asked for")},
    panels={"firms.start": [tour_pages.on_start], "tasks.rail": [tour_pages.on_my_work]},
)
