"""What a column heading may stand for. The headings themselves are data: headings.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

UNITS = re.compile(r"[(\[]\s*(?:元|单位:?元|人民币|人民币元|rmb|cny|yuan|usd|eur|必填|选填)\s*[)\]]")

# What a heading unlike any listed one probably is: (pattern, field). The score of such a match is lower.
LIKELY: tuple[tuple[str, str], ...] = (
    (r"^(?!.*(数量|外币|原币|余额|累计|期初|期末|科目|户|单价)).*借方?.*(金额|发生|本币|本位币)", "debit"),
    (r"^(?!.*(数量|外币|原币|余额|累计|期初|期末|科目|户|单价)).*贷方?.*(金额|发生|本币|本位币)", "credit"),
    (r"^debit(?!or)|(?<!cre)debit(amt|amount|value)", "debit"),
    (r"^credit(?!or|debit)|credit(amt|amount|value)", "credit"),
    (r"(科目|账户).*(编码|代码|编号|号码)", "account"),
    (r"(科目|账户).*(名称|全称)", "account_name"),
    (r"(gl|account|acct).*(number|num|no|code|id)$", "account"),
    (r"(gl|account|acct).*(name|desc|description|title)$", "account_name"),
    (r"凭证.*(编?号|字号|号数)", "number"),
    (r"凭证.*(字|类)", "word"),
    (r"^(journal|je|voucher|transaction|document)(entry)?(id|no|number|num)$", "journal"),
    (r"摘要", "summary"),
    (r"(凭证|记账|入账).*日期", "date"),
    (r"(posting|effective|gl|journal|accounting|transaction)date", "date"),
    (r"辅助|核算项目|往来|客户|供应商|职员|部门", "aux"),
    (r"^(制单|录入|填制)(人|员)", "preparer"),
    (r"^(审核|复核)(人|员)", "reviewer"),
    (r"^(记账|过账)(人|员)", "poster"),
    (r"附(件|单据)", "attachments"),
    (r"发票号|票据号", "reference"),
)

LIKELY_BALANCE: tuple[tuple[str, str], ...] = (
    (r"(数量|外币|原币|单价)", ""),
    (r"年初.*借", "year_opening_debit"),
    (r"年初.*贷", "year_opening_credit"),
    (r"(期初|月初|上期|上月).*借", "opening_debit"),
    (r"(期初|月初|上期|上月).*贷", "opening_credit"),
    (r"(期末|月末).*借", "closing_debit"),
    (r"(期末|月末).*贷", "closing_credit"),
    (r"累计.*借|借.*累计", "year_debit"),
    (r"累计.*贷|贷.*累计", "year_credit"),
    (r"(本期|本月|当期|发生).*借|借方?.*发生", "debit"),
    (r"(本期|本月|当期|发生).*贷|贷方?.*发生", "credit"),
    (r"(科目|账户).*(编码|代码|编号|号码)", "account"),
    (r"(科目|账户).*(名称|全称)", "account_name"),
    (r"^(open|begin).*(debit|dr)$", "opening_debit"),
    (r"^(open|begin).*(credit|cr)$", "opening_credit"),
    (r"^(clos|end).*(debit|dr)$", "closing_debit"),
    (r"^(clos|end).*(credit|cr)$", "closing_credit"),
    (r"^(open|begin)", "opening"),
    (r"^(clos|end)", "closing"),
    (r"(gl|account|acct).*(number|num|no|code|id)$", "account"),
    (r"(gl|account|acct).*(name|desc|description|title)$", "account_name"),
)

MANY = {"aux", "reference"}  # several columns may carry these; they are joined


@cache
def fields(kind: str) -> dict[str, tuple[str, ...]]:
    """The fields of kind "lines" or "balances" in the order in which they take their columns, with their headings."""
    with Path(__file__).with_name("headings.toml").open("rb") as file:
        tables: dict[str, dict[str, str]] = tomllib.load(file)
    lines = tables["lines"]
    expanded = {
        name: [w for word in words.split() for w in (lines[word[1:]].split() if word.startswith("@") else [word])]
        for name, words in tables[kind].items()
    }
    return {name: tuple(word for word in words if not word.startswith("@")) for name, words in expanded.items()}


def normal(heading: str) -> str:
    """A heading without blanks, units, punctuation and case: "JE_Header_ Description" → "jeheaderdescription"."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = UNITS.sub("", re.sub(r"\s+", "", text))
    return re.sub(r"[^0-9a-z\u3400-\u9fff]", "", text).replace("帐", "账")


@cache
def scores(kind: str) -> dict[str, dict[str, float]]:
    """heading → {field: score 0…1} for kind "lines" or "balances"; the first headings of a field score highest."""
    found: dict[str, dict[str, float]] = {}
    for field, headings in fields(kind).items():
        for place, heading in enumerate(dict.fromkeys(headings)):
            found.setdefault(normal(heading), {}).setdefault(field, max(1 - place * 0.008, 0.7))
    return found


@lru_cache(4096)  # the first rows of every sheet are asked several times
def fields_of(heading: str, kind: str) -> dict[str, float]:
    """What a heading may be, with scores; empty when it is like nothing known."""
    plain = normal(heading)
    exact = scores(kind).get(plain)
    if exact is not None or not plain or len(plain) > 30:
        return exact or {}
    patterns = LIKELY if kind == "lines" else LIKELY_BALANCE
    field = next((field for pattern, field in patterns if re.search(pattern, plain)), "")
    return {field: 0.6} if field else {}
