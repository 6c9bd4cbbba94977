"""Rows of a list of held replies."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt

from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import tr
from wxdesk.ui.inbox.lists import ROOT, RowModel
from wxdesk.ui.inbox.timeline.entries import message_text, reply_text
from wxdesk.ui.wording.hold_reasons import hold_reason_of_held
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import ReplyStatus, status_of_reply


class HeldRole(IntEnum):
    """Data roles of a list of held replies."""

    HELD = Qt.ItemDataRole.UserRole + 1
    STATUS = Qt.ItemDataRole.UserRole + 2


class HeldModel(RowModel[HeldReply]):
    """Held replies, the most urgent first; countdowns only need repainting."""

    def _spoken(self, row: HeldReply) -> str:
        return accessible_held(row, self._status(row))

    def _fact(self, row: HeldReply, role: int) -> object:
        if role == HeldRole.STATUS:
            return self._status(row)
        return row if role == HeldRole.HELD else None

    def show(self, held: Sequence[HeldReply]) -> None:
        """Show these; rows come and go one by one, so that the selection stays."""
        wanted = {one.reply.id for one in held}
        for row in reversed(range(len(self._rows))):
            if self._rows[row].reply.id not in wanted:
                self._remove_rows(row, row + 1)
        for row, one in enumerate(held):
            self._place(row, one)

    def _place(self, row: int, one: HeldReply) -> None:
        at = next((i for i, known in enumerate(self._rows) if known.reply.id == one.reply.id), None)
        if at is None:
            self._insert_rows(row, [one])
            return
        if at != row:  # everything before `row` is in its place, so it can only come from below
            self.beginMoveRows(ROOT, at, at, ROOT, row)
            self._rows.insert(row, self._rows.pop(at))
            self.endMoveRows()
        if self._rows[row] != one:
            self._put(row, one)

    def _status(self, held: HeldReply) -> ReplyStatus:
        return status_of_reply(held.reply, self._clock(), hold_reason_of_held(held, self._hold_reason_of))


def accessible_held(held: HeldReply, status: ReplyStatus) -> str:
    """A row as one sentence, with what its keys do."""
    keys = tr("Enter opens it, Ctrl+Enter sends it, Delete stops it, Ctrl+E changes it, F4 takes over")
    said = (name_of(held.contact), asked_text(held), held_text(held), status.text, keys)
    return ", ".join(filter(None, said))


def asked_text(held: HeldReply) -> str:
    """Return the rule of a reply, and the message that it answers."""
    rule, question = held.reply.rule_name, held.question
    words = "" if question is None else tr("to “{words}”", words=" ".join(message_text(question).split()))
    return " · ".join(filter(None, (rule and tr("Rule: {said}", said=rule), words)))


def held_text(held: HeldReply) -> str:
    """Return a row's text; for an answer that asks, its first part and their number."""
    words = " ".join(reply_text(held.reply).split())
    return tr("{n} parts: {words}", n=held.asking, words=words) if held.asking else words
