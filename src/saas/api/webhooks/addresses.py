"""Where a webhook may go: out into the public network over TLS, and nowhere into our own.

A name is resolved once, every address it has is looked at, and the connection goes to the address that was looked at.
A name that resolves differently a moment later (DNS rebinding) therefore gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from saas.kernel.errors import Invalid
from saas.kernel.i18n import _

LONGEST = 500
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
PORTS = {"https": 443, "http": 80}
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class NotAllowed(Exception):
    """An address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be called: the URL as written, and the network address that was looked at."""

    url: SplitResult
    host: str
    port: int
    address: str

    @property
    def pinned(self) -> str:
        """The same URL with the address in place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return self.url._replace(netloc=f"{shown}:{self.port}").geturl()

    @property
    def host_header(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == PORTS[self.url.scheme] else f"{shown}:{self.port}"


def checked(written: str, *, production: bool) -> SplitResult:
    """The URL as it may be kept; Invalid with the reason. Whether its name may be called shows when it is resolved."""
    if len(written) > LONGEST or any(c.isspace() or not c.isprintable() for c in written):
        raise Invalid(_("This is not an address a program can be called at."))
    try:
        url = urlsplit(written)
        port = url.port
    except ValueError as error:
        raise Invalid(_("This is not an address a program can be called at.")) from error
    if url.scheme not in PORTS or not url.hostname or port == 0:
        raise Invalid(_("Write the whole address, like https://books.example.com/qingzhang."))
    if url.scheme != "https" and production:
        raise Invalid(_("The address must begin with https://, so that nobody reads along."))
    if url.username or url.password or url.fragment:
        raise Invalid(_("Leave out names, passwords and # parts: the signature proves that it is us."))
    return url


async def destination(
    written: str, *, production: bool, networks: Sequence[str] = (), resolve: Resolve | None = None
) -> Destination:
    """Resolve the name once and look at every address. NotAllowed for any that is not public, nor in `networks`."""
    try:
        url = checked(written, production=production)
    except Invalid as error:
        raise NotAllowed(written) from error
    host, port = str(url.hostname), url.port or PORTS[url.scheme]
    try:
        found = [ip_address(text.partition("%")[0]) for text in await (resolve or _resolved)(host, port)]
    except (OSError, UnicodeError, ValueError) as error:
        raise NotAllowed(host) from error
    if not found or not all(may_be_called(address, networks) for address in found):
        raise NotAllowed(host)
    return Destination(url, host, port, str(found[0]))


def may_be_called(address: Address, networks: Sequence[str] = ()) -> bool:
    """Public, by every reading of it: an IPv6 address that carries an IPv4 one is judged by both."""
    if any(address in ip_network(network) for network in networks):
        return True
    inner = _carried(address)
    if inner is not None:
        return may_be_called(inner, networks)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: Address) -> Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, Teredo's client, or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


async def _resolved(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
