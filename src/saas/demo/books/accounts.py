"""The chart of one company's books: standard accounts (accounting.md §2) with the second levels a bookkeeper opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from saas.demo.books.company import CodeShape, Company

# role, code under 小企业会计准则 (- where it has none), code under 企业会计准则, names from the top, auxiliary,
# taxpayer (S, G or both)
TABLE = """
cash                  1001        1001        库存现金                              -         SG
bank.main             1002.01     1002.01     银行存款/{bank}                       -         SG
bank.second           1002.02     1002.02     银行存款/{second_bank}                -         SG
ar                    1122        1122        应收账款                              customer  SG
prepaid               1123        1123        预付账款                              supplier  SG
receivable.person     1221.01     1221.01     其他应收款/个人往来                   person    SG
receivable.deposit    1221.02     1221.02     其他应收款/押金保证金                 supplier  SG
raw                   1403        1403        原材料                                -         SG
goods                 1405        1405        库存商品                              -         SG
asset.office          1601.01     1601.01     固定资产/办公设备                     -         SG
asset.vehicle         1601.02     1601.02     固定资产/运输工具                     -         SG
asset.plant           1601.03     1601.03     固定资产/生产设备                     -         SG
worn.office           1602.01     1602.01     累计折旧/办公设备                     -         SG
worn.vehicle          1602.02     1602.02     累计折旧/运输工具                     -         SG
worn.plant            1602.03     1602.03     累计折旧/生产设备                     -         SG
software              1701.01     1701.01     无形资产/软件                         -         SG
software.worn         1702.01     1702.01     累计摊销/软件                         -         SG
fitting               1801.01     1801.01     长期待摊费用/装修费                   -         SG
loan                  2001        2001        短期借款                              -         SG
ap                    2202.01     2202.01     应付账款/应付货款                     supplier  SG
ap.estimate           2202.02     2202.02     应付账款/暂估应付款                   supplier  SG
advance               2203        2203        预收账款                              customer  SG
payroll.wage          2211.01     2211.01     应付职工薪酬/工资                     -         SG
payroll.social        2211.02     2211.02     应付职工薪酬/社会保险费               -         SG
payroll.fund          2211.03     2211.03     应付职工薪酬/住房公积金               -         SG
payroll.welfare       2211.04     2211.04     应付职工薪酬/职工福利费               -         SG
vat.levy              2221.01     2221.01     应交税费/应交增值税                   -         S
vat.input             2221.01.01  2221.01.01  应交税费/应交增值税/进项税额          -         G
vat.output            2221.01.02  2221.01.02  应交税费/应交增值税/销项税额          -         G
vat.disallowed        2221.01.03  2221.01.03  应交税费/应交增值税/进项税额转出      -         G
vat.moved             2221.01.04  2221.01.04  应交税费/应交增值税/转出未交增值税    -         G
vat.unpaid            2221.02     2221.02     应交税费/未交增值税                   -         G
tax.cit               2221.03     2221.03     应交税费/应交企业所得税               -         SG
tax.iit               2221.04     2221.04     应交税费/应交个人所得税               -         SG
tax.urban             2221.05     2221.05     应交税费/应交城建税                   -         SG
tax.edu               2221.06     2221.06     应交税费/应交教育费附加               -         SG
tax.local_edu         2221.07     2221.07     应交税费/应交地方教育附加             -         SG
payable.shareholder   2241.01     2241.01     其他应付款/股东借款                   person    SG
withheld.social       2241.02     2241.02     其他应付款/代扣社会保险费             -         SG
withheld.fund         2241.03     2241.03     其他应付款/代扣住房公积金             -         SG
payable.other         2241.04     2241.04     其他应付款/其他往来                   supplier  SG
capital               3001        4001        实收资本                              person    SG
surplus               3101.01     4101.01     盈余公积/法定盈余公积                 -         SG
year_profit           3103        4103        本年利润                              -         SG
retained              3104.15     4104.15     利润分配/未分配利润                   -         SG
production.material   4001.01     5001.01     生产成本/直接材料                     -         SG
production.labour     4001.02     5001.02     生产成本/直接人工                     -         SG
production.overhead   4001.03     5001.03     生产成本/制造费用                     -         SG
overhead.wage         4101.01     5101.01     制造费用/工资                         -         SG
overhead.power        4101.02     5101.02     制造费用/水电费                       -         SG
overhead.depreciation 4101.03     5101.03     制造费用/折旧费                       -         SG
rd                    4301.01     5301.01     研发支出/费用化支出                   -         SG
revenue.goods         5001.01     6001.01     主营业务收入/商品销售收入             -         SG
revenue.service       5001.02     6001.02     主营业务收入/服务收入                 -         SG
revenue.catering      5001.03     6001.03     主营业务收入/餐饮收入                 -         SG
nonop.subsidy         5301.01     6301.01     营业外收入/政府补助                   -         SG
nonop.relief          5301.02     6117.01     -                                     -         SG
cogs.goods            5401.01     6401.01     主营业务成本/商品销售成本             -         SG
cogs.service          5401.02     6401.02     主营业务成本/服务成本                 -         SG
cogs.catering         5401.03     6401.03     主营业务成本/餐饮成本                 -         SG
surcharge             5403        6403        税金及附加                            -         SG
selling.ad            5601.01     6601.01     销售费用/广告宣传费                   -         SG
selling.freight       5601.02     6601.02     销售费用/运杂费                       -         SG
selling.wage          5601.03     6601.03     销售费用/工资                         -         SG
selling.platform      5601.04     6601.04     销售费用/平台服务费                   -         SG
admin.office          5602.01     6602.01     管理费用/办公费                       -         SG
admin.travel          5602.02     6602.02     管理费用/差旅费                       -         SG
admin.entertain       5602.03     6602.03     管理费用/业务招待费                   -         SG
admin.rent            5602.04     6602.04     管理费用/租赁费                       -         SG
admin.utility         5602.05     6602.05     管理费用/水电费                       -         SG
admin.wage            5602.06     6602.06     管理费用/工资                         -         SG
admin.social          5602.07     6602.07     管理费用/社会保险费                   -         SG
admin.fund            5602.08     6602.08     管理费用/住房公积金                   -         SG
admin.depreciation    5602.09     6602.09     管理费用/折旧费                       -         SG
admin.welfare         5602.10     6602.10     管理费用/福利费                       -         SG
admin.phone           5602.11     6602.11     管理费用/通讯费                       -         SG
admin.advice          5602.12     6602.12     管理费用/咨询服务费                   -         SG
admin.amortisation    5602.13     6602.13     管理费用/摊销费                       -         SG
admin.transport       5602.14     6602.14     管理费用/交通费                       -         SG
admin.courier         5602.15     6602.15     管理费用/快递费                       -         SG
admin.rd              5602.16     6602.16     管理费用/研发费用                     -         SG
finance.fee           5603.01     6603.01     财务费用/手续费                       -         SG
finance.income        5603.02     6603.02     财务费用/利息收入                     -         SG
finance.interest      5603.03     6603.03     财务费用/利息支出                     -         SG
loss.fine             5711.01     6711.01     营业外支出/罚款滞纳金                 -         SG
income_tax            5801        6801        所得税费用                            -         SG
prior_year            -           6901        以前年度损益调整                      -         SG
"""
RELIEF_NAME = {"small": "营业外收入/减免税款", "enterprise": "其他收益/减免税款"}
PNL_FIRST = {"small": "5", "enterprise": "6"}  # first digit of the profit-and-loss accounts


@dataclass(frozen=True, slots=True)
class BookAccount:
    """One account as the program exports it. `names` runs from level 1 down to this account."""

    code: str
    names: tuple[str, ...]
    role: str  # "" for accounts that have children
    auxiliary: str  # "", "customer", "supplier" or "person"
    parent: str
    leaf: bool


class BookChart:
    """A company's accounts by role; `rows` also holds the parents, in order of code."""

    def __init__(self, company: Company) -> None:
        self.pnl_first = PNL_FIRST[company.standard]
        self.by_role: dict[str, BookAccount] = {}
        found: dict[str, BookAccount] = {}
        for role, segments, names, auxiliary in _entries(company):
            for depth in range(1, len(segments) + 1):
                code, leaf = _code(segments[:depth], company.code_shape), depth == len(segments)
                parent = _code(segments[: depth - 1], company.code_shape) if depth > 1 else ""
                account = BookAccount(
                    code, names[:depth], role if leaf else "", auxiliary if leaf else "", parent, leaf
                )
                found.setdefault(code, account)
            self.by_role[role] = found[_code(segments, company.code_shape)]
        self.rows = sorted(found.values(), key=lambda account: account.code)
        self.by_code = {account.code: account for account in self.rows}
        self.pnl_roles = [r for r, a in self.by_role.items() if a.code.startswith(self.pnl_first)]

    def account(self, key: str) -> BookAccount:
        """The account of a role, or of a code."""
        return self.by_role.get(key) or self.by_code[key]

    def code(self, role: str) -> str:
        return self.by_role[role].code

    def pnl_among(self, keys: Iterable[str]) -> list[str]:
        """Profit-and-loss accounts: every role, and those of these keys that are codes posted to directly."""
        direct = [key for key in keys if key not in self.by_role and key.startswith(self.pnl_first)]
        return [*self.pnl_roles, *dict.fromkeys(direct)]


def _entries(company: Company) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    entries = []
    for row in TABLE.strip().splitlines():
        role, small, enterprise, names, auxiliary, taxpayers = row.split()
        if ("G" if company.general else "S") not in taxpayers or (role == "bank.second" and not company.second_bank):
            continue
        path = RELIEF_NAME[company.standard] if names == "-" else names
        path = path.format(bank=company.bank, second_bank=company.second_bank)
        code = small if company.standard == "small" else enterprise
        if code == "-":
            continue
        entries.append((role, tuple(code.split(".")), tuple(path.split("/")), "" if auxiliary == "-" else auxiliary))
    return entries


def _code(segments: tuple[str, ...], shape: CodeShape) -> str:
    if shape == "dotted":
        return ".".join(segments)
    return segments[0] + "".join(s.zfill(3) if shape == "4-3-3" else s for s in segments[1:])
