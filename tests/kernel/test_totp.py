"""Codes of the second factor: right ones once, within one step, and recovery codes once each."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from saas.kernel.totp import (
    STEP,
    accepted_step,
    hash_recovery_code,
    new_recovery_codes,
    new_secret,
    setup_uri,
    spend_recovery_code,
)

NOW = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238 appendix B, SHA-1


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_vectors_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert accepted_step(RFC_SECRET, code, moment) == seconds // STEP


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_either_way_is_forgiven(steps: int, taken: bool) -> None:
    secret = new_secret()
    code = code_at(secret, NOW + timedelta(seconds=STEP * steps))
    assert (accepted_step(secret, code, NOW) is not None) is taken


def test_a_step_is_used_once_and_never_an_older_one() -> None:
    secret = new_secret()
    step = accepted_step(secret, code_at(secret, NOW), NOW)
    assert step is not None
    assert accepted_step(secret, code_at(secret, NOW), NOW, last_step=step) is None
    assert accepted_step(secret, code_at(secret, NOW - timedelta(seconds=STEP)), NOW, last_step=step) is None
    later = NOW + timedelta(seconds=STEP)
    assert accepted_step(secret, code_at(secret, later), later, last_step=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "一二三四五六"])
def test_what_is_no_code(code: str) -> None:
    assert accepted_step(RFC_SECRET, code, NOW) is None


def test_spaces_and_full_width_digits_are_forgiven() -> None:
    moment = datetime.fromtimestamp(59, UTC)
    assert accepted_step(RFC_SECRET, " 287 082", moment) == accepted_step(RFC_SECRET, "２８７０８２", moment) == 1


def test_the_qr_code_names_firm_and_person() -> None:
    uri = urlsplit(setup_uri(RFC_SECRET, "ben@qing.cn", "清账"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query) == {"secret": [RFC_SECRET], "issuer": ["清账"]}


def test_each_recovery_code_works_once() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    left = [hash_recovery_code(code) for code in codes]
    for code in reversed(codes):
        remaining = spend_recovery_code(left, code.upper().replace("-", " "))
        assert remaining is not None
        assert len(remaining) == len(left) - 1
        assert spend_recovery_code(remaining, code) is None
        left = remaining
    assert left == []


def test_nothing_stored_shows_a_recovery_code() -> None:
    code = new_recovery_codes()[0]
    assert code.replace("-", "") not in hash_recovery_code(code)
    assert spend_recovery_code([], "") is None
