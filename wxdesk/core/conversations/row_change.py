"""Change of one or several conversations at once by an operator, and its undo."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from wxdesk.core.conversations.contact_change import ContactChange

MOST_ROWS = 200
"""Conversations changed in one transaction; no message waits longer for it."""


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


_UNDO = {
    RowAct.READ: RowAct.UNREAD,
    RowAct.UNREAD: RowAct.READ,
    RowAct.PIN: RowAct.UNPIN,
    RowAct.UNPIN: RowAct.PIN,
    RowAct.RESOLVE: RowAct.REOPEN,
    RowAct.SNOOZE: RowAct.REOPEN,
    RowAct.BLOCK: RowAct.UNBLOCK,
    RowAct.TAG: RowAct.UNTAG,
    RowAct.UNTAG: RowAct.TAG,
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


def combined_changes(some: Collection[RowsChanged]) -> RowsChanged:
    """Return several results as one."""
    ids = chain.from_iterable(one.ids for one in some)
    unsettled = chain.from_iterable(one.unsettled for one in some)
    return RowsChanged(tuple(ids), tuple(unsettled), min((one.until for one in some if one.until), default=None))
