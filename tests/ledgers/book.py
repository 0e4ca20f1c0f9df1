"""One small set of books, written in every layout that exports are known to have."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

Row = list[object]


@dataclass(frozen=True)
class Entry:
    """One line of the books; amounts in yuan as text."""

    day: date
    word: str
    number: int
    line: int
    summary: str
    code: str
    name: str
    debit: str = ""
    credit: str = ""
    aux: str = ""

    @property
    def key(self) -> str:
        return f"{self.day:%Y-%m} {self.word}-{self.number}"


def voucher(day: date, number: int, summary: str, *lines: tuple[str, str, str, str] | tuple[str, ...]) -> list[Entry]:
    return [
        Entry(day, "记", number, at, summary, code, name, debit, credit, *aux)
        for at, (code, name, debit, credit, *aux) in enumerate(lines, 1)
    ]


BOOK: list[Entry] = [
    *voucher(
        date(2026, 3, 5), 1, "提取备用金", ("1001", "库存现金", "5000.00", ""), ("1002", "银行存款", "", "5000.00")
    ),
    *voucher(
        date(2026, 3, 15),
        2,
        "销售商品",
        ("1122", "应收账款", "11300.00", "", "甲公司"),
        ("5001", "主营业务收入", "", "10000.00"),
        ("22210102", "应交税费-应交增值税-销项税额", "", "1300.00"),
    ),
    *voucher(
        date(2026, 3, 20),
        3,
        "冲回多计",
        ("560201", "管理费用-办公费", "-88.50", ""),
        ("1001", "库存现金", "", "-88.50"),
    ),
    *voucher(
        date(2026, 4, 2), 1, "付房租", ("560202", "管理费用-房租", "6000.00", ""), ("1002", "银行存款", "", "6000.00")
    ),
    *voucher(date(2026, 4, 30), 2, "付手续费", ("5603", "财务费用", "0.35", ""), ("1002", "银行存款", "", "0.35")),
]


def header(text: str) -> Row:
    """Headings from one string, separated by bars."""
    return list(text.split("|"))


def first(entry: Entry, value: object) -> object:
    """A value that stands on the voucher's first line only."""
    return value if entry.line == 1 else ""


def yonyou_nc(book: list[Entry]) -> Iterator[Row]:
    yield header(
        "月|日|核算账簿名称|凭证号|分录号|摘要|科目编码|科目名称|辅助项|币种|借方-本币|贷方-本币|核销信息|结算信息"
    )
    for e in book:
        number = f"记-{e.number:04}"
        head: Row = [e.day.month, e.day.day, "甲公司-0001", number, e.line, e.summary, e.code, e.name]
        yield [*head, f"[客商:{e.aux}]" if e.aux else "", "人民币", e.debit, e.credit, "", ""]


def yonyou_tplus(book: list[Entry]) -> Iterator[Row]:
    yield header("凭证日期|凭证号|附单据数|摘要|科目编码|辅助项|借方金额|贷方金额")
    for e in book:
        yield [f"{e.day}", f"记-{e.number:04}", 2, e.summary, e.code, e.aux, e.debit, e.credit]


def kingdee_k3(book: list[Entry]) -> Iterator[Row]:
    yield header(
        "凭证日期|会计年度|会计期间|凭证字|凭证号|科目代码|科目名称|币别代码|币别名称|原币金额|借方|贷方|"
        "制单|审核|核准|出纳|经办|结算方式|结算号|凭证摘要|数量|数量单位|单价|参考信息|业务日期|"
        "往来业务编号|附件数|序号|系统模块|业务描述|汇率类型|汇率|分录序号|核算项目|过账|机制凭证|"
        "现金流量"
    )
    for at, e in enumerate(book, 1):
        head: Row = [f"{e.day:%Y-%m-%d}", e.day.year, e.day.month, e.word, e.number, e.code, e.name, "RMB", "人民币"]
        money: Row = [e.debit or e.credit, e.debit or 0, e.credit or 0]
        people: Row = ["张三", "李四", "", "", "", "", "", e.summary, "", "", "", "", f"{e.day}", "", 1, at, "总账", ""]
        yield head + money + people + ["公司汇率", 1, e.line, e.aux, "王五", "", ""]


def kingdee_kis(book: list[Entry]) -> Iterator[Row]:
    yield header("凭证日期|凭证字|凭证号|附件数|摘要|科目代码|科目名称|借方金额|贷方金额|核算项目")
    for e in book:
        day = e.day.strftime("%Y/%m/%d")
        head = [first(e, day), first(e, e.word), first(e, e.number), first(e, 1), first(e, e.summary)]
        yield [*head, e.code, e.name, e.debit, e.credit, e.aux]


def kingdee_raw(book: list[Entry]) -> Iterator[Row]:
    yield header(
        "FDate|FTransDate|FPeriod|FGroup|FNum|FEntryID|FExp|FAcctID|FAcctName|FDC|FFCYAmt|FDebit|FCredit|FPosted"
    )
    for e in book:
        side = 1 if e.debit else 0
        yield [
            f"{e.day:%Y%m%d}", f"{e.day:%Y%m%d}", e.day.month, e.word, e.number, e.line - 1, e.summary, e.code, e.name,
            side, e.debit or e.credit, e.debit or 0, e.credit or 0, 1,
        ]  # fmt: skip


def yonyou_raw(book: list[Entry]) -> Iterator[Row]:
    yield header("iperiod|csign|ino_id|inid|dbill_date|idoc|cdigest|ccode|ccode_name|md|mc|cbill|ccheck|cbook")
    for e in book:
        yield [
            e.day.month, e.word, e.number, e.line, f"{e.day} 00:00:00", 1, e.summary, e.code, e.name,
            e.debit or "0.00", e.credit or "0.00", "张三", "李四", "王五",
        ]  # fmt: skip


def yonyou_screen(book: list[Entry]) -> Iterator[Row]:
    yield header("制单日期|凭证类别|凭证号|摘要|科目编码|科目名称|借方|贷方|制单|审核|记账")
    for e in book:
        day = e.day.strftime("%Y.%m.%d")
        yield [day, e.word, f"{e.number:04}", e.summary, e.code, e.name, e.debit, e.credit, "张三", "李四", "王五"]


def haokuaiji(book: list[Entry]) -> Iterator[Row]:
    yield header("日期|凭证字号|摘要|科目编码|科目名称|借方金额|贷方金额|制单人|审核人")
    for e in book:
        word = f"{e.word}字第{e.number:04}号"
        yield [f"{e.day}", word, e.summary, e.code, e.name, e.debit, e.credit, "张三", "李四"]


def ningmeng(book: list[Entry]) -> Iterator[Row]:
    yield header("日期|凭证字号|摘要|科目编码|科目名称|借方金额|贷方金额|辅助核算")
    for e in book:
        head = [first(e, f"{e.day}"), first(e, f"{e.word}-{e.number} 1/1"), e.summary]
        yield [*head, e.code, e.name, e.debit, e.credit, f"客户:{e.aux}" if e.aux else ""]


def side_and_amount(book: list[Entry]) -> Iterator[Row]:
    yield header("日期|凭证号|摘要|科目|方向|金额|余额")
    for e in book:
        side = "借" if e.debit else "贷"
        day = f"{e.day.year}年{e.day.month}月{e.day.day}日"
        yield [day, f"{e.word}-{e.number}", e.summary, f"{e.code} {e.name}", side, e.debit or e.credit, "0.00"]


def english_indicator(book: list[Entry]) -> Iterator[Row]:
    yield header(
        "Journal_ID|Line_Number|Effective_Date|Fiscal_Year|Period|GL_Account_Number|GL_Account_Name|"
        "Amount|Amount_Credit_Debit_Indicator|JE_Header_ Description|Business_Unit|Source|Entered_By"
    )
    for e in book:
        day = e.day.strftime("%Y%m%d")
        yield [
            e.key, e.line, day, e.day.year, e.day.month, e.code, e.name, e.debit or e.credit, "S" if e.debit else "H",
            e.summary, e.line % 2, "GL", "STEINER",
        ]  # fmt: skip


def english_debit_credit(book: list[Entry]) -> Iterator[Row]:
    yield header("Posting Date|Journal No.|Account Number|Account Name|Debit|Credit|Description|Department")
    for e in book:
        yield [e.day.strftime("%d-%b-%Y"), e.key, e.code, e.name, e.debit, e.credit, e.summary, ""]


def english_signed(book: list[Entry]) -> Iterator[Row]:
    yield ["Date", "Journal Entry", "Account", "Account Description", "Amount", "Memo"]
    positive = [e for e in book if not (e.debit or e.credit).startswith("-")]
    for e in positive:
        yield [e.day.strftime("%m/%d/%Y"), e.key, e.code, e.name, e.debit or f"({e.credit})", e.summary]


LAYOUTS: dict[str, Callable[[list[Entry]], Iterator[Row]]] = {
    "yonyou-nc": yonyou_nc,
    "yonyou-tplus": yonyou_tplus,
    "kingdee-k3": kingdee_k3,
    "kingdee-kis": kingdee_kis,
    "kingdee-raw": kingdee_raw,
    "yonyou-raw": yonyou_raw,
    "yonyou-screen": yonyou_screen,
    "haokuaiji": haokuaiji,
    "ningmeng": ningmeng,
    "side-and-amount": side_and_amount,
    "english-indicator": english_indicator,
    "english-debit-credit": english_debit_credit,
}


def printed(rows: list[Row]) -> list[Row]:
    """The same table as a printed form: titles, blank rows, page totals, repeated headers, signatures, page marks."""
    headings, *lines = rows
    width = len(headings)
    amounts = [
        at
        for at, name in enumerate(headings)
        if any(w in str(name).lower() for w in ("借方", "贷方", "debit", "credit"))
    ]
    amounts = [at for at in amounts if "indicator" not in str(headings[at]).lower()]
    out: list[Row] = [
        ["序时账"],
        ["单位：甲公司", "", "", "期间：2026年3月至2026年4月"],
        [],
        headings,
    ]
    for at, line in enumerate(lines):
        out.append(line)
        if at % 3 == 2:
            total: Row = [""] * width
            total[0] = "本页合计" if at % 2 else "小计"
            for place in amounts:
                total[place] = "99.00"
            out += [total, [], ["制单人：张三", "", "审核：李四"], ["第1页 共2页"], headings]
    return [*out, [], ["会计主管：王五", "", "", "记账：赵六", "", "打印日期：2026-05-01"], ["Page 2"]]


def shuffled(rows: list[Row], seed: int) -> list[Row]:
    """The columns in another order, with two unknown columns between them."""
    width = len(rows[0])
    order = list(range(width))
    random.Random(seed).shuffle(order)
    extra = ["自定义项1", "Custom Field"]
    return [
        [extra[0] if at == 0 else f"x{at}", *(row[place] for place in order), extra[1] if at == 0 else ""]
        for at, row in enumerate(rows)
    ]
