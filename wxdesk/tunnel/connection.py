"""The way to the public address, step by step: name, port, certificate.

TLS is done as a plain program does it: OpenSSL, bundled roots, nothing fetched. A browser, and any library that asks
the system (truststore), mends a chain with a missing certificate by itself on Windows and macOS; WeChat does not, and
its operator sees only "Token 校验失败".
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from time import perf_counter

import certifi
from msgspec import Struct

from wxdesk.core.events import ApiCalled, Event
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import PublicUrl, leads_inside
from wxdesk.core.wechat.errcodes import addresses_in

type Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Finds the addresses of a name; raises OSError (`socket.gaierror`)."""

_FAR_AWAY = ((socket.AF_INET, "223.5.5.5"), (socket.AF_INET6, "2400:3200::1"))
"""Public name servers in China; nothing is sent to them."""


async def system_addresses(host: str) -> Sequence[str]:
    """Ask the system for a name's addresses; raises `OSError`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from None
    return [str(address[0]) for *_, address in found]


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


_REFUSALS = (
    dict.fromkeys((9, 10), CheckVerdict.CERTIFICATE_EXPIRED)  # X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED
    # …_DEPTH_ZERO_SELF_SIGNED_CERT, …_SELF_SIGNED_CERT_IN_CHAIN
    | dict.fromkeys((18, 19), CheckVerdict.CERTIFICATE_SELF_SIGNED)
    # …_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, …_UNABLE_TO_VERIFY_LEAF_SIGNATURE
    | dict.fromkeys((20, 21), CheckVerdict.CHAIN_INCOMPLETE)
    | dict.fromkeys((62, 64), CheckVerdict.CERTIFICATE_OTHER_NAME)  # …_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH
)
"""Verdicts on refused certificates; no known issuer is a gap in the chain."""


@cache
def checking_context(
    roots: str | None = None, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
) -> ssl.SSLContext:
    """Make a context that checks chain and name by the bundled roots and `roots`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if roots is not None:
        context.load_verify_locations(roots)
    context.maximum_version = newest
    return context


def blind_context() -> ssl.SSLContext:
    """Make a context that checks nothing, to look at a refused certificate only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def names_its_issuer(certificate: bytes) -> bool:
    """Tell if a certificate (DER) says where its issuer's is, as all public ones do.

    One that does not was made at home, so no chain will ever lead to a root that WeChat knows.
    """
    from cryptography import x509  # only a faulty certificate is looked into
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        found = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )
    except (ValueError, x509.ExtensionNotFound):
        return False
    return any(one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in found.value)


_NO_NETWORK = {errno.ENETUNREACH, errno.ENETDOWN, 10050, 10051}  # the last two are Windows' own


class NoWay(Exception):
    """The address does not lead here: a verdict with its values."""

    def __init__(self, verdict: CheckVerdict, **values: str) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.values: Mapping[str, str] = values


class Surroundings(Struct, frozen=True):
    """Network around a probe; tests have their own on loopback.

    `port_of` gives the port to connect to for one that WeChat calls; `roots` is a file of further roots;
    `egress` gives the address under which WeChat's API sees this machine, empty if unknown.
    """

    resolve: Resolve = system_addresses
    own: Callable[[], Sequence[str]] = own_addresses
    port_of: Callable[[int], int] = int
    roots: str | None = None
    egress: Callable[[], str] = str
    is_private: Callable[[str], bool] = leads_inside


class OwnAddress:
    """Address at which WeChat's API sees this machine, once a refusal names it."""

    def __init__(self) -> None:
        self.value = ""

    def on_event(self, event: Event) -> None:
        """Note the address that a refused call names (40164)."""
        if isinstance(event, ApiCalled) and (addresses := addresses_in(event.errmsg)):
            self.value = addresses[0]


class Connecting:
    """One attempt to reach an address, and how far it came.

    `address` is the IPv4 address once it is known; `connected`: the port answered; `open`: encrypted as well,
    where that is wanted; `only_newest_tls`: TLS 1.2, which is tried first, was refused.
    """

    def __init__(self, url: PublicUrl, around: Surroundings) -> None:
        self.address = ""
        self.connected = self.open = self.only_newest_tls = False
        self._url = url
        self._around = around
        self._began = 0.0
        self._writers: list[StreamWriter] = []

    @property
    def seconds(self) -> float:
        """Seconds since the address is known."""
        return perf_counter() - self._began if self._began else 0.0

    async def reach(self) -> tuple[StreamReader, StreamWriter]:
        """Find the address, connect to it and encrypt.

        Raises:
            NoWay: a step failed.
            OSError: the connection broke in the handshake.
        """
        self.address = await self._find_address()
        self._began = perf_counter()
        stream = await (self._connect() if self._url.scheme == "http" else self._connect_encrypted())
        self.open = True
        return stream

    def close(self) -> None:
        """Cut all connections, whatever is still on the way."""
        for writer in self._writers:
            writer.transport.abort()

    def shut(self, cause: str) -> NoWay:
        """Make the error for a port that does not open; at home the provider shuts it."""
        at_home = self.address == self._around.egress()
        verdict = CheckVerdict.HOME_BROADBAND if at_home else CheckVerdict.FIREWALL
        return NoWay(verdict, ip=self.address, cause=cause)

    async def _find_address(self) -> str:
        """Find the IPv4 address that WeChat would call."""
        found: Sequence[str] = (self._url.host,)
        if self._url.ip is None:
            try:
                found = await self._around.resolve(self._url.host)
            except OSError:
                found = ()
        if not found:
            raise NoWay(CheckVerdict.NAME_UNRESOLVED if self._around.own() else CheckVerdict.OFFLINE)
        address = next((one for one in found if ":" not in one), None)
        if address is None:
            raise NoWay(CheckVerdict.IPV6_ONLY, ip=found[0])
        if self._around.is_private(address):
            raise NoWay(CheckVerdict.PRIVATE_ADDRESS, ip=address)
        return address

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        try:
            reader, writer = await asyncio.open_connection(self.address, self._around.port_of(self._url.port))
        except OSError as error:
            raise NoWay(CheckVerdict.OFFLINE) if error.errno in _NO_NETWORK else self.shut("refused") from None
        self._writers.append(writer)
        self.connected = True
        return reader, writer

    async def _connect_encrypted(self) -> tuple[StreamReader, StreamWriter]:
        """Encrypt by TLS 1.2, else by the newest.

        Some servers cut the connection instead of refusing a version.
        """
        try:
            return await self._encrypted(checking_context(self._around.roots, ssl.TLSVersion.TLSv1_2))
        except ssl.SSLCertVerificationError as error:
            raise await self._untrusted(error) from None
        except OSError:
            pass
        try:
            stream = await self._encrypted(checking_context(self._around.roots))
        except ssl.SSLCertVerificationError as error:
            raise await self._untrusted(error) from None
        except ssl.SSLError as error:
            raise NoWay(CheckVerdict.TLS_FAILED, reason=error.reason or "") from None
        self.only_newest_tls = True
        return stream

    async def _encrypted(self, context: ssl.SSLContext) -> tuple[StreamReader, StreamWriter]:
        reader, writer = await self._connect()
        await writer.start_tls(context, server_hostname=self._url.host)
        return reader, writer

    async def _untrusted(self, error: ssl.SSLCertVerificationError) -> NoWay:
        """Make the error for a certificate; one that names no issuer was made at home."""
        verdict = _REFUSALS.get(error.verify_code, CheckVerdict.TLS_FAILED)
        if verdict is CheckVerdict.CHAIN_INCOMPLETE and await self._is_home_made():
            verdict = CheckVerdict.CERTIFICATE_SELF_SIGNED
        return NoWay(verdict, reason=error.verify_message)

    async def _is_home_made(self) -> bool:
        try:
            _, writer = await self._encrypted(blind_context())
        except OSError:
            return False
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return not names_its_issuer(certificate)
