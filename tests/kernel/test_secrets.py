"""Sealed fields open with the right secret, in their own place, unaltered, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.kernel.secrets import FieldCipher, Sealed, key_id, mask

SECRET, NEXT = "s" * 40, "t" * 40
CIPHER = FieldCipher(SECRET)
PLACE = "firm-a:payees.account:1"


@given(st.text(), st.text())
def test_a_field_opens_in_its_place(text: str, place: str) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(text, place), place) == text


def test_equal_texts_are_sealed_differently() -> None:
    tokens = {CIPHER.encrypt("6222021234567890", PLACE) for _n in range(50)}
    assert len(tokens) == 50
    assert not any("6222021234567890" in token for token in tokens)


def test_a_field_copied_into_another_firm_stays_shut() -> None:
    with pytest.raises(Sealed):
        CIPHER.decrypt(CIPHER.encrypt("6222021234567890", PLACE), "firm-b:payees.account:1")


@given(st.integers(0, 60), st.sampled_from("ABCDEFGHabcdefgh01234567-_."))
def test_altered_bytes_are_noticed(place: int, character: str) -> None:
    token = CIPHER.encrypt("6222021234567890", PLACE)
    position = place % (len(token) - 2)  # the last characters of base64 carry unused bits
    altered = token[:position] + character + token[position + 1 :]
    if altered != token:
        with pytest.raises(Sealed):
            CIPHER.decrypt(altered, PLACE)


@pytest.mark.parametrize(
    "token", ["", "1", "1..", "2.abcdef01.xxxx", f"1.{key_id(SECRET)}.%%%", f"1.{key_id(SECRET)}.QUFB", "账号"]
)
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(Sealed):
        CIPHER.decrypt(token, PLACE)


def test_a_new_secret_still_opens_what_the_old_one_sealed() -> None:
    token = CIPHER.encrypt("6222021234567890", PLACE)
    rotated = FieldCipher(NEXT, old=(SECRET,))
    assert rotated.decrypt(token, PLACE) == "6222021234567890"
    assert not rotated.is_current(token)
    assert rotated.is_current(rotated.encrypt("x", PLACE))
    with pytest.raises(Sealed, match="does not have"):
        FieldCipher(NEXT).decrypt(token, PLACE)


def test_fingerprints_find_equal_accounts_within_one_context_only() -> None:
    account = "6222021234567890"
    assert CIPHER.fingerprint(account, "firm-a") == CIPHER.fingerprint(account, "firm-a")
    assert CIPHER.fingerprint(account, "firm-a") != CIPHER.fingerprint(account, "firm-b")
    assert CIPHER.fingerprint(account, "firm-a") != FieldCipher(NEXT).fingerprint(account, "firm-a")


def test_secrets_show_up_in_no_log_line() -> None:
    assert SECRET not in repr(FieldCipher(SECRET, (NEXT,)))
    assert NEXT not in repr(FieldCipher(SECRET, (NEXT,)))
    assert key_id(SECRET) != key_id(NEXT)


@pytest.mark.parametrize(
    ("text", "shown"), [("6222021234567890", "**** 7890"), ("12345678", "**** 5678"), ("1234567", "****"), ("", "****")]
)
def test_masks(text: str, shown: str) -> None:
    assert mask(text) == shown
