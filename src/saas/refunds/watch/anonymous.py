"""Texts of closed refunds without anybody's name: precedents teach the rule, not who it was."""

from __future__ import annotations

import re
from collections.abc import Iterable

from saas.kernel.i18n import _

MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
CODE = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Z]*\d)[0-9A-Z]{15,20}(?![0-9A-Za-z])")  # credit codes, identity cards
DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){6,21}\d(?!\d)")  # telephones, accounts, invoice numbers; amounts have commas
FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|合伙企业|事务所|工作室|中心|公司)$")
PLACES = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}(?:省|市|区|县))+")
SHORTEST = 2


def anonymised(text: str, names: Iterable[str], members: Iterable[str] = ()) -> str:
    """`text` with clients, people, addresses and numbers replaced; what was paid and when stays readable."""
    company, person, member = str(_("the client")), str(_("a person")), str(_("a colleague"))
    known = {name: company if _is_company(name) else person for name in names if len(name) >= SHORTEST}
    known |= {short: company for name in names for short in short_forms(name)}
    known |= {name: member for name in members if len(name) >= SHORTEST}
    for name in sorted(known, key=len, reverse=True):
        text = re.sub(re.escape(name), known[name], text, flags=re.IGNORECASE)
    for pattern in (MAIL, CODE, DIGITS):
        text = pattern.sub("▇▇", text)
    return text


def short_forms(name: str) -> set[str]:
    """A company is called by the middle of its name: 杭州澄屿茶业有限公司 is 澄屿茶业, 澄屿 too."""
    if not _is_company(name):
        return set()
    core = FORMS.sub("", name)
    bare = PLACES.sub("", core)
    found = {core, bare}
    if len(bare) > 4 and bare == core:  # a city without 市 stands before: 杭州, 宁波
        found |= {bare[2:], bare[2:4]}
    return {form for form in found if len(form) >= SHORTEST}


def _is_company(name: str) -> bool:
    return bool(FORMS.search(name)) or (name.isascii() and len(name.split()) > 2)
