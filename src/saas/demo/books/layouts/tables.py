"""Voucher lists by program: headings as seen in real exports (domain.md F6), and the habits that go with them.

A column is written `heading=cell`; cells are defined in cells.py. A star after the cell means the program prints it on
the first line of a voucher only, so the reader has to fill it down.
"""

from __future__ import annotations

from dataclasses import dataclass

YONYOU_NC = """
月=month* 日=day* 核算账簿名称=book 凭证号=word_number4* 分录号=line 摘要=summary 科目编码=account
科目名称=path_backslash 辅助项=aux_item 币种=yuan_name 借方-本币=debit 贷方-本币=credit 核销信息=reference
结算信息=empty
"""
YONYOU_U8 = """
凭证日期=iso_date* 凭证号=word_number4* 附单据数=attachments* 摘要=summary 科目编码=account 辅助项=aux
借方金额=debit 贷方金额=credit
"""
KINGDEE_K3 = """
凭证日期=iso_date 会计年度=year 会计期间=month 凭证字=word 凭证号=number 科目代码=account 科目名称=path_dash
币别代码=rmb 币别名称=yuan_name 原币金额=amount 借方=debit0 贷方=credit0 制单=preparer 审核=reviewer
核准=empty 出纳=empty 经办=empty 结算方式=empty 结算号=empty 凭证摘要=summary 数量=zero 数量单位=empty
单价=zero 参考信息=reference 业务日期=document_date 往来业务编号=empty 附件数=attachments 序号=serial
系统模块=empty 业务描述=empty 汇率类型=rate_type 汇率=one 分录序号=line0 核算项目=aux_kingdee 过账=poster
机制凭证=empty 现金流量=empty
"""
KINGDEE_KIS = """
凭证日期=iso_date* 凭证字=word* 凭证号=number* 附件数=attachments* 摘要=summary 科目代码=account
科目名称=leaf_name 借方金额=debit 贷方金额=credit 核算项目=aux_kingdee
"""
HAOKUAIJI = """
日期=iso_date* 凭证字号=word_number* 摘要=summary 科目编码=account 科目名称=path_underscore 辅助核算=aux
借方金额=debit_text 贷方金额=credit_text 制单人=preparer* 审核人=reviewer*
"""
NINGMENG = """
日期=slash_date 凭证字号=word_number 摘要=summary 科目编码=account 科目名称=path_dash 借方金额=debit
贷方金额=credit 客户=customer 供应商=supplier 职员=person 附件数=attachments 制单人=preparer
"""
ONE_LINE = """
科目名称=path_dash 日期=iso_date 凭证字=word 凭证号=number 对方科目=counter 摘要=summary 借方金额=debit
贷方金额=credit
"""
ENGLISH_GL = """
Journal_ID=journal Line_Number=line Effective_Date=iso_date Entered_Date=entered_date
Entered_Time=entered_time Entered_By=preparer GL_Account_Number=account GL_Account_Name=path_dash Amount=size
Amount_Credit_Debit_Indicator=indicator JE_Header_Description=summary Document_Date=document_date
Reference=reference Source=source Period=period
"""


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    cell: str
    first_line_only: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """One program's voucher list. `titles` are rows above the header; {name} {first} {last} {year} are filled in."""

    name: str
    columns: tuple[Column, ...]
    titles: tuple[str, ...] = ()
    total_row: bool = False

    @property
    def header_row(self) -> int:
        """1-based row of the header."""
        return len(self.titles) + 1


def _layout(name: str, columns: str, *titles: str, total_row: bool = False) -> Layout:
    parts = [column.rpartition("=") for column in columns.split()]
    return Layout(
        name,
        tuple(Column(heading, cell.rstrip("*"), cell.endswith("*")) for heading, _, cell in parts),
        titles,
        total_row,
    )


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        _layout("yonyou-nc", YONYOU_NC, "序时账", "核算账簿：{name}", "期间：{first} 至 {last}"),
        _layout("yonyou-u8", YONYOU_U8, "凭证列表", "单位：{name}", total_row=True),
        _layout("kingdee-k3", KINGDEE_K3),
        _layout("kingdee-kis", KINGDEE_KIS, "会计分录序时簿", "{name}  期间：{first}至{last}", total_row=True),
        _layout("haokuaiji", HAOKUAIJI, "序时账", "编制单位：{name}    {first}至{last}    单位：元", total_row=True),
        _layout("ningmeng", NINGMENG),
        _layout("one-line", ONE_LINE),
        _layout("english-gl", ENGLISH_GL),
    )
}
