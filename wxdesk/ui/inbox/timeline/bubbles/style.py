"""Colours and border of a bubble, by author and state: one table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, is_passed_over
from wxdesk.ui.inbox.timeline.entries import TimelineEntry

_SOLID = Qt.PenStyle.SolidLine


@dataclass(frozen=True, slots=True)
class BubbleLook:
    """Colour roles of the theme; an empty `line` means none, `danger` marks failures."""

    ground: str
    text: str = "text"
    line: str = ""
    stroke: Qt.PenStyle = _SOLID
    trouble: str = "secondary"
    danger: bool = False


_CONTACT = BubbleLook("panel", line="line")
_RULE = BubbleLook("accent_tint")
_OPERATOR = BubbleLook("accent_fill", "on_accent")
_KEPT_BACK = BubbleLook("pending_tint", line="pending_line", stroke=Qt.PenStyle.DashLine, trouble="pending")

_BY_STATE = {
    ReplyState.HELD: _KEPT_BACK,
    ReplyState.DRAFT: BubbleLook("panel", line="secondary", stroke=Qt.PenStyle.DotLine, trouble="pending"),
    ReplyState.FAILED: BubbleLook("panel", line="failed", trouble="failed", danger=True),
    ReplyState.UNKNOWN: BubbleLook("pending_tint", line="pending_line", trouble="pending"),
    ReplyState.CANCELLED: BubbleLook("window", "secondary", line="line"),
}
_PASSED_OVER = BubbleLook("window", "secondary", line="line", stroke=Qt.PenStyle.DotLine)


def look_of(entry: TimelineEntry) -> BubbleLook:
    """Return the look of an entry's bubble."""
    reply = entry.reply
    if reply is None:
        return _CONTACT
    if can_be_undone(reply):
        return _OPERATOR
    if is_passed_over(reply):
        return _PASSED_OVER
    if reply.state is ReplyState.QUEUED and (reply.error or entry.waits):
        return _KEPT_BACK
    return _BY_STATE.get(reply.state) or (_OPERATOR if reply.author is Author.OPERATOR else _RULE)
