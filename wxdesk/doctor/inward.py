"""Checks of the way in: the listener, the tunnel, and the public address."""

import asyncio
import contextlib
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.errors import BadConfig, PortInUse
from wxdesk.core.model.push import Push
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.probe_challenges import OWN_ECHO, ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import PublicUrl, bracketed, push_path, read_public_url
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.system_failures import NOT_LET, TAKEN, why_not_listening
from wxdesk.doctor.case import Case
from wxdesk.i18n import tr
from wxdesk.threads import on_own_thread
from wxdesk.tunnel.command import find_program
from wxdesk.tunnel.exchange import ask_as_wechat
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.crypto import signature
from wxdesk.webhook.listener import Listener

SSH_SECONDS = 5.0
"""Time in which the server of the tunnel has to answer."""


class SignedChallenges(ProbeChallenges):
    """Challenges for the desk that is open on this home: it knows the Token as well.

    Their echo begins with `OWN_ECHO`, by which the desk does not take them for WeChat's check.
    """

    def __init__(self, account: str, push_token: str) -> None:
        super().__init__()
        self.account = account
        self._token = push_token

    @contextlib.contextmanager
    def issued(self, path: str, at: datetime) -> Iterator[ProbeChallenge]:
        """Issue a challenge; nobody tells this process when it is met."""
        timestamp, nonce, echo = str(int(at.timestamp())), secrets.token_hex(5), OWN_ECHO + secrets.token_hex(8)
        signed = signature(self._token, timestamp, nonce)
        query = urlencode({"signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": echo})
        yield ProbeChallenge(path, query, echo.encode())


async def check_listener(case: Case) -> Iterable[Finding]:
    """Try to listen where the desk would; a port that its own desk has is good."""
    if case.config is None:
        return ()
    host, port = case.config.listener.host, case.config.listener.port
    values = {"host": host, "port": str(port)}
    if port == 0:
        return (Finding(Check.LISTENER, CheckVerdict.OK, values={"host": host, "cause": "any"}),)
    try:
        await on_own_thread(lambda: _try_port(host, port))
    except OSError as error:
        reason = why_not_listening(error)
        if reason == TAKEN:
            case.listens = case.in_use and await _is_our_desk(case, host, port)
            verdict = CheckVerdict.OK if case.listens else CheckVerdict.PORT_TAKEN
            return (Finding(Check.LISTENER, verdict, values=values | {"cause": "ours"} if case.listens else values),)
        verdict = CheckVerdict.PORT_FORBIDDEN if reason == NOT_LET else CheckVerdict.LISTENER_ADDRESS
        return (Finding(Check.LISTENER, verdict, values=values),)
    verdict = CheckVerdict.NOT_LISTENING if case.in_use else CheckVerdict.OK
    return (Finding(Check.LISTENER, verdict, values=values),)


def _try_port(host: str, port: int) -> None:
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with contextlib.closing(socket.socket(family, kind, protocol)) as probe:
            if sys.platform != "win32":  # there it would let two programs have one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)


async def _is_our_desk(case: Case, host: str, port: int) -> bool:
    """Ask for a URL check that only a desk with the same Token can answer."""
    signed = _signed(case)
    if not signed:
        return True  # nothing to sign with; the home is in use, and so is its port
    challenges = signed[0]
    with challenges.issued(push_path(challenges.account), case.clock()) as challenge:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            with contextlib.closing(writer):
                answer = await ask_as_wechat(reader, writer, host, f"{challenge.path}?{challenge.query}")
        except (OSError, EOFError, ValueError):
            return False
    return answer.body == challenge.answer


def _signed(case: Case) -> list[SignedChallenges]:
    """Make challenges signed as by WeChat, for each account with a Token."""
    tokens = {account.name: case.credentials_of(account).push_token for account in case.accounts}
    return [SignedChallenges(name, token) for name, token in tokens.items() if token]


async def check_tunnel(case: Case) -> Iterable[Finding]:
    """Look for the program or the server of the tunnel; only a desk knows its state."""
    if case.config is None:
        return ()
    tunnel = case.config.tunnel
    if tunnel.kind is TunnelKind.SSH:
        return (await _ssh_server(tunnel.host, tunnel.port),)
    if tunnel.kind is not TunnelKind.COMMAND:
        return ()
    found, values = await on_own_thread(lambda: find_program(tunnel, case.home))
    return (Finding(Check.TUNNEL, CheckVerdict.OK if found else CheckVerdict.TUNNEL_MISSING, values=values),)


async def _ssh_server(host: str, port: int) -> Finding:
    values = {"host": host, "port": str(port)}
    with contextlib.suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(SSH_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            with contextlib.closing(writer):
                if await reader.readexactly(4) == b"SSH-":
                    return Finding(Check.TUNNEL, CheckVerdict.OK, values=values | {"cause": "ssh"})
    return Finding(Check.TUNNEL, CheckVerdict.SSH_UNREACHABLE, values=values | {"reason": tr("it does not answer")})


async def check_address(case: Case) -> Iterable[Finding]:
    """Judge the public address, then ask it as WeChat would, for each account.

    Where the desk is closed, a listener answers in its place for as long as that takes.
    """
    if case.config is None:
        return ()
    configured = case.config.listener.public_url
    if not configured and case.config.tunnel.tells_address:
        return (_unasked("tunnel"),)
    url, judged = read_public_url(configured)
    if url is None:
        return (judged,)
    findings = [] if judged.verdict is CheckVerdict.OK else [judged]
    return [*findings, *await _probed(case, url)]


async def _probed(case: Case, url: PublicUrl) -> Iterable[Finding]:
    at = case.config.listener if case.config else None
    if at is None or at.port == 0:
        return (_unasked("any_port"),)
    listener = f"{bracketed(at.host)}:{at.port}"

    def ask(challenges: ProbeChallenges, account: str) -> Awaitable[Finding]:
        return PublicProbe(challenges, case.clock, case.around).probe(url, account, listener)

    if case.listens:
        return await asyncio.gather(*(ask(one, one.account) for one in _signed(case))) or (_unasked("no_token"),)
    challenges = ProbeChallenges()
    names = [account.name for account in case.accounts] or ["probe"]
    try:
        async with _stand_in(case, at.host, at.port, challenges):
            return await asyncio.gather(*(ask(challenges, name) for name in names))
    except (BadConfig, PortInUse):  # the check of the listener has told why
        return (_unasked("no_listener"),)


def _unasked(cause: str) -> Finding:
    return Finding(Check.ADDRESS, CheckVerdict.UNKNOWN, values={"cause": cause})


@contextlib.asynccontextmanager
async def _stand_in(case: Case, host: str, port: int, challenges: ProbeChallenges) -> AsyncIterator[None]:
    listener = Listener({}, _refuse, lambda _: None, case.clock, host, port, challenges=challenges)
    await listener.start()
    try:
        yield
    finally:
        await listener.stop()


async def _refuse(_: Push) -> Receipt:
    raise asyncio.QueueFull  # so that WeChat tries again
