"""Which program's layout a sheet has, by the headings only that layout uses. For people; nothing depends on it."""

from __future__ import annotations

from saas.ledgers.reading.headings import normal
from saas.ledgers.reading.sheet import Sheet

# The first whose headings are all there. From domain.md F6 and the headings seen in real exports.
LAYOUTS: tuple[tuple[str, str], ...] = (
    ("yonyou-nc", "核算账簿名称 科目编码 借方本币"),
    ("yonyou-nc", "分录号 辅助项 借方本币 贷方本币"),
    ("kingdee-k3", "会计期间 凭证字 科目代码 币别代码"),
    ("kingdee-k3", "会计期间 凭证字 科目代码 过账"),
    ("kingdee-kis", "fdate fnum facctid"),
    ("kingdee-kis", "凭证字 科目代码 附件数 核算项目"),
    ("kingdee-kis", "凭证日期 凭证字 凭证号 科目代码 科目名称"),
    ("yonyou-u8", "inoid ccode md mc"),
    ("yonyou-u8", "制单日期 凭证类别 科目编码"),
    ("yonyou-tplus", "凭证日期 凭证号 附单据数 科目编码"),
    ("haokuaiji", "日期 凭证字号 科目编码 科目名称 借方金额 贷方金额"),
    ("one-line", "科目名称 日期 对方科目"),
    ("ningmeng", "日期 凭证字号 辅助核算"),
)


def layout(sheet: Sheet) -> str:
    """The layout's name; "trial-balance", "english-gl" or "generic" where no program is recognised."""
    if sheet.kind == "balances":
        return "trial-balance"
    if sheet.by_hand:
        return "generic"
    headings = {normal(column.heading) for column in sheet.columns if column.heading}
    for name, wanted in LAYOUTS:
        if set(wanted.split()) <= headings:
            return name
    used = [column.heading for column in sheet.columns if column.field]
    return "english-gl" if used and all(heading.isascii() for heading in used) else "generic"
