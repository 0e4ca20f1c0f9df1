"""Which passwords are taken, and that a sign-in tells nothing about who has an account."""

import time
from statistics import median

import pytest

from saas.kernel import passwords
from saas.kernel.passwords import hash_password, needs_rehash, verify, weakness

GOOD = "三月对账 before lunch"


@pytest.mark.parametrize("password", ["x7#kQ2!mPz", "账" + "目清楚每月一次对一遍", GOOD, "a1b2" * 32])
def test_taken(password: str) -> None:
    assert weakness(password) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("x7#kQ2!mP", "at least 10"),
        ("", "at least 10"),
        ("a1b2" * 32 + "x", "at most 128"),
        ("1234567890", "first anyone would try"),
        ("Woaini1314520", "first anyone would try"),
        ("１２３４５６７８９０", "first anyone would try"),  # the same keys through an input method
        ("ababababababab", "first anyone would try"),
        ("cleo.zhang2026!", "your name"),
    ],
)
def test_refused(password: str, reason: str) -> None:
    weak = weakness(password, personal=["Cleo.Zhang@qing.cn", "Li"])
    assert weak is not None
    assert reason in weak.to("en")


async def test_hash_and_verify() -> None:
    stored = await hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert await verify(GOOD, stored)
    assert not await verify(GOOD + ".", stored)
    assert not needs_rehash(stored)
    assert stored != await hash_password(GOOD)


async def test_the_same_keys_through_an_input_method_match() -> None:
    assert await verify("ｂｅｆｏｒｅ　ｌｕｎｃｈ", await hash_password("before lunch"))


async def test_only_the_whole_text_counts() -> None:
    longest = "a1b2" * 32
    assert not await verify(longest + "more", await hash_password(longest))


async def test_without_an_account_the_answer_is_no() -> None:
    assert not await verify("no account has this password", "")


def test_the_comparison_without_an_account_uses_todays_settings() -> None:
    assert not needs_rehash(passwords._DUMMY)


async def test_a_missing_account_takes_as_long_as_a_wrong_password() -> None:
    stored = await hash_password(GOOD)

    async def seconds(known: str) -> float:
        start = time.process_time()
        await verify("something else entirely", known)
        return time.process_time() - start

    pairs = [(await seconds(stored), await seconds("")) for _n in range(7)]
    known, unknown = median(a for a, _b in pairs), median(b for _a, b in pairs)
    assert 0.5 < known / unknown < 2  # without the dummy it is 100 and more


async def test_too_many_failures_slow_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "SLOW_SECONDS", 0.2)
    stored = await hash_password(GOOD)
    start = time.perf_counter()
    assert await verify(GOOD, stored, slow=True)
    assert time.perf_counter() - start >= 0.2


def test_the_list_holds_only_what_could_be_chosen() -> None:
    words = passwords.common() - {""}
    assert len(words) > 2000
    assert all(passwords.SHORTEST <= len(word) <= passwords.LONGEST and word == word.casefold() for word in words)
