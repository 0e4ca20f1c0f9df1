"""The monthly report: which months, what stands on its pages, and that it is printed, kept, mailed and taken once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.insights.dashboards.boards import BOARDS
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Figure
from saas.insights.reports import making, months, printing
from saas.insights.reports.report_models import FigureSubscription, MonthlyReport
from saas.insights.reports.sheet import DOWN, content, paged
from saas.kernel import clock, documents
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.kernel.directory import Firm
from saas.kernel.i18n import LOCALES, reading
from saas.kernel.months import month_before
from saas.kernel.outbox import Outbox
from tests.cast import Browser, Cast, member_id
from tests.identity.post import mails_to, run_promised
from tests.insights import printed

People = Callable[[str], Awaitable[Browser]]
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module", autouse=True)
def printers() -> Iterator[None]:
    yield
    documents.cool_down()


def test_only_a_month_that_is_over_has_a_report() -> None:
    assert months.why_not("2026-10", TODAY) is None
    assert months.why_not("2026-11", date(2026, 12, 1)) is None
    for wrong in ("2026-13", "2026-Q3", "", "1899-01", "2026-10-01"):
        assert "不是有效月份" in str(months.why_not(wrong, TODAY)), wrong
    for early, words in (("2026-11", "尚未结束"), ("2026-12", "尚未开始"), ("2150-01", "尚未开始")):
        assert words in str(months.why_not(early, TODAY)), early
    assert months.offered(TODAY)[:3] == ["2026-10", "2026-09", "2026-08"]
    assert len(months.offered(TODAY)) == months.OFFERED
    assert (months.month_title("2026-10").to("zh"), months.month_title("2026-10").to("en")) == (
        "2026年10月",
        "October 2026",
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_every_figure_is_on_paper_once_with_definition_target_n_and_six_months(locale: Any) -> None:
    made = printed.sheet(csat=Figure(4, hidden=True), escape=Figure(40, Decimal("0.05"), hits=2))
    page = printing.html(made, locale)
    with reading(locale):
        sheet = content(made)
        for key, measure in MEASURES.items():
            card = page[page.index(f'id="figure-{key}"') :].partition("</article>")[0]
            assert page.count(f'id="figure-{key}"') == 1, key
            assert str(measure.definition) in card.replace("&amp;", "&").replace("&#39;", "'"), key
            assert f"n = {made.found[key].now.n}" in card, key
            assert card.count("<rect") >= (0 if measure.live else 6 - (key == "csat")), key
        assert len(re.findall('<section class="sheet"', page)) == sheet["total"] == len(paged(made)) + 2 >= 12
        escape = page[page.index('id="figure-escape"') :].partition("</article>")[0]
        assert "≤ 0 %" in escape  # a target of nought is a target
        assert ("未达标" if locale == "zh" else "off target") in escape
        few = page[page.index('id="figure-csat"') :].partition("</article>")[0]
        assert ("样本不足（n = 4）" if locale == "zh" else "Sample too small (n = 4)") in few
        assert sheet["reached"] + sheet["missed"] == sheet["judged"]


def test_pages_hold_three_lines_and_every_subject_begins_where_the_contents_say() -> None:
    made = printed.sheet(empty=("refunds",))
    pages = paged(made)
    assert all(sum(len(section.rows) for section in page) <= DOWN for page in pages)
    shown = [reading.measure.key for page in pages for section in page for row in section.rows for reading in row]
    assert sorted(shown) == sorted(key for key, m in MEASURES.items() if m.subject != "refunds")
    sheet = content(made)
    assert [one["label"] for one in sheet["to_come"]] == [BOARDS["refunds"].label]
    assert sheet["to_come_page"] == sheet["total"] == len(pages) + 3
    for line in sheet["contents"]:
        assert any(section.board.key == line["key"] and section.first for section in pages[line["page"] - 3])
    assert "refunds" not in {line["key"] for line in sheet["contents"]}


def test_a_firm_without_any_figure_reads_what_will_appear() -> None:
    made = printed.sheet(empty={m.subject for m in MEASURES.values()})
    page = printing.html(made, "en")
    assert len(re.findall('<section class="sheet"', page)) == 2
    assert "Nothing was counted in this month" in page
    assert all(BOARDS[m.subject].hint.to("en") in page for m in MEASURES.values())


async def rows(cast: Cast, table: Any, **known: Any) -> list[Any]:
    async with cast.transaction() as session:
        found = (await session.scalars(select(table))).all()
    return [row for row in found if all(getattr(row, name) == value for name, value in known.items())]


async def test_a_month_is_printed_kept_mailed_and_taken_as_it_was(
    cast: Cast, as_person: People, mailbox_folder: Path
) -> None:
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/insights/reports"
    assert "还没有月报" in (await mara.get(at)).text
    wishes = {"monthly": "yes", "quiet_from": "20", "quiet_until": "8"}
    for _time in range(2):
        assert (await mara.post(f"{at}/subscription", wishes)).status_code == 303
    assert len(await rows(cast, FigureSubscription)) == 1
    assert len(await rows(cast, AuditEntry, action="insights.subscribe")) == 1
    month = month_before(clock.today())
    for _time in range(2):  # asked twice, printed once
        assert (await mara.post(at, {"month": month})).status_code == 303
    assert len(await rows(cast, Outbox, job="insights.report")) == 1
    assert "正在生成" in (await mara.get(at)).text
    await run_promised(cast.database, cast.firm.id)
    [row] = await rows(cast, MonthlyReport)
    assert (row.month, row.edition, row.made_by, row.pages) == (month, 1, cast.mara.id, 2)
    for locale in LOCALES:
        taken = await mara.get(f"{at}/{row.id}/{locale}.pdf")
        assert sha256(taken.content).hexdigest() == getattr(row, f"{locale}_sha256")
        assert len(taken.content) == getattr(row, f"{locale}_size")
        (mailbox_folder.parent / "report.pdf").write_bytes(taken.content)
        assert len(PdfReader(mailbox_folder.parent / "report.pdf").pages) == row.pages
    assert (await mara.get(f"{at}/{row.id}/fr.pdf")).status_code == 404
    await run_promised(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, cast.persons["mara"].email)
    assert f"/f/{cast.firm.slug}/insights/reports" in letter.text
    assert not letter.attachments
    for table in ("monthly_reports",):  # the program itself cannot change what was handed out
        with pytest.raises(DBAPIError, match="permission denied"):
            async with cast.transaction() as session:
                await session.execute(text(f"UPDATE {table} SET edition = 9"))


async def test_the_schedule_prints_a_month_once_and_a_further_edition_is_asked_for(
    cast: Cast, as_person: People, mailbox_folder: Path
) -> None:
    now = datetime.combine(clock.today().replace(day=1) + timedelta(days=40), datetime.min.time(), CHINA)
    month = month_before(now.date())

    async def look() -> None:
        with clock.at(now + timedelta(hours=9)):
            async with cast.transaction() as session:
                await making.month_end(session)

    for _time in range(2):
        await look()
    [job] = await rows(cast, Outbox, job="insights.report")
    assert job.args == {"month": month, "member_id": None}
    async with cast.transaction() as session:
        session.add(FigureSubscription(member_id=member_id(cast.paula), monthly=True, changed_at=now))
        session.add(
            FigureSubscription(member_id=member_id(cast.ben), monthly=True, changed_at=now)
        )  # no manager any more
        choose(await profile(session), "report_mail", "file", clock.today())
        row = MonthlyReport(month=month, edition=1, made_at=now, pages=2, zh_sha256="0" * 64, zh_size=1,
                            en_sha256="0" * 64, en_size=1, reached=1,
                            missed=[{"key": "csat", "value": "0.5", "target": "0.9", "n": 12}])  # fmt: skip
        session.add(row)
        await session.flush()
        await making.make(session, month)  # the schedule's own job comes late: the month has its report
        await making.make(session, month, str(cast.mara.id))
    assert [row.edition for row in await rows(cast, MonthlyReport)] == [1, 2]
    await look()
    assert len(await rows(cast, Outbox, job="insights.report")) == 1
    [mail] = await rows(cast, Outbox, job="insights.mail_report")
    assert mail.args["member_id"] == str(cast.paula.id)
    await run_promised(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, cast.persons["paula"].email)
    assert "第 2 版" in letter.text
    assert [one.name for one in letter.attachments] == [f"{month}-2-zh.pdf"]


async def test_a_firm_that_began_later_and_a_sandbox_get_none(cast: Cast) -> None:
    async with cast.transaction() as session:
        await making.month_end(session)  # this firm was made today: it did not exist last month
    assert not await rows(cast, Outbox, job="insights.report")
    assert isinstance(cast.firm, Firm)


async def test_who_may_and_what_is_refused(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/insights/reports"
    for name, read, make in (("paula", 200, 422), ("ada", 200, 403), ("ben", 403, 403), ("otto", 404, 404)):
        person = await as_person(name)
        assert (await person.get(at)).status_code == read, name
        refused = await person.post(at, {"month": "2199-01"})
        assert refused.status_code == make, name
        assert make != 422 or "尚未开始" in refused.text
        wish = await person.post(f"{at}/subscription", {"weekly": "yes", "quiet_from": "20", "quiet_until": "8"})
        assert wish.status_code == (303 if read == 200 else read), name
    assert (await (await as_person("nobody")).get(at)).status_code == 303
    paula = await as_person("paula")
    assert (await paula.post(f"{at}/subscription", {"quiet_from": "25"})).status_code == 422
    assert (await paula.get(f"{at}/{cast.firm.id}/zh.pdf")).status_code == 404
