"""Contacts of a mini program as the simulated WeChat knows them, with their chats."""

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
"""WeChat's notice to a contact whose message no listener acknowledged."""


class ChatSide(StrEnum):
    """Author of a line on the contact's phone."""

    CONTACT = "contact"
    SHOP = "shop"  # sent through the API
    TOOL = "tool"  # written in WeChat's own customer-service tool
    NOTICE = "notice"  # grey, by WeChat itself


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of a contact's chat.

    `kind` is WeChat's word (text, image, link, miniprogrampage, enter), `content` its part of the body;
    `to_tool`: the contact wrote it in a session of WeChat's own tool.
    """

    at: datetime
    side: ChatSide
    kind: str
    content: Mapping[str, Any]
    to_tool: bool = False

    @property
    def text(self) -> str:
        """The text, else the title if there is one."""
        return str(self.content.get("content") or self.content.get("title") or "")


@dataclass(slots=True)
class SimulatedContact:
    """A contact's state at the simulated WeChat.

    `blocked`: on the black list (43019). `refuses`: wants no messages (48002).
    `doubled` counts exact repetitions while the contact wrote nothing: the mark of a back end sending twice.
    """

    openid: str
    allowance: Allowance = field(default_factory=Allowance)
    session: KfSession = field(default_factory=KfSession)
    blocked: bool = False
    refuses: bool = False
    lines: deque[ChatLine] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    heard: int = 0
    doubled: int = 0
    _said: set[str] = field(default_factory=set)

    def add(self, line: ChatLine) -> None:
        """Add a line to the contact's chat."""
        self.lines.append(line)
        if line.side is ChatSide.CONTACT or line.kind == "enter":
            self._said.clear()
        elif line.side is ChatSide.SHOP:
            words = repr((line.kind, sorted(line.content.items())))
            self.doubled += words in self._said
            self._said.add(words)
            self.heard += 1
