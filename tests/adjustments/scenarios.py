"""What stands beside the printed cases E01–E22: the facts a person confirms, what the entry should have been, and the
balances afterwards (`right`), in small-standard codes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saas.adjustments.correction.facts import Period, Settings
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.vouchers import Voucher

from .runner import Scenario, both, cit, depreciate, invoice, left_in_closing, pay, settle, surcharge

SERVER = depreciate("24000", 36, date(2026, 2, 21), "5602", "0.04")
EQUIPMENT = depreciate("60000", 60, date(2025, 12, 20), "5602")
RENT = {"subject": "办公室租金", "period": Period(2025, 11)}
SERVICE = {"subject": "服务收入", "period": Period(2025, 10)}
ACTIVITY = {"subject": "业务活动成本", "period": Period(2025)}
SERVICE_LINES = "D 1122[辛] 53000.00 | C 5001 50000.00 | C 2221#未交增值税 3000.00"
SURCHARGE_PAYABLE = "C 2221#城建税 105.00 | C 2221#教育费附加 45.00 | C 2221#地方教育附加 30.00"
SAME = {"posting": "posted", "year": "same"}
CLOSED = {"posting": "posted", "year": "earlier_closed"}
MATERIAL = {**CLOSED, "material": True, "settings": Settings(surplus_reserve=Decimal("0.1"))}

SCENARIOS = [
    Scenario(
        "E01",
        Method.REFILL,
        "D1",
        {"posting": "draft", "year": "same", "kind": "account"},
        "D 5601 880.00 | C 1001 880.00",
    ),
    Scenario("E02", Method.RED_BLUE, "D2", {**SAME, "kind": "account"}, "D 5601 1200.00 | C 1002 1200.00"),
    Scenario("E03", Method.DIFF_RED, "D3", {**SAME, "kind": "amount_high"}, "D 5602 4500.00 | C 1602 4500.00"),
    Scenario("E04", Method.DIFF_BLUE, "D4", {**SAME, "kind": "amount_low"}, "D 5602 33000.00 | C 2211 33000.00"),
    Scenario("E05", Method.RED_BLUE, "D2", {**SAME, "kind": "side"}, "D 1002 5000.00 | C 1122[乙] 5000.00"),
    Scenario(
        "E06",
        Method.RED_ONLY,
        "D5",
        {**SAME, "kind": "duplicate"},
        "",
        mistake={"original": Voucher(date(2026, 4, 18), "记", 19, "付运费", ())},
    ),
    Scenario(
        "E07",
        Method.SUPPLEMENT,
        "D6",
        {**SAME, "kind": "omission"},
        "D 5602 6000.00 | C 2241[房东] 6000.00",
        mistake={"subject": "办公室租金", "period": Period(2026, 3)},
    ),
    Scenario("E08", Method.RED_BLUE, "D2", {**SAME, "kind": "auxiliary"}, "D 1002 8000.00 | C 1122[丁] 8000.00"),
    Scenario(
        "E09",
        Method.RED_BLUE,
        "D2",
        {**SAME, "kind": "tax_split"},
        "D 1405 10000.00 | D 2221#进项税额 1300.00 | C 2202[甲] 11300.00",
    ),
    Scenario(
        "E10",
        Method.RED_BLUE,
        "D2",
        {**SAME, "kind": "tax_split"},
        "D 1002 10100.00 | C 5001 10000.00 | C 2221#应交增值税 100.00",
    ),
    Scenario(
        "E11",
        Method.RED_BLUE,
        "D2",
        {**SAME, "kind": "account"},
        "D 1601 24000.00 | C 1002 24000.00 | D 5602 1280.00 | C 1602 1280.00",
        wanted=("D 1601 24000.00 | C 1002 24000.00",),
        added=SERVER,
    ),
    Scenario(
        "E12",
        Method.RED_NOW_BLUE_THEN,
        "D7",
        {**SAME, "kind": "early"},
        "D 1122[戊] 21200.00 | C 5001 20000.00 | C 2221#销项税额 1200.00",
        mistake={"subject": "服务收入", "period": Period(2026, 6)},
    ),
    Scenario(
        "E13",
        Method.DIFF_RED,
        "D3",
        {**SAME, "kind": "amount_high"},
        "D 1405 4000.00 | D 5401 6000.00 | C 2202[己] 10000.00",
        wanted=("D 1405 10000.00 | C 2202[己] 10000.00", "D 5401 6000.00 | C 1405 6000.00"),
    ),
    Scenario(
        "E14",
        Method.SUPPLEMENT,
        "D6",
        {**SAME, "kind": "omission"},
        "D 3103 300.00 | C 5603 300.00",
        added=left_in_closing,
    ),
    Scenario(
        "E15",
        Method.ORDINARY,
        "D22",
        {**SAME, "kind": "not_an_error"},
        "D 1405 9600.00 | D 2221#进项税额 1248.00 | C 2202[庚] 10848.00",
        added=invoice,
    ),
    Scenario(
        "E16",
        Method.RED_BLUE,
        "D2",
        {"posting": "posted", "year": "earlier_open", "kind": "account"},
        "D 3103 3000.00 | C 1002 3000.00",
        wanted=("D 5601 3000.00 | C 1002 3000.00",),
    ),
    Scenario(
        "E17",
        Method.BLUE_CURRENT,
        "D13",
        {**CLOSED, "kind": "omission"},
        "D 5602 36000.00 | C 2241[房东] 36000.00 | D 2221#企业所得税 1800.00 | C 5801 1800.00",
        wanted=("D 5602 36000.00 | C 2241[房东] 36000.00",),
        mistake=RENT,
        added=cit("-1800"),
        reminders=(("increase", "36000"),),
    ),
    Scenario(
        "E17",
        Method.RESTATE,
        "D15",
        {**MATERIAL, "kind": "omission"},
        "C 2241[房东] 36000.00 | D 2221#企业所得税 1800.00 | D 3104#未分配利润 30780.00 | D 3101 3420.00",
        standards=("enterprise",),
        variant="ent-material",
        wanted=("D 5602 36000.00 | C 2241[房东] 36000.00",),
        mistake=RENT,
        added=cit("-1800"),
    ),
    Scenario(
        "E18",
        Method.BLUE_CURRENT,
        "D13",
        {**CLOSED, "kind": "account"},
        "D 1601 60000.00 | C 1002 63021.00 | D 5602 5000.00 | C 1602 5000.00 | D 5801 3000.00 | D 5711 21.00",
        wanted=("D 1601 60000.00 | C 1002 60000.00",),
        mistake={"subject": "设备误计入费用"},
        added=both(EQUIPMENT, cit("3000"), pay),
        reminders=(("decrease", "60000"),),
    ),
    Scenario(
        "E18",
        Method.RESTATE,
        "D15",
        {**MATERIAL, "kind": "account"},
        # 5602 still holds last year's 60,000 here, because the case's bad voucher is shown before its carry-forward
        "D 1601 60000.00 | C 1002 63021.00 | D 5602 65000.00 | C 1602 5000.00 | D 5711 21.00"
        " | C 3104#未分配利润 51300.00 | C 3101 5700.00",
        standards=("enterprise",),
        variant="ent-material",
        wanted=("D 1601 60000.00 | C 1002 60000.00",),
        mistake={"subject": "设备误计入费用"},
        added=both(EQUIPMENT, cit("3000"), pay),
    ),
    Scenario(
        "E19",
        Method.BLUE_CURRENT,
        "D13",
        {**CLOSED, "kind": "omission"},
        f"{SERVICE_LINES} | D 5403 180.00 | {SURCHARGE_PAYABLE} | D 5801 2491.00 | C 2221#企业所得税 2491.00",
        wanted=(SERVICE_LINES,),
        mistake=SERVICE,
        added=both(surcharge, cit("2491")),
        reminders=(("decrease", "50000"), ("increase", "180")),
    ),
    Scenario(
        "E19",
        Method.RESTATE,
        "D15",
        {**MATERIAL, "kind": "omission"},
        f"D 1122[辛] 53000.00 | C 2221#未交增值税 3000.00 | {SURCHARGE_PAYABLE} | C 2221#企业所得税 2491.00"
        " | C 3104#未分配利润 42596.10 | C 3101 4732.90",
        standards=("enterprise",),
        variant="ent-material",
        wanted=(SERVICE_LINES,),
        mistake=SERVICE,
        added=both(surcharge, cit("2491")),
    ),
    Scenario(
        "E20",
        Method.BLUE,
        "D12",
        {**CLOSED, "kind": "account"},
        "D 1002 100000.00 | C 2241[股东] 100000.00",
        standards=("small", "enterprise", "npo"),
        mistake={"subject": "股东借款误记应收账款"},
    ),
    Scenario(
        "E21",
        Method.NET_ASSETS,
        "D16",
        {**CLOSED, "kind": "omission", "material": True},
        "D @net_assets_unrestricted 20000.00 | C @payable 20000.00",
        standards=("npo",),
        wanted=("D @activity_cost 20000.00 | C @payable 20000.00",),
        mistake=ACTIVITY,
    ),
    Scenario(
        "E21",
        Method.BLUE_CURRENT,
        "D17",
        {**CLOSED, "kind": "omission"},
        "D @activity_cost 20000.00 | C @payable 20000.00",
        standards=("npo",),
        variant="npo-immaterial",
        mistake=ACTIVITY,
    ),
    Scenario(
        "E22",
        Method.ORDINARY,
        "D22",
        {**SAME, "kind": "not_an_error"},
        "D 5801 4200.00 | C 2221#企业所得税 4200.00",
        added=settle,
    ),
]
