"""Summaries as bookkeepers write them. A bookkeeper has a habit, and sometimes writes it another way."""

from __future__ import annotations

from random import Random

HABIT = 0.85  # how often the usual wording is used

PHRASES: dict[str, tuple[str, ...]] = {
    "sale": ("销售商品-{party}", "确认{party}货款收入", "{party}销售收入", "开票收入 {party}"),
    "service_sale": ("确认{party}服务费收入", "{party}服务收入", "收入确认-{party}", "开票-{party}服务费"),
    "takings": ("{m}月{a}-{b}日营业款", "营业收入({m}.{a}-{m}.{b})", "确认{a}日至{b}日营业收入"),
    "collect": ("收{party}货款", "收到{party}款项", "收货款-{party}", "{party}回款"),
    "advance": ("预收{party}款", "收{party}预付款", "收到{party}定金"),
    "deliver": ("{party}预收款结转收入", "确认收入(预收){party}"),
    "sales_return": ("{party}退货,红字发票", "销售退回-{party} 开具红字发票", "红字发票冲减收入 {party}"),
    "refund": ("退{party}多付货款", "退还{party}多收款", "退款-{party}"),
    "purchase": ("购入商品-{party}", "采购商品入库 {party}", "购进{party}货物", "{party}采购入库"),
    "materials": ("购原材料-{party}", "采购原材料入库 {party}", "{party}材料入库"),
    "food": ("采购食材-{party}", "购入食材 {party}", "{party}食材款"),
    "pay_supplier": ("付{party}货款", "支付{party}款项", "付货款-{party}", "支付{party}采购款"),
    "estimate": ("暂估入库-{party}", "{m}月暂估入库 {party}", "{party}货到票未到暂估"),
    "estimate_reversal": ("冲回{y}年{m}月暂估入库-{party}", "红字冲回{m}月暂估 {party}", "冲{m}月暂估入库-{party}"),
    "wages": ("计提{m}月工资", "计提{y}年{m}月份工资", "{m}月工资计提"),
    "pay_wages": ("发放{m}月工资", "支付{m}月份工资", "代发{m}月工资"),
    "bonus": ("计提{y}年度年终奖", "计提{y}年年终奖金"),
    "pay_bonus": ("发放{y}年度年终奖", "支付{y}年年终奖金"),
    "social": ("计提{m}月单位社保公积金", "计提{m}月社保公积金(单位部分)", "{m}月单位承担社保及公积金"),
    "pay_social": ("缴纳{m}月社保", "支付{m}月份社会保险费", "扣缴{m}月社保"),
    "pay_fund": ("缴纳{m}月公积金", "支付{m}月份住房公积金", "扣缴{m}月公积金"),
    "depreciation": ("计提{m}月折旧", "计提{y}年{m}月固定资产折旧", "{m}月折旧"),
    "amortisation": ("摊销{m}月装修费及软件", "{m}月长期待摊及无形资产摊销", "摊销{m}月装修费、软件费"),
    "rent": ("支付{m}月房租", "付{m}月办公室租金", "{m}月场地租金"),
    "rent_prepaid": ("预付{m}-{n}月房租", "支付{m}至{n}月房租"),
    "rent_share": ("摊销{m}月房租", "{m}月房租摊销"),
    "rent_twice": ("支付{m}、{n}月房租", "付{m}-{n}月办公室租金"),
    "supplier_refund": ("收{party}退款", "收到{party}退回多付款", "{party}退货退款"),
    "over_accrued": ("冲回多计提{m}月工资", "冲销{m}月多提工资"),
    "pay_invoice": ("付{party}货款 发票号{invoice}", "支付{party}发票{invoice}"),
    "loan_back": ("归还银行贷款", "偿还短期借款"),
    "utility": ("支付{m}月水电费", "付{m}月电费水费", "{m}月水电费"),
    "phone": ("付{m}月电话宽带费", "支付{m}月通讯费", "{m}月通讯网络费"),
    "books_fee": ("付{m}-{n}月代理记账费", "支付{m}至{n}月代账费"),
    "travel": ("{person}报销差旅费", "报销差旅费-{person}", "{person}出差费用报销"),
    "office": ("{person}报销办公用品", "购办公用品", "报销办公费-{person}"),
    "entertain": ("{person}报销业务招待费", "报销餐费-{person}", "招待客户餐费 {person}"),
    "transport": ("{person}报销交通费", "报销停车费油费-{person}", "{person}报销打车费"),
    "courier": ("支付{m}月快递费", "报销快递费", "付快递费"),
    "freight": ("支付运费", "付物流运费", "{m}月物流费"),
    "ad": ("支付推广费", "付广告宣传费", "{m}月平台推广费"),
    "platform": ("{m}月平台技术服务费", "外卖平台{m}月服务费", "支付{m}月平台佣金"),
    "advice": ("付咨询服务费", "支付技术服务费", "付顾问费"),
    "subcontract": ("支付{party}外包服务费", "{party}服务成本", "付{party}外协服务费"),
    "cloud": ("付{m}月云服务器费", "支付{m}月云服务费", "{m}月云资源费用"),
    "welfare": ("购员工节日福利", "付员工团建餐费", "员工福利费"),
    "fee": ("银行手续费", "付手续费", "网银手续费", "转账手续费"),
    "interest_income": ("收银行利息", "{q}季度存款利息", "银行存款结息"),
    "interest": ("支付{m}月贷款利息", "付{m}月借款利息"),
    "withdraw": ("提取备用金", "提现", "提备用金"),
    "deposit": ("营业款存银行", "现金存入银行", "存现"),
    "transfer": ("账户间转款", "银行内部转账", "划款至{to}"),
    "shareholder_in": ("收{person}借款", "{person}借入款项", "股东{person}借款"),
    "shareholder_out": ("归还{person}借款", "还{person}股东借款"),
    "travel_advance": ("{person}借差旅备用金", "{person}出差借款"),
    "travel_settle": ("{person}报销差旅费冲借款", "{person}报销差旅费核销备用金"),
    "asset": ("购{thing}", "购入{thing}", "{thing}采购入账"),
    "pay_vat": ("缴纳{m}月增值税", "扣缴{m}月增值税"),
    "pay_levy": ("缴纳{q}季度增值税", "扣缴{q}季度增值税"),
    "vat_relief": ("{q}季度小微企业免征增值税转入", "结转{q}季度免征增值税"),
    "vat_transfer": ("转出{m}月未交增值税", "结转{m}月未交增值税"),
    "disallowed": ("{m}月福利用品进项税额转出", "进项税额转出-集体福利"),
    "surcharge": ("计提{m}月附加税", "计提{m}月城建税及教育费附加", "{m}月附加税计提"),
    "pay_surcharge": ("缴纳{m}月附加税", "扣缴{m}月城建税及附加"),
    "pay_iit": ("缴纳{m}月个人所得税", "扣缴{m}月个税"),
    "stamp": ("缴纳{q}季度印花税", "付{q}季度印花税"),
    "cit": ("计提{q}季度企业所得税", "计提{y}年{q}季度所得税"),
    "pay_cit": ("缴纳{q}季度企业所得税", "扣缴{q}季度企业所得税"),
    "annual_cit": ("{y}年度汇算清缴补缴企业所得税", "补缴{y}年度企业所得税(汇算清缴)"),
    "cost": ("结转{m}月销售成本", "结转{m}月主营业务成本", "{m}月成本结转"),
    "food_cost": ("结转{m}月食材成本", "{m}月餐饮成本结转"),
    "issue": ("{m}月生产领料", "生产领用材料", "结转{m}月领用材料"),
    "overhead": ("结转{m}月制造费用", "分配{m}月制造费用"),
    "finish": ("{m}月完工产品入库", "结转{m}月完工产品成本"),
    "rd": ("结转{m}月研发费用", "{m}月研发支出费用化结转"),
    "subsidy": ("收到政府补助款", "收稳岗补贴", "收到科技局补助"),
    "capital": ("收到{person}投资款", "{person}实缴出资"),
    "close_income": ("结转本期收入", "结转本月收入", "期间损益结转"),
    "close_expense": ("结转本期成本费用", "结转本月成本费用", "期间损益结转"),
    "year_close": ("结转{y}年本年利润并提取盈余公积", "{y}年本年利润转入未分配利润、提取法定盈余公积"),
}


class Wording:
    """One bookkeeper's habits: the usual phrase of each kind is chosen once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.usual = {kind: rng.randrange(len(phrases)) for kind, phrases in PHRASES.items()}

    def say(self, phrase: str, **slots: object) -> str:
        phrases = PHRASES[phrase]
        chosen = phrases[self.usual[phrase]] if self.rng.random() < HABIT else self.rng.choice(phrases)
        return chosen.format(**slots)
