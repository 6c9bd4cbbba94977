"""Texts of an empty conversation list, and the filter its button leads to."""

from __future__ import annotations

from dataclasses import dataclass

from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class EmptyText:
    """Title, sentence and button of an empty list; `shows` None opens the settings."""

    title: str
    sentence: str
    step: str
    shows: InboxFilter | None


def empty_text_for(chosen: InboxFilter, *, any_not_open: bool) -> EmptyText:
    """Return the text for `chosen`; `any_not_open`: resolved or snoozed ones exist."""
    if chosen is InboxFilter.ALL and any_not_open:
        words = tr("Everything is resolved or snoozed. Who writes again stands here again.")
        return EmptyText(tr("All done"), words, tr("Show all conversations"), InboxFilter.ANY_STATUS)
    if chosen in {InboxFilter.ALL, InboxFilter.ANY_STATUS}:
        words = tr("As soon as a customer writes to your mini program, the conversation stands here.")
        return EmptyText(tr("No conversations yet"), words, tr("Open settings"), None)
    return EmptyText("", _nothing(chosen), tr("Show all"), InboxFilter.ALL)


def _nothing(chosen: InboxFilter) -> str:
    match chosen:
        case InboxFilter.WAITING:
            return tr("Nobody waits for an answer.")
        case InboxFilter.NEEDS_HUMAN:
            return tr("Nothing needs you right now.")
        case InboxFilter.PENDING:
            return tr("No automatic reply waits.")
        case InboxFilter.UNREAD:
            return tr("Everything is read.")
        case InboxFilter.SNOOZED:
            return tr("Nothing is snoozed.")
        case _:
            return tr("Nothing is resolved yet.")
