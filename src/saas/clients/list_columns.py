"""The columns of a list of clients: what they are called, how they are explained, what their words mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its heading in the template, what may stand in it, an example, and other headings."""

    key: str
    heading: Text
    explanation: Text
    example: str
    others: tuple[str, ...]
    required: bool = False


COLUMNS = (
    Column(
        "name", _("Name"), _("As registered. Required."), "杭州澄屿茶业有限公司",
        ("名称", "客户名称", "公司名称", "企业名称", "单位名称", "纳税人名称", "客户", "client", "client name",
         "company", "company name"), required=True,
    ),
    Column(
        "uscc", _("USCC"), _("18 characters; a sole trader may have another number. May be empty."),
        "91110000600037341L",
        ("统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "unified social credit code",
         "credit code", "tax id", "tax number"),
    ),
    Column(
        "taxpayer_kind", _("Taxpayer"), _("General or small-scale. Required."), "小规模",
        ("纳税人身份", "纳税人类型", "纳税人性质", "纳税人类别", "taxpayer kind", "taxpayer type", "vat status"),
        required=True,
    ),
    Column(
        "standard", _("Accounting standard"),
        _("Small-enterprise, enterprise, non-profit or other. Empty means small-enterprise."), "小企业会计准则",
        ("会计准则", "会计制度", "适用准则", "standard"),
    ),
    Column("industry", _("Industry"), _("In your own words."), "茶叶批发", ("行业", "所属行业")),
    Column(
        "contact", _("Contact"), _("Whom you talk to. Required where an e-mail or a telephone number is given."),
        "许承泽", ("联系人", "联系人姓名", "客户联系人", "contact name", "contact person"),
    ),
    Column(
        "email", _("E-mail address"), _("Notices go to this address."), "xu@example.com",
        ("邮箱", "邮件", "电子邮箱", "电子邮件", "email"),
    ),
    Column(
        "phone", _("Phone"), _("Mobile or landline."), "13800138000",
        ("电话", "手机", "手机号", "联系电话", "手机号码", "telephone", "mobile", "phone number"),
    ),
    Column(
        "may_approve", _("May confirm"), _("Yes or no: whether this contact’s confirmation counts."), "是",
        ("可确认", "可否确认", "有权确认", "may approve", "approver"),
    ),
    Column(
        "bookkeeper", _("Bookkeeper in charge"), _("A member of your firm, by name or e-mail."), "",
        ("主办会计", "经办会计", "负责会计", "会计", "bookkeeper"),
    ),
    Column(
        "shareholders", _("Shareholders"), _("Names separated by commas: the rule on shareholder loans uses them."),
        "许承泽，周岚", ("股东", "股东姓名"),
    ),
    Column(
        "taken_over_on", _("Books taken over on"), _("A date like 2026-01-01. Errors before it are not yours."),
        "2026-01-01", ("接账日期", "接手日期", "接账日", "taken over on", "takeover date"),
    ),
)  # fmt: skip

KINDS = {
    "general": ("一般", "一般纳税人", "增值税一般纳税人", "general", "general taxpayer"),
    "small": ("小规模", "小规模纳税人", "small", "small-scale", "small-scale taxpayer"),
}
STANDARDS = {
    "small": ("", "小企业", "小企业会计准则", "小企业准则", "small", "small-enterprise", "small-enterprise standard"),
    "enterprise": ("企业", "企业会计准则", "企业准则", "enterprise", "enterprise standards", "asbe", "cas"),
    "npo": (
        "民间非营利", "民间非营利组织会计制度", "民非", "非营利", "npo", "non-profit", "non-profit standard",
    ),
    "other": ("其他", "其他准则", "其它", "other", "another standard"),
}  # fmt: skip
ANSWERS = {"yes": ("是", "可", "√", "y", "yes", "true", "1"), "no": ("", "否", "不可", "n", "no", "false", "0")}


def word(text: str) -> str:
    """How headings and words are compared: half-width, lower case, single spaces, without stars and remarks."""
    half = unicodedata.normalize("NFKC", text).lower().replace("*", "")
    return " ".join(re.sub(r"\(.*?\)", "", half).replace("e-mail", "email").replace(":", " ").split())


def meaning(words: Mapping[str, Sequence[str]], text: str) -> str | None:
    """The value one of whose words this is; None for anything else."""
    return next((value for value, accepted in words.items() if word(text) in accepted), None)


def columns_in(row: Sequence[str]) -> dict[str, int]:
    """Where each column stands in a row of headings: key → position. The first of two with one meaning counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(row):
        for column in COLUMNS:
            if word(cell) and word(cell) in (*column.others, word(column.heading.msgid)):
                found.setdefault(column.key, position)
    return found
