"""The columns of a list of filings, as firms and the tax bureau's own exports call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from saas.clients.list_columns import word
from saas.filings.profile import last_month
from saas.kernel.filing import filing_table
from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its heading, and other headings it is known by. Hidden ones are read, not exported."""

    key: str
    heading: Text
    others: tuple[str, ...]
    hidden: bool = False


COLUMNS = (
    Column(
        "client", _("Client"), ("客户名称", "纳税人名称", "公司名称", "企业名称", "单位名称", "名称", "client name")
    ),
    Column("uscc", _("USCC"), ("统一社会信用代码", "社会信用代码", "纳税人识别号", "税号", "信用代码", "tax id")),
    Column("number", _("Client number"), ("编号", "客户编号", "number")),
    Column("tax", _("Return"), ("税种", "申报税种", "征收项目", "申报表", "申报表类型", "申报项目", "tax", "filing")),
    Column("period", _("Period"), ("所属期", "税款所属期", "属期", "申报属期", "tax period")),
    Column("period_from", _("Period from"), ("所属期起", "税款所属期起", "属期起"), hidden=True),
    Column("period_to", _("Period to"), ("所属期止", "税款所属期止", "属期止"), hidden=True),
    Column("filed", _("Filed on"), ("申报日期", "申报时间", "报送日期", "filed")),
    Column("accepted", _("Acceptance day"), ("受理日期", "申报成功日期", "受理时间", "accepted")),
    Column(
        "amount", _("Amount payable"), ("应补退税额", "应补(退)税额", "应纳税额", "税额", "金额", "amount", "payable")
    ),
    Column("zero", _("Zero return"), ("零申报", "是否零申报", "zero")),
)
NAMES = {  # what lists call a return, as a part of the cell; the first that fits counts
    "iit_business_annual": ("经营所得汇算", "经营所得b", "经营所得年度"),
    "iit_business_prepayment": ("经营所得",),
    "iit_withholding": ("个人所得税扣缴", "个税", "扣缴", "工资薪金", "个人所得税"),
    "cit_annual": ("汇算清缴", "企业所得税年度", "企业所得税年报"),
    "cit_prepayment": ("企业所得税",),
    "vat": ("增值税", "附加税"),
    "stamp_tax": ("印花税",),
    "statements_annual": ("年度财务报表", "财务报表年报", "财报年报"),
    "statements": ("财务报表", "财报", "财务会计报告"),
    "annual_report": ("工商年报", "年度报告", "企业年报"),
    "consumption_tax": ("消费税",),
    "culture_levy": ("文化事业建设费",),
    "water_fund": ("水利",),
    "related_party": ("关联业务", "关联申报"),
}
SPAN = re.compile(r"(\d{4})\D?(\d{1,2})(?:\D?\d{1,2}日?)?\D+(\d{4})\D?(\d{1,2})(?:\D?\d{1,2}日?)?")
CHINESE = {"一": "1", "二": "2", "三": "3", "四": "4"}


def columns_in(row: Sequence[str]) -> dict[str, int]:
    """Where each column stands in a row of headings; the first of two with one meaning counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(row):
        for column in COLUMNS:
            names = {*column.others, word(column.heading.msgid), word(str(column.heading))}
            if word(cell) and word(cell) in {word(name) for name in names}:
                found.setdefault(column.key, position)
    return found


def code_of(text: str) -> str | None:
    """The return a cell names: by code, by its name in either language, or by what lists call it."""
    said = word(text).replace(" ", "")
    for code, filing in filing_table().filings.items():
        if said in (code, *(word(name).replace(" ", "") for name in filing.name.values())):
            return code
    return next((code for code, parts in NAMES.items() if any(part in said for part in parts)), None)


def period_of(text: str, start: str = "", end: str = "") -> str | None:
    """A period as lists write it: 2026-10, 202610, 2026年第3季度, 2026Q3, 2026, or from a day to a day."""
    said = word(text).replace(" ", "").replace("\N{EN DASH}", "-")
    said = re.sub("[一二三四]", lambda m: CHINESE[m[0]], said) if "季" in said else said
    if start and end:
        said = f"{start}~{end}"
    span = SPAN.search(said)
    if span is not None:
        return _spanned(int(span[1]), int(span[2]), int(span[3]), int(span[4]))
    for pattern, shape in (
        (r"(\d{4})-?年?(?:第?(\d)季度?|q(\d))", "Q"), (r"(\d{4})-?年?h(\d)", "H"), (r"(\d{4})[-/.年]?(\d{1,2})月?", "")
    ):  # fmt: skip
        match = re.fullmatch(pattern, said)
        if match is not None:
            number = next(part for part in match.groups()[1:] if part)
            return _valid(f"{match[1]}-{shape}{number}" if shape else f"{match[1]}-{int(number):02}")
    match = re.fullmatch(r"(\d{4})(?:年度?)?", said)
    return match[1] if match else None


def _spanned(year: int, first: int, until: int, last: int) -> str | None:
    """Months from the first to the last as one period."""
    months = (until * 12 + last) - (year * 12 + first) + 1
    shapes = {1: f"{year}-{first:02}", 3: f"{year}-Q{last // 3}", 6: f"{year}-H{last // 6}", 12: f"{year}"}
    ends_well = months == 1 or (year == until and last % max(months, 1) == 0)
    return _valid(shapes[months]) if months in shapes and ends_well else None


def _valid(period: str) -> str | None:
    try:
        last_month(period)
    except ValueError:
        return None
    return period
