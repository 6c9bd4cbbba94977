"""Port of the window's page to a simulated WeChat; the demonstration plugs one in."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from wxdesk.sandbox.platform.contacts import ChatLine
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault


class SimulatedCustomer(Struct, frozen=True):
    """A customer to play; `name` may be empty."""

    openid: str
    name: str
    last: ChatLine | None


class Counters(Struct, frozen=True):
    """Counts of messages delivered, delivered twice, pushed, and not acknowledged."""

    delivered: int = 0
    doubled: int = 0
    pushed: int = 0
    push_failed: int = 0


class Phone(Struct, frozen=True):
    """A customer's phone and remaining quota; `name` may be empty."""

    openid: str
    name: str
    lines: tuple[ChatLine, ...]
    typing: bool
    left: int
    until: datetime | None
    with_tool: bool


class Scene(Struct, frozen=True):
    """Everything the page shows; `pictures` are the bytes of the digests in `phone`."""

    now: datetime
    customers: tuple[SimulatedCustomer, ...]
    phone: Phone | None
    faults: tuple[SimulatedFault, ...]
    counters: Counters
    pictures: dict[str, bytes]


class PushReport(Struct, frozen=True):
    """Outcome of a push: acknowledged or not, attempts, duration and reason."""

    pushed: bool
    accepted: bool
    tries: int = 0
    milliseconds: float = 0.0
    reason: str = ""


class Simulator(Protocol):
    """A WeChat to control; runs on the desk's loop, errors are `WxdeskError`."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, on any thread, after each change; returns an unsubscriber."""

    def scene(self, openid: str) -> Coroutine[Any, Any, Scene]:
        """Collect everything, with that customer's phone (None if unknown)."""

    def add(self) -> Coroutine[Any, Any, str]:
        """Add a customer; return the openid."""

    def write(self, openid: str, text: str) -> Coroutine[Any, Any, PushReport]:
        """Let the customer write."""

    def enter(self, openid: str, session_from: str) -> Coroutine[Any, Any, PushReport]:
        """Let the customer enter by the mini program's button."""

    def show(self, openid: str, picture: bytes | None) -> Coroutine[Any, Any, PushReport]:
        """Let the customer send a picture; None for a built-in one."""

    def send_card(self, openid: str, title: str, page_path: str) -> Coroutine[Any, Any, PushReport]:
        """Let the customer send a mini-program card."""

    def let_go(self, openid: str) -> Coroutine[Any, Any, None]:
        """End the customer's session in WeChat's own tool."""

    def switch_on(self, fault: SimulatedFault) -> Coroutine[Any, Any, None]:
        """Plan a fault, instead of others of its kind."""

    def switch_off(self, kind: FaultKind) -> Coroutine[Any, Any, None]:
        """Take back the planned faults of a kind."""
