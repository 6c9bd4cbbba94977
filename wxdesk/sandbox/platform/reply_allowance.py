"""How many replies WeChat lets through to one contact, as the platform itself counts them.

Written apart from `core.quota`, which is the desk's guess at this count: the two are tested against each other.
The numbers are those of the guide "发送客服消息".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.sandbox.platform.errors import Refusal


@dataclass(slots=True)
class Allowance:
    """What is left for one contact. `exchanged_at` is when either side last said something."""

    left: int = 0
    until: datetime | None = None
    exchanged_at: datetime | None = None
    typing_until: datetime | None = None

    def wrote(self, now: datetime) -> None:
        """The contact sent a message: five within 48 hours."""
        self._open(5, now, timedelta(hours=48))
        self.exchanged_at = now

    def entered(self, now: datetime) -> None:
        """The contact entered by the button: two within a minute, unless more is allowed anyway."""
        self._open(2, now, timedelta(minutes=1))

    def check(self, now: datetime) -> None:
        """Raise `Refusal` 45015 when it is too late for a reply, 45047 when there were too many."""
        if self.until is None or now >= self.until:
            raise Refusal(45015)
        if self.left <= 0:
            raise Refusal(45047)

    def spend(self, now: datetime) -> None:
        """One reply; raises `Refusal` as `check` does."""
        self.check(now)
        self.left -= 1
        self.exchanged_at = now
        self.typing_until = None

    def type(self, command: str, now: datetime) -> None:
        """Show or end "typing" (客服输入状态); raises `Refusal` 45072, 45015, 45047, 45080, 45081."""
        if command not in ("Typing", "CancelTyping"):
            raise Refusal(45072)
        self.check(now)  # it may be shown only where a message could be sent
        if self.exchanged_at is None or now - self.exchanged_at > timedelta(seconds=30):
            raise Refusal(45080)
        if command == "CancelTyping":
            self.typing_until = None
            return
        if self.typing(now):
            raise Refusal(45081)
        self.typing_until = now + timedelta(seconds=15)

    def typing(self, now: datetime) -> bool:
        """True while the contact sees that somebody types."""
        return self.typing_until is not None and now < self.typing_until

    def _open(self, count: int, now: datetime, span: timedelta) -> None:
        running = self.until is not None and now < self.until
        self.left = max(self.left, count) if running else count
        self.until = now + span if self.until is None else max(self.until, now + span)
