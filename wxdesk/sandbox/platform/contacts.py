"""One contact of a mini program as the simulated WeChat knows him, and his side of the chat."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from wxdesk.sandbox.platform.kf_session import KfSession
from wxdesk.sandbox.platform.reply_allowance import Allowance

LINES_KEPT = 500

NOT_AVAILABLE = "该小程序提供的服务出现故障，请稍后再试"
"""What a contact reads when no push of his message was answered well."""


class Side(StrEnum):
    """Whose line it is on the contact's phone."""

    CONTACT = "contact"
    SHOP = "shop"  # sent through the API
    TOOL = "tool"  # written in WeChat's own customer-service tool
    NOTICE = "notice"  # grey, by WeChat itself


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in the chat. `kind` is WeChat's word (text, image, link, miniprogrampage, enter); `content` its part.

    `to_tool` is True for what the contact wrote while WeChat's own tool had him.
    """

    at: datetime
    side: Side
    kind: str
    content: Mapping[str, Any]
    to_tool: bool = False

    @property
    def text(self) -> str:
        """The text, else the title of what has one."""
        return str(self.content.get("content") or self.content.get("title") or "")


@dataclass(slots=True)
class Contact:
    """`blocked`: on the mini program's black list (43019). `refuses`: he wants no messages (48002).

    `doubled` counts what the shop said again word for word although he had said nothing in between: what a back end
    that sends twice looks like from here.
    """

    openid: str
    allowance: Allowance = field(default_factory=Allowance)
    session: KfSession = field(default_factory=KfSession)
    blocked: bool = False
    refuses: bool = False
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    heard: int = 0
    doubled: int = 0
    _said: set[str] = field(default_factory=set)

    def add(self, line: Line) -> None:
        """Put a line into his chat."""
        self.lines.append(line)
        if line.side is Side.CONTACT or line.kind == "enter":
            self._said.clear()
        elif line.side is Side.SHOP:
            words = repr((line.kind, sorted(line.content.items())))
            self.doubled += words in self._said
            self._said.add(words)
            self.heard += 1
