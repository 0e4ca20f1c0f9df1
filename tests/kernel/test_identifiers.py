"""Numbers that registers issue: right ones read, wrong ones refused with the reason."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.identifiers import (
    ID_CHECKS,
    ID_WEIGHTS,
    USCC_ALPHABET,
    Invoice,
    TaxId,
    bank_branch_code,
    card_number,
    corporate_account,
    email,
    firm_code,
    invoice,
    luhn,
    mobile,
    tax_id,
    uscc,
    uscc_check,
    uuid7,
)
from saas.kernel.pinyin import slug, sort_key

characters = st.sampled_from(USCC_ALPHABET)
codes = st.builds(
    lambda head, region, body: head + region + body + uscc_check(head + region + body),
    st.text(characters, min_size=2, max_size=2),
    st.text(st.sampled_from(string.digits), min_size=6, max_size=6),
    st.text(characters, min_size=9, max_size=9),
)


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "91 1100 0060 0037 341l", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_real_code_is_read_however_it_is_typed(code: str) -> None:
    assert uscc(code) == "91110000600037341L"


@given(codes)
def test_codes_with_their_check_character_are_read(code: str) -> None:
    assert uscc(code) == code


@given(st.text(characters, min_size=9, max_size=9))
def test_rural_collectives_are_read(body: str) -> None:
    first17 = "N2371481" + body
    assert uscc(first17 + uscc_check(first17))


@given(codes, st.integers(0, 17), characters)
def test_any_single_wrong_character_is_refused(code: str, place: int, other: str) -> None:
    assume(code[place] != other)
    with pytest.raises(Invalid):
        uscc(code[:place] + other + code[place + 1 :])


@given(codes, st.integers(0, 16))
def test_any_two_swapped_neighbours_are_refused(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    with pytest.raises(Invalid):
        uscc(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("9111000060003734", "18 characters; this has 16"),
        ("", "this has 0"),
        ("91110000600037341I", "never contains I"),
        ("9111O0006OOO37341L", "never contains O"),
        ("91110000600037341M", "check character"),
        ("9111000A600037341L", "region's digits"),
    ],
)
def test_a_refusal_says_what_is_wrong(code: str, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        uscc(code)
    assert reason in refusal.value.reason.to("en")
    assert refusal.value.reason.to("zh") != refusal.value.reason.to("en")


def person(first17: str) -> str:
    return first17 + ID_CHECKS[sum(int(c) * w for c, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def test_a_sole_trader_may_hold_other_numbers() -> None:
    identity = person("37010219800229123")
    assert tax_id("370102600123456", sole_trader=True) == TaxId("registration", "370102600123456")
    assert tax_id(identity.lower(), sole_trader=True) == TaxId("id_card", identity)
    assert tax_id(identity + "01", sole_trader=True) == TaxId("id_card", identity + "01")
    assert tax_id("91110000600037341L", sole_trader=True).kind == "uscc"


@pytest.mark.parametrize("number", ["370102600123456", person("37010219800229123")])
def test_a_company_may_not(number: str) -> None:
    with pytest.raises(Invalid):
        tax_id(number)


@pytest.mark.parametrize("first17", ["37010219810229123", "37010219801301123", "07010219800229123"])
def test_an_identity_number_needs_a_real_birthday_and_region(first17: str) -> None:
    with pytest.raises(Invalid):
        tax_id(person(first17), sole_trader=True)


@pytest.mark.parametrize(
    ("number", "code", "read"),
    [
        ("26112000000123456789", "", Invoice("digital", "", "26112000000123456789")),
        ("12345678", "1100213130", Invoice("coded", "1100213130", "12345678")),
        ("12345678", "011002100311", Invoice("coded", "011002100311", "12345678")),
        ("110021313012345678", "", Invoice("coded", "1100213130", "12345678")),  # 10 + 8 written as one
        ("01100210031112345678", "", Invoice("coded", "011002100311", "12345678")),  # 12 + 8 written as one
    ],
)
def test_invoice_numbers(number: str, code: str, read: Invoice) -> None:
    assert invoice(number, code) == read


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345678", ""),
        ("1234567", "1100213130"),
        ("2611200000012345678", ""),
        ("12345678", "11002"),
        ("26A12000000123456789", ""),
        ("", ""),
    ],
)
def test_numbers_no_invoice_has(number: str, code: str) -> None:
    with pytest.raises(Invalid):
        invoice(number, code)


def test_cards_have_a_check_digit() -> None:
    assert card_number("4111 1111 1111 1111") == "4111111111111111"
    with pytest.raises(Invalid):
        card_number("4111 1111 1111 111")


@given(
    st.text(st.sampled_from(string.digits), min_size=15, max_size=18),
    st.integers(0, 18),
    st.sampled_from(string.digits),
)
def test_any_single_wrong_digit_of_a_card_is_refused(body: str, place: int, other: str) -> None:
    card = next(body + digit for digit in string.digits if luhn(body + digit))
    assert card_number(card) == card
    assume(place < len(card) and card[place] != other)
    with pytest.raises(Invalid):
        card_number(card[:place] + other + card[place + 1 :])


def test_a_companys_account_is_never_refused_for_a_check_digit() -> None:
    assert all(corporate_account(f"1109 0876 5432 1{last}") for last in range(10))
    assert corporate_account("3100-1613-8030-5000-0123") == "31001613803050000123"


@pytest.mark.parametrize("account", ["1234567", "1" * 33, "ABC12345678"])
def test_accounts_of_an_impossible_length(account: str) -> None:
    with pytest.raises(Invalid):
        corporate_account(account)


def test_branch_codes() -> None:
    assert bank_branch_code("102 100 099 996") == "102100099996"
    for wrong in ("10210009999", "1021000999960", "002100099996", "10210009999X"):
        with pytest.raises(Invalid):
            bank_branch_code(wrong)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Ben.Lee+tax@Example.COM ", "Ben.Lee+tax@example.com"),
        ("ｂｅｎ＠ｑｉｎｇ．ｃｎ", "ben@qing.cn"),
        ("a@b.co", "a@b.co"),
    ],
)
def test_mail_addresses(typed: str, read: str) -> None:
    assert email(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ben",
        "ben@",
        "@qing.cn",
        "ben@qing",
        "a b@qing.cn",
        "ben@qing.cn\nBcc: x@y.cn",
        "ben..lee@qing.cn",
        "ben@-qing.cn",
        "ben@qing.c",
        f"{'a' * 65}@qing.cn",
        "ben@" + "a." * 130 + "cn",
        "ben@@qing.cn",
        "<ben@qing.cn>",
        "ben@127.0.0.1",
    ],
)
def test_what_is_no_mail_address(typed: str) -> None:
    with pytest.raises(Invalid):
        email(typed)


@pytest.mark.parametrize(
    "typed", ["13800138000", "+86 138-0013-8000", "0086 13800138000", "86 13800138000", "１３８００１３８０００"]
)
def test_mobile_numbers(typed: str) -> None:
    assert mobile(typed) == "13800138000"


@pytest.mark.parametrize("typed", ["1380013800", "12800138000", "138001380000", "010-12345678", "٠13800138000", ""])
def test_what_is_no_mobile_number(typed: str) -> None:
    with pytest.raises(Invalid):
        mobile(typed)


def test_ids_are_version_7_and_sort_by_time() -> None:
    start = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    made = []
    for microsecond in (0, 1, 999, 1000, 250_000):
        with clock.at(start.replace(microsecond=microsecond)):
            made.append(uuid7())
    assert made == sorted(made)
    assert {(u.version, u.variant) for u in made} == {(7, "specified in RFC 4122")}
    assert made[0].int >> 80 == int(start.timestamp() * 1000)
    with clock.at(start):
        assert len({uuid7() for _n in range(1000)}) == 1000


def test_firm_codes_are_readable_and_differ() -> None:
    made = {firm_code() for _n in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")


def test_names_sort_by_sound() -> None:
    names = ["重庆小面", "安徽茶业", "Acme", "北京清账", "清账财务", "请客餐饮"]
    assert sorted(names, key=sort_key) == ["Acme", "安徽茶业", "北京清账", "重庆小面", "请客餐饮", "清账财务"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("北京清账财务咨询有限公司", "bei-jing-qing-zhang-cai-wu-zi-xun"),
        ("Paula & Co. (Beijing)", "paula-co"),
        ("上海 ABC 会计事务所（普通合伙）", "shang-hai-abc-kuai-ji"),
        ("有限公司", "you-xian-gong-si"),
        ("！？", "firm"),
    ],
)
def test_slugs(name: str, address: str) -> None:
    assert slug(name) == address


@given(st.text(max_size=80))
def test_a_slug_is_always_an_address(name: str) -> None:
    made = slug(name)
    assert 1 <= len(made) <= 40
    assert set(made) <= set(string.ascii_lowercase + string.digits + "-")
    assert not made.startswith("-")
    assert not made.endswith("-")
