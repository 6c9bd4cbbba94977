"""What a list without conversations says, and where its button leads."""

from __future__ import annotations

from dataclasses import dataclass

from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Title, sentence and button of an empty list; the button shows `shows`, or opens the settings where it is None."""

    title: str
    sentence: str
    step: str
    shows: InboxFilter | None


def emptiness(chosen: InboxFilter, *, any_aside: bool) -> Emptiness:
    """Why nothing stands under `chosen`; `any_aside`: there are conversations, but they are set aside."""
    if chosen is InboxFilter.ALL and any_aside:
        words = tr("Everything is resolved or snoozed. Who writes again stands here again.")
        return Emptiness(tr("All done"), words, tr("Show all conversations"), InboxFilter.WITH_ASIDE)
    if chosen in {InboxFilter.ALL, InboxFilter.WITH_ASIDE}:
        words = tr("As soon as a customer writes to your mini program, the conversation stands here.")
        return Emptiness(tr("No conversations yet"), words, tr("Open settings"), None)
    return Emptiness("", _nothing(chosen), tr("Show all"), InboxFilter.ALL)


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
