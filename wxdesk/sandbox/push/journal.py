"""Journal of the last API calls and pushes, for people who test a back end.

Never with tokens or app secrets: queries are left out, and all that calls about tokens carried.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, field

from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.push.pusher import PushOutcome

KEPT = 300
LONGEST_BODY = 4096
RID_KEPT = timedelta(days=7)


class CallRecord(Struct, frozen=True):
    """One API call; `errcode` is None without an answer, `faults` are those applied."""

    number: int
    at: datetime
    method: str
    path: str
    account: str
    asked: str
    answer: str
    status: int | None
    errcode: int | None
    rid: str
    milliseconds: float
    faults: tuple[str, ...]
    caller: str


class PushRecord(Struct, frozen=True):
    """One push: its kind, its outcome, and the faults that applied."""

    number: int
    at: datetime
    account: str
    openid: str
    kind: str
    outcome: PushOutcome
    faults: tuple[str, ...] = ()


class Journal(Struct):
    """Both lists, oldest first, and total counts; `on_change` follows each new entry."""

    calls: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=KEPT))
    pushes: deque[PushRecord] = field(default_factory=lambda: deque(maxlen=KEPT))
    on_change: Callable[[], None] = lambda: None
    pushed: int = 0
    push_failed: int = 0
    _called: int = 0

    def next_call(self) -> int:
        """Number the next call's entry."""
        self._called += 1
        return self._called

    def add(self, entry: CallRecord | PushRecord) -> None:
        """Add an entry."""
        if isinstance(entry, CallRecord):
            self.calls.append(entry)
        else:
            self.pushes.append(entry)
            self.pushed += 1
            self.push_failed += bool(entry.outcome.attempts) and not entry.outcome.accepted
        self.on_change()

    def find(self, rid: str, account: str, now: datetime) -> CallRecord:
        """Find a refused call; raises `ApiRefusal` 76001, 76002 (another's), 76004 (old)."""
        call = next((call for call in self.calls if call.rid and call.rid == rid), None)
        if call is None:
            raise ApiRefusal(76001)
        if call.account != account:
            raise ApiRefusal(76002)
        if now - call.at > RID_KEPT:
            raise ApiRefusal(76004)
        return call
