"""Change of one or several conversations at once by an operator, and its undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.conversations.contact_change import ContactChange

MOST_ROWS = 200
"""Conversations chosen together at the most, so that no message waits for them."""


class RowAct(StrEnum):
    """Act of an operator on rows of the conversation list."""

    READ = "read"
    UNREAD = "unread"
    PIN = "pin"
    UNPIN = "unpin"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    REOPEN = "reopen"
    BLOCK = "block"
    UNBLOCK = "unblock"
    TAG = "tag"
    UNTAG = "untag"


_PAIRS = ((RowAct.READ, RowAct.UNREAD), (RowAct.PIN, RowAct.UNPIN), (RowAct.TAG, RowAct.UNTAG))
_UNDO = {
    **dict(_PAIRS),
    **{after: before for before, after in _PAIRS},
    **dict.fromkeys((RowAct.RESOLVE, RowAct.SNOOZE), RowAct.REOPEN),
    RowAct.BLOCK: RowAct.UNBLOCK,
}


@dataclass(frozen=True, slots=True)
class RowChange:
    """An act; `until` ends a snooze, `tag` is added to contacts or taken away."""

    act: RowAct
    until: datetime | None = None
    tag: str = ""

    @property
    def undo(self) -> RowChange | None:
        """The change that takes this one back, for the rows it changed."""
        act = _UNDO.get(self.act)
        return None if act is None else RowChange(act, tag=self.tag)

    @property
    def of_contact(self) -> ContactChange | None:
        """The change of each contact."""
        match self.act:
            case RowAct.BLOCK | RowAct.UNBLOCK:
                return ContactChange(blocked=self.act is RowAct.BLOCK)
            case RowAct.TAG:
                return ContactChange(add=(self.tag,))
            case RowAct.UNTAG:
                return ContactChange(remove=(self.tag,))
        return None


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """Conversations that a change reached, and those with a reply left to settle.

    These stay open; blocking reaches their contacts all the same. `until` is the earliest end of the snoozes.
    """

    ids: tuple[int, ...] = ()
    unsettled: tuple[int, ...] = ()
    until: datetime | None = None
