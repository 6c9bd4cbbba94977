"""Contacts of a mini program as the simulated WeChat knows them, with their chats.

Their quota of replies is written apart from `core.wechat.quota`, which is the desk's guess at this count: the two are
tested against each other. The numbers are those of the guide "发送客服消息".

A contact may be transferred into WeChat's own tool (网页端客服工具). While its session only queues, pushes go on; once
somebody there has accepted it, messages go to the tool alone; thirty minutes after the last message, or once it is
closed, they are pushed again ("转发消息", "消息转发到客服").
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from wxdesk.sandbox.platform.errors import ApiRefusal

IDLE_ENDS = timedelta(minutes=30)


class KfState(StrEnum):
    """Receiver of the contact's messages."""

    NONE = "none"  # the push URL
    QUEUED = "queued"  # the push URL still; the customer waits for the tool
    OPEN = "open"  # the tool


class KfSession(Struct):
    """The session of one contact; begins as none."""

    _state: KfState = KfState.NONE
    _active_at: datetime | None = None

    def state(self, now: datetime) -> KfState:
        """Return the present state; an open session that was idle for too long has ended."""
        if self._state is KfState.OPEN and self._active_at is not None and now - self._active_at >= IDLE_ENDS:
            self._state = KfState.NONE
        return self._state

    def queue(self, now: datetime) -> None:
        """Queue the transferred contact; a session already open stays so."""
        if self.state(now) is KfState.NONE:
            self._state = KfState.QUEUED

    def accept(self, now: datetime) -> bool:
        """Open the session at the tool; False if it was open already."""
        if self.state(now) is KfState.OPEN:
            return False
        self._state, self._active_at = KfState.OPEN, now
        return True

    def close(self, now: datetime) -> bool:
        """Close the session at the tool; False if there was none."""
        had = self.state(now) is not KfState.NONE
        self._state = KfState.NONE
        return had

    def takes(self, now: datetime) -> bool:
        """Tell if a message now belongs to the tool, which keeps the session active."""
        if self.state(now) is not KfState.OPEN:
            return False
        self._active_at = now
        return True


class Allowance(Struct):
    """Replies left for a contact; `exchanged_at` is the last message of either side."""

    left: int = 0
    until: datetime | None = None
    exchanged_at: datetime | None = None
    typing_until: datetime | None = None

    def wrote(self, now: datetime) -> None:
        """Allow five replies within 48 hours: the contact sent a message."""
        self._open(5, now, timedelta(hours=48))
        self.exchanged_at = now

    def entered(self, now: datetime) -> None:
        """Allow two replies within a minute after entering, unless more are allowed."""
        self._open(2, now, timedelta(minutes=1))

    def check(self, now: datetime) -> None:
        """Raise `ApiRefusal` 45015 if it is too late for a reply, 45047 if none is left."""
        if self.until is None or now >= self.until:
            raise ApiRefusal(45015)
        if self.left <= 0:
            raise ApiRefusal(45047)

    def spend(self, now: datetime) -> None:
        """Use up one reply; raises `ApiRefusal` as `check` does."""
        self.check(now)
        self.left -= 1
        self.exchanged_at = now
        self.typing_until = None

    def type(self, command: str, now: datetime) -> None:
        """Show or end typing; raises `ApiRefusal` 45072, 45015, 45047, 45080, 45081."""
        if command not in ("Typing", "CancelTyping"):
            raise ApiRefusal(45072)
        self.check(now)  # it may be shown only where a message could be sent
        if self.exchanged_at is None or now - self.exchanged_at > timedelta(seconds=30):
            raise ApiRefusal(45080)
        if command == "CancelTyping":
            self.typing_until = None
            return
        if self.typing(now):
            raise ApiRefusal(45081)
        self.typing_until = now + timedelta(seconds=15)

    def typing(self, now: datetime) -> bool:
        """True while the contact sees the typing state."""
        return self.typing_until is not None and now < self.typing_until

    def _open(self, count: int, now: datetime, span: timedelta) -> None:
        running = self.until is not None and now < self.until
        self.left = max(self.left, count) if running else count
        self.until = now + span if self.until is None else max(self.until, now + span)


LINES_KEPT = 500

NOT_AVAILABLE = "该小程序提供的服务出现故障，请稍后再试"
"""WeChat's notice to a contact whose message no listener acknowledged."""


class ChatSide(StrEnum):
    """Author of a line on the contact's phone."""

    CONTACT = "contact"
    SHOP = "shop"  # sent through the API
    TOOL = "tool"  # written in WeChat's own customer-service tool
    NOTICE = "notice"  # grey, by WeChat itself


class ChatLine(Struct, frozen=True):
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


class SimulatedContact(Struct):
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
