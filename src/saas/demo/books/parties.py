"""Names of customers, suppliers and employees, and invoice numbers."""

from __future__ import annotations

from random import Random

from saas.demo.books.company import Industry

CITIES = ("杭州", "宁波", "绍兴", "嘉兴", "湖州", "金华", "台州", "温州", "苏州", "上海", "无锡", "南京")
FIRST = "云鼎恒瑞嘉海锦汇安启博星禾润宏德正雅清远天元泰华盛佳明晨创"
SECOND = "舟川和岚丰信达通源景润泽宁诚康乐航翔林辰石磊洋悦鑫峰新帆"
SELLS = {
    "services": ("实业", "置业", "物业管理", "电子商务", "贸易", "健康管理"),
    "trading": ("商贸", "超市", "酒店管理", "百货", "连锁", "供应链"),
    "manufacturing": ("机械", "设备", "五金制品", "汽车零部件", "家居", "电器"),
    "restaurant": ("企业管理", "会展服务", "旅行社", "实业"),
    "technology": ("信息技术", "物流", "医疗科技", "教育科技", "智能装备"),
}
BUYS = {
    "services": ("文化传播", "图文制作", "人力资源", "广告", "信息技术"),
    "trading": ("食品", "日化", "纺织品", "茶叶", "包装制品", "进出口"),
    "manufacturing": ("钢材", "塑料", "电子元件", "模具", "化工材料", "紧固件"),
    "restaurant": ("农产品", "水产", "粮油", "调味品", "酒水", "冷链物流"),
    "technology": ("云计算", "数据服务", "电子", "网络科技", "测试技术"),
}
LANDLORDS = ("资产经营管理有限公司", "置业有限公司", "科技园管理有限公司")
SURNAMES = "王李张刘陈杨黄吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯"
GIVEN = "伟芳娜敏静丽强磊洋艳勇杰娟涛明超秀霞平刚桂英华建文玉兰佳欣怡浩宇子轩雨桐思远嘉俊"


def companies(rng: Random, trades: tuple[str, ...], count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        suffix = rng.choice(("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司"))
        names[rng.choice(CITIES) + rng.choice(FIRST) + rng.choice(SECOND) + rng.choice(trades) + suffix] = None
    return list(names)


def customers(rng: Random, industry: Industry, count: int) -> list[str]:
    return companies(rng, SELLS[industry], count)


def suppliers(rng: Random, industry: Industry, count: int) -> list[str]:
    return companies(rng, BUYS[industry], count)


def landlord(rng: Random) -> str:
    return "杭州" + rng.choice(FIRST) + rng.choice(SECOND) + rng.choice(LANDLORDS)


def people(rng: Random, count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))] = None
    return list(names)


class Invoices:
    """数电票 numbers (domain.md F4): year, region, channel, fifteen digits that grow from one invoice to the next."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.sequence = rng.randrange(10**7, 10**9)

    def next(self, year: int) -> str:
        self.sequence += self.rng.randrange(3, 90_000)
        region, channel = self.rng.choice(("33", "33", "33", "31", "32")), self.rng.choice("12")
        return f"{year % 100:02d}{region}{channel}{self.sequence:015d}"
