"""A complete adjustment notice, the one of the design's pictures 5 and 6: used by tests here and elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.forms import ClientForm
from saas.clients.models import Client, Contact
from saas.clients.register import fill, next_number
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import Text
from saas.notices import drafts
from saas.notices.models import Notice

USCC = "91110000600037341L"
ANSWER_BY = date(2026, 11, 30)
TITLE = Text("%(title)s", title="茶叶色选机一次计入管理费用，应为固定资产")


def _line(voucher: str, summary: str, account: str, name: str, *, debit: int = 0, credit: int = 0) -> dict[str, Any]:
    return {
        "voucher": voucher,
        "summary": summary,
        "account": account,
        "name": name,
        "debit_fen": debit,
        "credit_fen": credit,
        "red": debit < 0 or credit < 0,
    }


WRONG, RED, BLUE, CATCH_UP = "记-47", "记-61", "记-62", "记-63"
VAT, BANK = ("22210101", "应交税费—应交增值税（进项税额）"), ("100201", "银行存款—工行城西支行")

CONTENT: dict[str, Any] = {
    "found_by": "rule",
    "period": "2026-09",
    "facts": {
        "zh": "9 月 18 日记-47 号凭证将购入的茶叶色选机一台，不含税价 86,800.00 元，一次计入“管理费用—办公费”。",
        "en": "Voucher 记-47 of 18 September charged a tea sorting machine of 86,800.00 yuan to office expense.",
    },
    "evidence": {
        "zh": "凭证记-47、发票、银行回单和验收单",
        "en": "voucher 记-47, the invoice, the bank slip and the acceptance report",
    },
    "cause_class": "entry",
    "cause": {
        "zh": "记账人员选错科目；设备预计使用十年，应计入固定资产",
        "en": "the wrong account was chosen; the machine serves ten years and is a fixed asset",
    },
    "responsibility": "firm",
    "basis": {
        "zh": "《会计基础工作规范》第五十一条第（五）项",
        "en": "Basic Standards of Accounting Work, article 51 (5)",
    },
    "contract_basis": {"zh": "代理记账合同第七条", "en": "clause 7 of the bookkeeping contract"},
    "method": {"zh": "红字更正法", "en": "red-letter correction"},
    "booking_date": "2026-11-30",
    "booking_period": "2026-11",
    "original_lines": [
        _line(WRONG, "购茶叶色选机", "560201", "管理费用—办公费", debit=8_680_000),
        _line(WRONG, "购茶叶色选机", *VAT, debit=1_128_400),
        _line(WRONG, "购茶叶色选机", *BANK, credit=9_808_400),
    ],
    "correcting_lines": [
        _line(RED, "注销 9 月 18 日记-47 号凭证", "560201", "管理费用—办公费", debit=-8_680_000),
        _line(RED, "注销 9 月 18 日记-47 号凭证", *VAT, debit=-1_128_400),
        _line(RED, "注销 9 月 18 日记-47 号凭证", *BANK, credit=-9_808_400),
        _line(BLUE, "订正 9 月 18 日记-47 号凭证", "160103", "固定资产—生产设备", debit=8_680_000),
        _line(BLUE, "订正 9 月 18 日记-47 号凭证", *VAT, debit=1_128_400),
        _line(BLUE, "订正 9 月 18 日记-47 号凭证", *BANK, credit=9_808_400),
        _line(CATCH_UP, "补提 2026 年 10 月折旧", "410103", "制造费用—折旧费", debit=68_717),
        _line(CATCH_UP, "补提 2026 年 10 月折旧", "160203", "累计折旧—生产设备", credit=68_717),
    ],
    "comparison": [
        {"item": "assets", "before_fen": 186_300_000, "change_fen": 8_611_283, "after_fen": 194_911_283},
        {"item": "costs", "before_fen": 52_418_000, "change_fen": -8_611_283, "after_fen": 43_806_717},
        {"item": "profit", "before_fen": 20_200_000, "change_fen": 8_611_283, "after_fen": 28_811_283},
    ],
    "tax": {
        "vat": "none",
        "cit": {"zh": "按一次性税前扣除，本期补税 0.00 元", "en": "deducted at once: 0.00 to pay for this period"},
        "iit": "none",
        "other": "none",
    },
    "tax_due_fen": 434_000,
    "late_fee_fen": 2_170,
    "late_fee_until": "2026-11-30",
    "amended_returns": {"zh": "企业所得税 2026 年第三季度", "en": "corporate income tax, third quarter of 2026"},
    "statements": {
        "zh": "三季度资产负债表、利润表需更正",
        "en": "balance sheet and income statement of the third quarter change",
    },
    "cost_borne_by": "firm",
    "duties": [
        {
            "what": {"zh": "确认本通知并选择扣除方式", "en": "confirm this letter and choose how to deduct"},
            "by": "2026-11-30",
        },
        {
            "zh": "妥善保管设备验收单与发票原件，并建立固定资产卡片",
            "en": "keep the acceptance report and the invoice, and open a fixed-asset card",
        },
    ],
    "expectation": {
        "zh": "年报前更正完毕，并说明对税款的影响",
        "en": "corrected before the annual report, tax explained",
    },
    "expected_by": "2026-12-05",
    "done_by": "2026-11-30",
    "returns_by": "2026-12-10",
    "report_days": 3,
    "review_days": 3,
    "before_sha256": "9f3c41ae" * 8,
    "annexes": [
        {"zh": "原凭证复印件", "en": "copies of the original vouchers"},
        {"zh": "更正凭证（草稿）", "en": "correcting vouchers (draft)"},
    ],
    "choices": [
        {
            "value": "once",
            "label": {"zh": "一次性税前扣除", "en": "Deduct at once"},
            "detail": {
                "zh": "不补税，我们代为更正三季度附表。",
                "en": "No tax to pay; we amend the annex of the third quarter.",
            },
        },
        {
            "value": "years",
            "label": {"zh": "按折旧分十年扣除", "en": "Deduct over ten years"},
            "detail": {"zh": "本次补税 4,340.00 元，另计滞纳金。", "en": "4,340.00 to pay now, plus the late fee."},
        },
    ],
}


async def make_client(session: AsyncSession, **contact: Any) -> tuple[Client, Contact]:
    """A client with one contact who may approve and reads mail."""
    client = Client(number=await next_number(session), created_at=clock.now())
    form = ClientForm("杭州澄屿茶业有限公司", "small", "small", name_en="Hangzhou Chengyu Tea Co., Ltd.", uscc=USCC)
    fill(client, form)
    session.add(client)
    await session.flush()
    person = Contact(
        **{
            "client_id": client.id,
            "name": "许承泽",
            "title": "总经理",
            "email": "xu@chengyu.example",
            "phone": "13800000001",
            "may_approve": True,
            **contact,
        }
    )
    session.add(person)
    await session.flush()
    return client, person


async def make_draft(
    session: AsyncSession,
    author: Actor,
    client: Client,
    *,
    kind: str = "adjustment",
    locale: str = "zh",
    **changes: Any,
) -> Notice:
    """The sample as a draft; `changes` replace slots, a slot set to None is left out."""
    content = {name: value for name, value in {**CONTENT, **changes}.items() if value is not None}
    return await drafts.draft(
        session,
        author,
        kind=kind,
        client=client,
        subject_kind="case",
        subject_id=UUID(int=7),
        title=TITLE,
        content=content,
        locale=locale,
        answer_by=ANSWER_BY,
        now=clock.now(),
    )
