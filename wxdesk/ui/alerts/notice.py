"""What is told on the desktop about a conversation that calls, and the port of whoever can tell it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wxdesk.core.inbox import InboxRow
from wxdesk.core.lifecycle import is_taken_over
from wxdesk.core.model import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_words import standing_of
from wxdesk.ui.inbox.takeover_words import returned_words
from wxdesk.ui.words import clock_time, name_of, preview_of


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; a later one about the same conversation takes its place. Both texts are plain."""

    conversation_id: int
    title: str
    body: str


class Notifier(Protocol):
    """Shows notices on the desktop, as far as the system lets it."""

    def show(self, notice: Notice) -> None:
        """Show a notice, or nothing where that is not possible; raises nothing."""
        ...


def notice_of(row: InboxRow, now: datetime, *, with_text: bool) -> Notice:
    """Who calls and why; with what was said last only if the operator wants that to be seen on his screen."""
    why = standing_of(row, now).text
    body = f"{why}\n{preview_of(row.conversation)}" if with_text else why
    return Notice(row.conversation.id, name_of(row.conversation.contact), body)


def return_notice(conversation: Conversation, now: datetime) -> Notice:
    """Automatic replies return to a conversation soon, or have returned."""
    until = conversation.taken_over_until
    if is_taken_over(conversation, now) and until is not None:
        body = tr("Automatic replies return at {time}, unless you keep the word", time=clock_time(until))
    else:
        body = returned_words([conversation])
    return Notice(conversation.id, name_of(conversation.contact), body)
