"""What can be asked of the sandbox over /control, one record an order; JSON decodes into them and nothing else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from wxdesk.sandbox.demo_customers import TORN_BOX_MEDIA_ID
from wxdesk.sandbox.platform.faults import FOR_PUSHES, Fault, FaultKind

type Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
"""A time to wait in earnest."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all have: `account` may be left out wherever there is only one."""

    account: str = ""


class Message(Order, frozen=True):
    """A customer writes."""

    openid: str
    type: Literal["text", "image", "card"] = "text"
    content: str = ""
    media_id: str = TORN_BOX_MEDIA_ID
    title: str = ""
    page_path: str = ""


class Enter(Order, frozen=True):
    """A customer enters the chat by the button."""

    openid: str
    session_from: str = ""


class Push(Order, frozen=True):
    """Any push body; WeChat's common fields are added."""

    openid: str
    fields: dict[str, str | int]


class Customer(Order, frozen=True):
    """A customer is put on the black list or refuses messages; what is None stays as it is."""

    openid: str
    blocked: bool | None = None
    refuses: bool | None = None


class Tool(Order, frozen=True):
    """WeChat's own customer-service tool takes a customer, lets him go, or writes to him."""

    openid: str
    do: Literal["accept", "close", "say"]
    content: str = ""


class PlanFault(Order, frozen=True):
    """A fault is planned, or one is taken back, or all are."""

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

    def as_fault(self, kind: FaultKind) -> Fault:
        """The fault to plan."""
        return Fault(
            kind, "push" if kind in FOR_PUSHES else self.call, self.times, self.errcode, self.milliseconds,
            self.seconds, self.chance, self.seed, self.delivered, self.text,
        )  # fmt: skip


class ExpireToken(Order, frozen=True):
    """All tokens end, as if their time were over or as if others had replaced them."""

    how: Literal["expire", "revoke"] = "expire"


class PushUrl(Order, frozen=True):
    """Where to push; with `verify` only if it answers WeChat's question."""

    url: str
    verify: bool = False


class Clock(Order, frozen=True):
    """So many seconds pass at once."""

    forward: float


class Change(Order, frozen=True):
    """Some of `settings.Settings` change, by their names."""

    settings: dict[str, Any]


class Script(Order, frozen=True):
    """Orders one after the other: each has `do` (its path) and `after` (seconds to wait before) beside its fields."""

    steps: list[dict[str, Any]]
