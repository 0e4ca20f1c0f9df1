"""Where a webhook may go, and how its messages are signed. No database."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from saas.api.webhooks.addresses import NotAllowed, checked, destination, may_be_called
from saas.api.webhooks.signing import new_secret, signature
from saas.kernel.config import settings_from
from saas.kernel.errors import Invalid
from tests.api.conftest import example

INNER = (
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
)  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_never_called(address: str) -> None:
    assert not may_be_called(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_ones_are(address: str) -> None:
    assert may_be_called(ip_address(address))


def test_an_inner_network_only_if_the_operator_says_so() -> None:
    assert may_be_called(ip_address("192.168.10.7"), ["192.168.10.0/24"])
    assert not may_be_called(ip_address("192.168.11.7"), ["192.168.10.0/24"])


@pytest.mark.parametrize(
    "url",
    ["ftp://a.cn/x", "https://", "books.example.com", "https://user:secret@a.cn/", "https://a.cn/#part",
     "https://a.cn:99999/", "https://a.cn/ x", "https://a.cn/\r\nX: 1", "file:///etc/passwd", "https://" + "a" * 600],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        checked(url, production=False)


def test_in_production_only_over_tls() -> None:
    with pytest.raises(Invalid):
        checked("http://books.example.com/", production=True)
    assert checked("http://books.example.com/", production=False).hostname == "books.example.com"


class Rebinding:
    """A name that is public when it is looked at and inner the next time: what DNS rebinding does."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        return self.answers.pop(0)


async def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    resolve = Rebinding(["1.1.1.1"], ["127.0.0.1"])
    where = await destination("https://evil.example.com/hook?a=1", production=True, resolve=resolve)
    assert where.pinned == "https://1.1.1.1:443/hook?a=1"  # no name in it that could be resolved once more
    assert (where.host, where.host_header) == ("evil.example.com", "evil.example.com")
    assert resolve.answers == [["127.0.0.1"]]


async def test_one_inner_address_among_several_is_enough_to_refuse() -> None:
    with pytest.raises(NotAllowed):
        await destination("https://a.cn/", production=True, resolve=Rebinding(["1.1.1.1", "10.0.0.1"]))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_no_way_of_writing_loopback_gets_through(host: str) -> None:
    with pytest.raises(NotAllowed):
        await destination(f"https://{host}/", production=True)


async def test_ipv6_is_written_in_brackets() -> None:
    where = await destination("https://a.cn:8443/", production=True, resolve=Rebinding(["2606:4700::1111"]))
    assert (where.pinned, where.host_header) == ("https://[2606:4700::1111]:8443/", "a.cn:8443")


def test_the_example_receiver_knows_ours_from_others() -> None:
    secret, body, is_genuine = new_secret(), '{"id":"1","text":"账"}'.encode(), example().is_genuine
    header = signature(secret, 1_000_000, body)
    assert is_genuine(secret, header, body, 1_000_010)
    assert not is_genuine(secret, header, body + b" ", 1_000_010)
    assert not is_genuine(new_secret(), header, body, 1_000_010)
    assert not is_genuine(secret, header, body, 1_000_301)  # recorded and sent again later
    assert not is_genuine(secret, header.replace("t=1000000", "t=1000300"), body, 1_000_301)
    assert not is_genuine(secret, "", body, 1_000_010)


def test_the_operator_s_networks_are_checked_at_start(tmp_path: object) -> None:
    given = {"SAAS_DATA_DIR": str(tmp_path), "SAAS_ENV": "test", "SAAS_SECRET_KEY": "x" * 20 + "abcdefghijklmnopqrst"}
    with pytest.raises(Exception, match="SAAS_WEBHOOK_NETWORKS"):
        settings_from({**given, "SAAS_WEBHOOK_NETWORKS": "192.168.10.0/24, office"})
    assert settings_from({**given, "SAAS_WEBHOOK_NETWORKS": "192.168.10.0/24,fd00::/8"}).webhook_networks == (
        "192.168.10.0/24",
        "fd00::/8",
    )
