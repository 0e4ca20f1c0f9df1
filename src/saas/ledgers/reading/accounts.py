"""Account cells: a code, a name, both joined, and an auxiliary item in brackets."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

CODE = re.compile(r"[0-9A-Za-z]*\d[0-9A-Za-z]*(?:[.\-_/\\][0-9A-Za-z]+)*")
JOINED = re.compile(r"[\[(（【]?(\d{3,}[A-Za-z]?(?:[.\-]\d+)*)[\])）】]?[\s_\-:：—|/\\]*([^\d\s].*)")
TRAILING = re.compile(r"(\D.*?)\s*[(\[（【](\d{3,}(?:[.\-]\d+)*)[)\]）】]")
AUX = re.compile(r"(.+?)\s*[\[【](.+?)[\]】]\s*$")
LABEL = re.compile(r"^(?:[^:：]{1,8}[:：]\s*|[^-:：]{1,8}---(?:[0-9A-Za-z.]+---)?)")  # 客户:甲公司, 客户---001---甲公司


class AccountCell(NamedTuple):
    """What an account cell holds; empty strings for what it lacks."""

    code: str
    name: str
    aux: str


def read(text: str) -> AccountCell:
    """Split "1001", "1001.0", "1001 库存现金", "1122_应收账款[甲公司]", "库存现金(1001)", "管理费用-办公费"."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("'`")
    plain = re.sub(r"^(\d{3,})\.0$", r"\1", plain)
    if CODE.fullmatch(plain):
        return AccountCell(plain, "", "")
    plain, aux = bracketed(text.strip().strip("'`"))
    if CODE.fullmatch(plain):
        return AccountCell(plain, "", aux)
    if match := JOINED.fullmatch(plain):
        return AccountCell(unicodedata.normalize("NFKC", match[1]), match[2].strip(), aux)
    if match := TRAILING.fullmatch(plain):
        return AccountCell(match[2], match[1].strip(), aux)
    return AccountCell("", plain, aux)


def bracketed(text: str) -> tuple[str, str]:
    """A name and the auxiliary item in square brackets behind it: 应收账款[甲公司] → 应收账款, 甲公司."""
    if (match := AUX.fullmatch(text)) and not match[2].isdigit():
        return match[1], auxiliary(match[2])
    return text, ""


def auxiliary(text: str) -> str:
    """Auxiliary items joined by "/", without their labels: "客户:甲公司;部门:销售部" → "甲公司/销售部"."""
    parts = [part for part in re.split(r"[;；|\[\]【】\n]+|,(?=[^,]{1,8}[:：])", text) if part.strip(" ,，/")]
    return "/".join(LABEL.sub("", part.strip(" ,，/")) for part in parts)
