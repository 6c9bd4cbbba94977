"""What is told on the desktop about a conversation that calls, and the port of whoever can tell it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wxdesk.core.inbox import InboxRow
from wxdesk.ui.inbox.conversation_words import standing_of
from wxdesk.ui.words import name_of, preview_of


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
