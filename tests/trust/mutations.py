"""Malformed files, made from good ones by seeded mutation: the same number gives the same file for ever."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from PIL import Image

HEAD = ("日期", "凭证字号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额")
STATEMENT = ("交易日期", "对方户名", "摘要", "收入金额", "支出金额", "余额")
INVOICES = ("开票日期", "发票号码", "销方名称", "购方名称", "金额", "税额", "状态")
CLIENTS = ("客户名称", "统一社会信用代码", "纳税人类型", "联系人", "手机")
ODD = (
    "",
    "=1+1",
    "NaN",
    "1e309",
    "-0",
    "９９．９",
    "2026-02-30",
    "(1,000.00",
    "𠮷" * 40,
    "\x00",
    "\u202e",
    "'",
    '"',
    "<b>",
    "1,23,4",
)
KINDS = (
    "ledger.csv",
    "ledger.xlsx",
    "statement.csv",
    "invoices.xlsx",
    "clients.xlsx",
    "filings.csv",
    "picture.png",
    "picture.jpg",
)


@dataclass(frozen=True, slots=True)
class Broken:
    """One file: what it pretends to be, its bytes, and how many marked rows a reader could still find in it."""

    number: int
    kind: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.number:03d}-{self.kind}"

    @property
    def marks(self) -> set[str]:
        """The marked rows that still stand in a text file, whatever else was done to it."""
        text = self.content.decode("utf-8", "ignore")
        return {f"行{n:04d}" for n in range(ROWS) if f"行{n:04d}" in text}


ROWS = 24


def corpus(count: int) -> list[Broken]:
    return [_broken(number) for number in range(count)]


def _broken(number: int) -> Broken:
    chance = random.Random(f"uploads {number}")
    kind = KINDS[number % len(KINDS)]
    content = _good(kind, chance)
    for _time in range(chance.randint(1, 3)):
        content = chance.choice(MUTATIONS)(content, chance)
    return Broken(number, kind, content)


def _good(kind: str, chance: random.Random) -> bytes:
    if kind.startswith("picture"):
        out = io.BytesIO()
        Image.new("RGB", (chance.randint(1, 90), 40), (10, 20, 30)).save(out, "PNG" if kind.endswith("png") else "JPEG")
        return out.getvalue()
    rows = _rows(kind.partition(".")[0], chance)
    return _xlsx(rows, chance) if kind.endswith("xlsx") else "\n".join(",".join(row) for row in rows).encode()


def _rows(kind: str, chance: random.Random) -> list[list[str]]:
    """A table of its kind, with a few odd cells in it; every row is marked."""
    heads = {"ledger": HEAD, "statement": STATEMENT, "invoices": INVOICES, "clients": CLIENTS}
    rows = [list(heads.get(kind, ("客户", "申报表", "所属期", "申报日期", "受理日期")))]
    for n in range(ROWS):
        amount, day, mark = f"{n + 1}00.00", f"2026-03-{n % 28 + 1:02d}", f"行{n:04d}"
        made = {
            "ledger": [day, f"记-{n // 2 + 1}", mark, ("1002", "5602")[n % 2], "科目",
                       amount if n % 2 else "", "" if n % 2 else f"{n + 2}00.00"],
            "statement": [day, mark, "货款", amount, "", amount],
            "invoices": [day, f"{n:020d}", mark, "买方", amount, "3.00", "正常"],
            "clients": [f"{mark}有限公司", "91330106MA2BT4X12K", "小规模纳税人", "甲", "13800000000"],
        }.get(kind, [mark, "增值税", "2026-03", day, day])  # fmt: skip
        rows.append(made)
    for _time in range(chance.randint(0, 4)):
        row = rows[chance.randrange(1, len(rows))]
        place = chance.choice([i for i, cell in enumerate(row) if "行" not in cell])
        row[place] = chance.choice(ODD)
    return rows


def _xlsx(rows: list[list[str]], chance: random.Random) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    for row in rows:
        page.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    if chance.random() < 0.2:
        page.merge_cells("A2:C4")
    if chance.random() < 0.2:
        page["XFD1048576"] = "far away"
    book.save(out)
    return out.getvalue()


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _noise(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _time in range(chance.randint(1, 40)):
        if made:
            made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _doubled(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + content[: chance.randrange(len(content) + 1)] + content[place:]


def _empty(content: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", b"\n", b"\xef\xbb\xbf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7"))


def _other_encoding(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("gb18030", "utf-16", "big5")), "replace")


def _quotes(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice((b'"', b'""', b'"\n', b"\r\r\n", b"\x00" * 9, b"," * 900)) + content[place:]


def _other_part(content: bytes, chance: random.Random) -> bytes:
    """A zip with one entry spoiled, doubled or left out; other bytes are cut."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            entries = [(name, old.read(name)) for name in old.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError, zipfile.zlib.error):  # type: ignore[attr-defined]
        return _cut(content, chance)
    if not entries:
        return content
    spoiled = chance.randrange(len(entries))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for n, (name, part) in enumerate(entries):
            if n != spoiled:
                new.writestr(name, part)
            elif chance.random() < 0.7:
                new.writestr(name, chance.choice((_cut, _noise, _bomb))(part, chance))
    return out.getvalue()


def _bomb(content: bytes, chance: random.Random) -> bytes:
    """Twenty megabytes of nothing in the middle, a few kilobytes packed."""
    half = len(content) // 2
    return content[:half] + b" " * (20 << 20) + content[half:]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _noise, _doubled, _empty, _other_encoding, _quotes, _other_part,
)  # fmt: skip
