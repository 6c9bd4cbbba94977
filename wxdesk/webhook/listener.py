"""Listener for WeChat's pushes: the address at which it takes connections.

What comes is answered by `webhook.server`, which is loaded with the first connection: a window that opens need not
wait for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.errors import BadConfig, PortInUse
from wxdesk.core.events import Event
from wxdesk.core.model.account import Account
from wxdesk.core.model.push import Push
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.core.setup.public_url import bracketed
from wxdesk.core.system_failures import TAKEN, not_our_address, why_not_listening
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.ports import Clock
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.webhook import systemd
from wxdesk.webhook.answered_accounts import AnsweredAccounts

if TYPE_CHECKING:
    from wxdesk.webhook.http_server import Limits
    from wxdesk.webhook.server import PushServer

logger = logging.getLogger(__name__)

ACCEPTED_AT_ONCE = 64
"""Connections accepted before others are read again.

Far fewer than may be open, so that a push that has come is read before newer connections take its place.
"""

BACKLOG = 4096
"""Connections that may wait to be accepted; others try again after a second."""


class Listener:
    """Listens at `/wx/{account}`: GET for WeChat's check of the URL, POST for pushes.

    `keep` commits a push and says whether it is new and whether its answer transfers the contact; it may raise
    `StoreError` or `asyncio.QueueFull`. For `publish` and the answers see `webhook.server.PushServer`.

    `port` 0 means any free one; `url` is empty until it listens. `challenges` are those of this process's own
    probes. `clock_check` knows WeChat's clock.
    """

    def __init__(  # noqa: PLR0913 - what a listener stands on, each from another room
        self,
        accounts: Mapping[str, tuple[Account, Credentials]],
        keep: Callable[[Push], Awaitable[Receipt]],
        publish: Callable[[Event], None],
        clock: Clock,
        host: str,
        port: int,
        limits: "Limits | None" = None,
        challenges: ProbeChallenges | None = None,
        clock_check: ClockCheck | None = None,
    ) -> None:
        self.accounts = AnsweredAccounts(accounts)
        self._address = host, port
        self._sockets: asyncio.Server | None = None
        self._server: PushServer | None = None
        self.url = ""

        def make_server() -> "PushServer":
            from wxdesk.webhook.server import PushServer  # see above

            asked, time = challenges or ProbeChallenges(), clock_check or ClockCheck(publish, clock)
            return PushServer(self.accounts, keep, publish, clock, asked, time, limits)

        self._make_server = make_server

    async def start(self) -> str:
        """Start listening; return the URL `http://host:port` with the actual port.

        Raises:
            PortInUse: another program listens there.
            BadConfig: this machine has no such address, or does not let the program use it.
        """
        return self._note_address(await self._bind(*self._address))

    async def move(self, host: str, port: int) -> str | None:
        """Listen at another address from now on; return its URL.

        None if it listens there already. Requests under way are finished. The new address is taken before the old
        one is dropped, except where both have the same port, which the system gives only once.

        Raises:
            PortInUse, BadConfig: like `start`; it goes on listening at the old address.
        """
        old = self._sockets
        if old is None or (host, port) == self._address:
            return None
        present = _port(old)
        if port == present:
            old.close()
            systemd.release()
            try:
                new = await self._bind(host, port)
            except BaseException:
                self._sockets = await self._bind(self._address[0], present)
                raise
        else:
            new = await self._bind(host, port)
            old.close()
        self._address = host, port
        return self._note_address(new)

    async def stop(self) -> None:
        """Stop listening within 2 seconds.

        Pushes being stored within a second are answered; others are cancelled, and WeChat tries again.
        """
        sockets, self._sockets = self._sockets, None
        if sockets is None:
            return
        sockets.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()
        logger.info("Stopped listening")

    async def _bind(self, host: str, port: int) -> asyncio.Server:
        """Listen at an address; raises `PortInUse` or `BadConfig`."""
        held = systemd.held_socket((host, port))
        place: dict[str, Any] = {"host": host, "port": port} if held is None else {"sock": held}
        try:
            bound = await asyncio.get_running_loop().create_server(self._connect, backlog=ACCEPTED_AT_ONCE, **place)
        except OSError as error:
            if why_not_listening(error) == TAKEN:
                raise PortInUse(host, port) from None
            raise BadConfig("config.toml", "[listener]", not_our_address(error, host)) from error
        for listening in bound.sockets:
            with listening.dup() as same:
                same.listen(BACKLOG)
                if same.getsockname()[:2] == (host, port):  # else the next start would not know it again
                    systemd.hold(same.fileno())
        return bound

    def _note_address(self, sockets: asyncio.Server) -> str:
        self._sockets = sockets
        self.url = f"http://{bracketed(self._address[0])}:{_port(sockets)}"
        logger.info("Listening at %s", self.url)
        return self.url

    def _connect(self) -> asyncio.Protocol:
        if self._server is None:
            self._server = self._make_server()
        return self._server()


def _port(sockets: asyncio.Server) -> int:
    port: int = sockets.sockets[0].getsockname()[1]
    return port
