"""What the page needs of a simulated WeChat. The window cannot import one; the demonstration plugs it in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from wxdesk.core.model.content import Content


class Side(StrEnum):
    """Whose line it is on the customer's phone."""

    CUSTOMER = "customer"
    SHOP = "shop"
    TOOL = "tool"  # written in WeChat's own customer-service tool
    ENTERED = "entered"
    NOT_AVAILABLE = "not_available"  # WeChat says that nobody took the message


class Mishap(StrEnum):
    """What can be switched on to go wrong."""

    SLOW = "slow"
    UNHEARD = "unheard"  # delivered, but the answer never comes
    UNDELIVERED = "undelivered"  # neither delivered nor answered
    REFUSED = "refused"  # WeChat answers an errcode
    GATEWAY = "gateway"
    RESET = "reset"
    GARBAGE = "garbage"
    PUSH_TWICE = "push_twice"
    PUSH_LOST = "push_lost"
    PUSH_LATE = "push_late"
    PUSH_SWAPPED = "push_swapped"
    PUSH_AGAIN = "push_again"
    PUSH_FORGED = "push_forged"
    PUSH_CLEAR = "push_clear"


@dataclass(frozen=True, slots=True)
class Wish:
    """A mishap to switch on: to happen `times` times, None until it is switched off.

    `seconds` is for what comes late, `errcode` for what is refused.
    """

    mishap: Mishap
    times: int | None = 1
    seconds: float = 0.0
    errcode: int = 0


@dataclass(frozen=True, slots=True)
class Active:
    """A mishap that is switched on; `times` is how often it will happen yet."""

    number: int
    mishap: Mishap
    times: int | None


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who can be played. `name` may be empty; `last` is his last line, `heard` how many messages came."""

    openid: str
    name: str
    last: Line | None
    heard: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line on his phone. Pictures in `content` are named by the digest that `Scene.pictures` has."""

    at: datetime
    side: Side
    content: Content
    to_tool: bool = False


@dataclass(frozen=True, slots=True)
class Counters:
    """How many messages were delivered, how many of them twice, and what became of the pushes."""

    delivered: int = 0
    doubled: int = 0
    pushed: int = 0
    push_failed: int = 0


@dataclass(frozen=True, slots=True)
class Phone:
    """What one customer sees, and how many messages WeChat still lets through to him; `name` may be empty."""

    openid: str
    name: str
    lines: tuple[Line, ...]
    typing: bool
    left: int
    until: datetime | None
    with_tool: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the page shows. `pictures` are the bytes behind the digests in `phone`."""

    now: datetime
    customers: tuple[Customer, ...]
    phone: Phone | None
    mishaps: tuple[Active, ...]
    counters: Counters
    pictures: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a push: accepted or not, after how many tries, how long, and why not."""

    pushed: bool
    accepted: bool
    tries: int = 0
    milliseconds: float = 0.0
    reason: str = ""


class Simulator(Protocol):
    """A WeChat that can be moved. Its coroutines are run on the desk's loop; errors are `WxdeskError`."""

    def subscribe(self, hear: Callable[[], None]) -> Callable[[], None]:
        """Call `hear`, on any thread, whenever something has changed; the result ends that."""
        ...

    def look(self, openid: str) -> Coroutine[Any, Any, Scene]:
        """Everything, with the phone of that customer (None if there is no such)."""
        ...

    def add(self) -> Coroutine[Any, Any, str]:
        """A new customer; his openid."""
        ...

    def write(self, openid: str, text: str) -> Coroutine[Any, Any, Told]:
        """He writes."""
        ...

    def enter(self, openid: str, session_from: str) -> Coroutine[Any, Any, Told]:
        """He enters by the mini program's button."""
        ...

    def show(self, openid: str, picture: bytes | None) -> Coroutine[Any, Any, Told]:
        """He sends a picture; None for a ready one."""
        ...

    def send_card(self, openid: str, title: str, page_path: str) -> Coroutine[Any, Any, Told]:
        """He sends a mini-program card."""
        ...

    def let_go(self, openid: str) -> Coroutine[Any, Any, None]:
        """WeChat's own tool ends his session."""
        ...

    def switch_on(self, wish: Wish) -> Coroutine[Any, Any, None]:
        """Let something go wrong."""
        ...

    def switch_off(self, mishap: Mishap) -> Coroutine[Any, Any, None]:
        """Let that go well again."""
        ...
