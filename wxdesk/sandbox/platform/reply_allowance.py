"""Quota of replies to one contact, as the simulated WeChat counts it.

Written apart from `core.wechat.quota`, which is the desk's guess at this count: the two are tested against
each other. The numbers are those of the guide "发送客服消息".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.sandbox.platform.errors import ApiRefusal


@dataclass(slots=True)
class Allowance:
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
