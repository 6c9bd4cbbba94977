"""The address behind the public name, as far as this machine can tell."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address, ip_network

from wxdesk.threads import aside

type Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Finds the addresses of a name; raises OSError (`socket.gaierror`)."""

_PRETENDED = ip_network("198.18.0.0/15")
"""Addresses that proxy programs such as Clash give out in place of real ones."""

_FAR_AWAY = ((socket.AF_INET, "223.5.5.5"), (socket.AF_INET6, "2400:3200::1"))
"""Public name servers in China; nothing is sent to them."""


async def system_addresses(host: str) -> Sequence[str]:
    """Ask the system for a name's addresses, in a thread that may hang without harm."""

    def ask() -> Sequence[str]:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise OSError(str(error)) from None
        return [str(address[0]) for *_, address in found]

    return await aside(ask, "resolver")


def is_pretended(address: str) -> bool:
    """Tell if a proxy program here gave out this address; the real one is not known."""
    return ip_address(address) in _PRETENDED


def own_addresses() -> tuple[str, ...]:
    """Return the addresses with which this machine goes out; empty without a network.

    Another network has others. A connected UDP socket has its own address before anything is sent.
    """
    found = []
    for family, far_away in _FAR_AWAY:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as outgoing:
            outgoing.connect((far_away, 53))
            found.append(str(outgoing.getsockname()[0]))
    return tuple(found)
