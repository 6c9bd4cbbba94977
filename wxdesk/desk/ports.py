"""Ports: the parts that the desk gets from the layers above it, or from outside.

`app.py` plugs them in.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from wxdesk.core.model.account import Account
from wxdesk.core.model.picture import PictureFormat
from wxdesk.core.model.push import Incoming
from wxdesk.core.model.reply import Content
from wxdesk.core.outside import CustomerSheet, PhoneKind, PhoneNotice
from wxdesk.core.setup.findings import CheckVerdict, Finding
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelKind, TunnelUp

type Clock = Callable[[], datetime]
"""Returns the current time, aware and in UTC."""


def utc_now() -> datetime:
    """Read the system's clock."""
    return datetime.now(UTC)


type BodyOf = Callable[[str, Content], bytes]
"""Builds the bytes that WeChat would get for an openid and a content, for preview."""


type ReadPush = Callable[[bytes], Incoming]
"""Parser of a decrypted push body; raises `BadInput`. Filled by `webhook.parse`."""


def always() -> bool:
    """Allow every reply to leave."""
    return True


class Sender(Protocol):
    """The way out: WeChat's customer-service API."""

    async def send(
        self,
        account: Account,
        openid: str,
        content: Content,
        reply_id: int | None = None,
        may_leave: Callable[[], bool] = always,
    ) -> None:
        """Send one reply; returning means that WeChat accepted it.

        `reply_id` goes into the `ApiCalled` event. `may_leave` is asked right before the call begins, when token
        and pictures are ready.

        Raises:
            Recalled: `may_leave` returned False.
            NotSent: it certainly did not leave.
            Refused: WeChat answered with an errcode; the token has been renewed and tried once where that helps.
            DeliveryUnknown: it may have been delivered.
        """


class Media(Protocol):
    """WeChat's temporary media: pictures only, for three days.

    Nothing reaches a contact by these calls, so none of them ends in `DeliveryUnknown`.
    """

    async def upload(self, account: Account, data: bytes, written: PictureFormat) -> str:
        """Upload a picture; return its media_id for this account's replies.

        Raises:
            NotSent: WeChat did not take it, or its answer got lost; it may be tried again.
            Refused: WeChat answered with an errcode.
        """

    async def fetch(self, account: Account, media_id: str, address: str = "") -> bytes:
        """Fetch a contact's picture by its media_id, else from `address`.

        `address` is used only if it is at one of WeChat's picture servers. Returns at most 10 MB, not yet known to
        be a picture.

        Raises:
            NotSent: it cannot be reached now; it may be tried again.
            Refused: WeChat answered with an errcode, and the address did not help.
            BadPicture: it is too large, or nothing was named.
        """


class TypingSender(Protocol):
    """WeChat's typing indicator ("对方正在输入")."""

    async def typing(self, account: Account, openid: str, *, on: bool) -> None:
        """Show it for 15 seconds, or end it; nothing for accounts without permission.

        Raises:
            NotSent, Refused: it is not shown; nobody needs to be told.
        """


class Prober(Protocol):
    """The look at this desk from outside, as WeChat has it."""

    async def probe(self, url: PublicUrl, account: str, listener: str) -> Finding:
        """Ask for the push URL of `account` as WeChat would; name the obstacle, or `ok`.

        `listener` is where it listens, such as 127.0.0.1:8765. Takes 5 seconds at most; raises nothing.
        """

    def own_addresses(self) -> tuple[str, ...]:
        """Return this machine's addresses: others mean another network, none means none."""


type ApiRoute = Callable[[], Awaitable[tuple[str, int] | None]]
"""Returns where calls to WeChat's API go into the tunnel; None: directly.

Waits until that is known, and while the tunnel that should carry them does not stand.
"""


class TunnelDriver(Protocol):
    """One way by which WeChat's requests reach this machine."""

    def check(self) -> None:
        """Find out soon if the tunnel still stands, as the network may have changed."""

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """Build the tunnel once and keep it until it is lost; return why it ended.

        `report` is called when the tunnel stands, again when its details change, and with an end while it is down but
        mends itself. Cancelling ends the tunnel with everything that belongs to it. The caller runs it again after an
        end, and waits between the attempts.
        """


class SetupApi(Protocol):
    """WeChat's API as far as the set-up asks it; nothing here reaches a contact."""

    async def check(self, account: Account) -> float:
        """Ask for an account's token, also if one is held; return its seconds.

        Raises:
            Refused, NotSent: WeChat gives none, and why.
        """

    async def try_credentials(self, app_id: str, app_secret: str) -> None:
        """Fetch a token for a mini program that is not configured yet, and keep nothing.

        Raises:
            Refused, NotSent: none was given, and why.
        """

    async def check_saved_url(self, account: Account) -> CheckVerdict:
        """Let WeChat look up the saved URL: `not_submitted`, `name_unresolved`, `ok`.

        Raises:
            Refused, NotSent: nothing is known, and why.
        """


@dataclass(frozen=True, slots=True)
class TunnelPlan:
    """Tunnel that is wanted; one with equal `settings` leads the same way.

    `carries_api`: calls to WeChat's API leave through it as well.
    """

    kind: TunnelKind
    settings: object
    make_driver: Callable[[], TunnelDriver] = field(compare=False)
    carries_api: bool = False


class EndpointCaller(Protocol):
    """The shop's own systems; every failure is a `BadInput` that says what is wrong."""

    async def notify(
        self, kind: PhoneKind, address: str, notice: PhoneNotice, private_hosts: Collection[str] = ()
    ) -> None:
        """Bring a notice to a phone; returning means that its service took it."""

    async def customer(
        self, url: str, key: str, about: Mapping[str, object], private_hosts: Collection[str] = ()
    ) -> CustomerSheet:
        """Ask what the shop knows about a customer, signed with `key`."""
