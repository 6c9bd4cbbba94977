"""Port of the page to a simulated WeChat; the demonstration plugs one in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from wxdesk.core.model.reply import Content


class PhoneSide(StrEnum):
    """Author of a line on the customer's phone."""

    CUSTOMER = "customer"
    SHOP = "shop"
    TOOL = "tool"  # written in WeChat's own customer-service tool
    ENTERED = "entered"
    NOT_AVAILABLE = "not_available"  # WeChat says that nobody took the message
    TYPING = "typing"  # the shop is typing


class Mishap(StrEnum):
    """Faults of the sandbox to switch on, with the values of its `FaultKind`."""

    LATENCY = "latency"
    AFTER = "timeout_after"  # delivered, but the answer never comes
    BEFORE = "timeout_before"  # neither delivered nor answered
    ERRCODE = "errcode"
    GATEWAY = "gateway"
    RESET_AFTER = "reset_after"
    GARBAGE = "garbage"
    DUPLICATE = "duplicate"
    DROP = "drop"
    DELAY = "delay"
    REORDER = "reorder"
    RETRY_SAME_NONCE = "retry_same_nonce"
    WRONG_SIGNATURE = "wrong_signature"
    PLAIN_BODY = "plain_body"


class MishapRequest(Struct, frozen=True):
    """A mishap to switch on: to happen `times` times, None until it is switched off.

    `seconds` is for late answers and pushes, `errcode` for refusals.
    """

    mishap: Mishap
    times: int | None = 1
    seconds: float = 0.0
    errcode: int = 0


class ActiveMishap(Struct, frozen=True):
    """A mishap that is switched on, and its remaining `times`."""

    number: int
    mishap: Mishap
    times: int | None


class SimulatedCustomer(Struct, frozen=True):
    """A customer to play; `name` may be empty, `heard` counts received messages."""

    openid: str
    name: str
    last: PhoneLine | None
    heard: int


class PhoneLine(Struct, frozen=True):
    """A line on the phone; pictures are named by the digests in `Scene.pictures`."""

    at: datetime
    side: PhoneSide
    content: Content
    to_tool: bool = False


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
    lines: tuple[PhoneLine, ...]
    typing: bool
    left: int
    until: datetime | None
    with_tool: bool


class Scene(Struct, frozen=True):
    """Everything the page shows; `pictures` are the bytes of the digests in `phone`."""

    now: datetime
    customers: tuple[SimulatedCustomer, ...]
    phone: Phone | None
    mishaps: tuple[ActiveMishap, ...]
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

    def switch_on(self, wish: MishapRequest) -> Coroutine[Any, Any, None]:
        """Switch a mishap on."""

    def switch_off(self, mishap: Mishap) -> Coroutine[Any, Any, None]:
        """Switch a mishap off."""
