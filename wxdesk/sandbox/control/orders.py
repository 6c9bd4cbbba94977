"""Orders that the control API accepts, one record each, decoded from JSON."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from wxdesk.sandbox.demo_customers import TORN_BOX_MEDIA_ID
from wxdesk.sandbox.platform.faults import FOR_PUSHES, FaultKind, SimulatedFault

type Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
"""Delay in real seconds."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of every order; `account` is optional where there is only one."""

    account: str = ""


class MessageOrder(Order, frozen=True):
    """Let a customer write."""

    openid: str
    type: Literal["text", "image", "card"] = "text"
    content: str = ""
    media_id: str = TORN_BOX_MEDIA_ID
    title: str = ""
    page_path: str = ""


class EnterOrder(Order, frozen=True):
    """Let a customer enter the chat by the button."""

    openid: str
    session_from: str = ""


class PushOrder(Order, frozen=True):
    """Push any body; WeChat's common fields are added."""

    openid: str
    fields: dict[str, str | int]


class CustomerOrder(Order, frozen=True):
    """Blacklist a customer or let one refuse messages; None changes nothing."""

    openid: str
    blocked: bool | None = None
    refuses: bool | None = None


class ToolOrder(Order, frozen=True):
    """Let WeChat's own tool accept a customer, close the session, or write."""

    openid: str
    do: Literal["accept", "close", "say"]
    content: str = ""


class FaultOrder(Order, frozen=True):
    """Plan a fault, remove one, or clear all."""

    kind: FaultKind | None = None
    call: Literal["send", "token", "typing", "upload", "media", "check", "openapi", "kf", "push", "*"] = "send"
    times: int | None = 1
    errcode: int = -1
    milliseconds: int = 0
    seconds: float | None = None
    chance: float = 1.0
    seed: int = 0
    delivered: bool = False
    text: str = ""
    clear: bool = False
    remove: int | None = None

    def as_fault(self, kind: FaultKind) -> SimulatedFault:
        """Convert to the fault to plan."""
        planned = msgspec.convert(self, SimulatedFault, from_attributes=True)
        return replace(planned, call="push") if kind in FOR_PUSHES else planned


class ExpireTokenOrder(Order, frozen=True):
    """End all tokens, as if expired or as if replaced by others."""

    how: Literal["expire", "revoke"] = "expire"


class PushUrlOrder(Order, frozen=True):
    """Set the push URL; with `verify` only if it passes WeChat's check."""

    url: str
    verify: bool = False


class ClockOrder(Order, frozen=True):
    """Move the clock forward by some seconds."""

    forward: float


class SettingsOrder(Order, frozen=True):
    """Change some of `platform.program.ProgramSettings`, by name."""

    settings: dict[str, Any]


class ScriptOrder(Order, frozen=True):
    """Carry out orders in turn; each step has `do` (path), `after` (s) and fields."""

    steps: list[dict[str, Any]]
