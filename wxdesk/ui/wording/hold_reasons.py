"""Reasons that hold back automatic replies, and words about colleagues."""

from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.claim import Sight
from wxdesk.core.events import ColleaguesChanged, OperatorWrites, PauseChanged, PreferencesChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies.on_new_message import is_due_at_closing
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason
from wxdesk.ui.wording.times import span_text


class HoldReasons(QObject):
    """Follows the desk, so that a bubble never promises what the desk will not do.

    Signals:
        changed: the results of `of` may have changed.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        bridge.follow(self, self.changed.emit, ColleaguesChanged, OperatorWrites, PauseChanged, PreferencesChanged)

    def of(self, conversation_id: int, due_at: datetime | None, closes_at: datetime | None) -> HoldReason:
        """Return the hold reason of a reply by due time and end of its reply window."""
        desk = self._bridge.desk
        if desk.health.state.paused:
            return HoldReason.PAUSED
        if conversation_id in desk.typing.written_in:
            return HoldReason.WRITING
        if is_due_at_closing(due_at, closes_at) and self.last_moment is LastMoment.HAND_OVER:
            return HoldReason.HANDED_OVER
        return HoldReason.NONE

    def activity(self, conversation_id: int) -> str:
        """Return what colleagues do in a conversation; empty for nothing."""
        desk = self._bridge.desk
        return activity_text(desk.colleagues.now, conversation_id, desk.me)

    @property
    def last_moment(self) -> LastMoment:
        """The preference for held replies whose reply window is about to close."""
        return self._bridge.desk.preferences.now.last_moment


def hold_reason_of_held(held: HeldReply, hold_reason_of: FindHoldReason) -> HoldReason:
    """Return the reason that holds a held reply back."""
    if held.behind:
        return HoldReason.BEHIND
    return hold_reason_of(held.reply.conversation_id, held.reply.due_at, held.closes_at)


def activity_text(sights: Iterable[Sight], conversation_id: int, me: str) -> str:
    """Return which colleagues type in a conversation, else who looks at it, if any."""
    here = [one for one in sights if one.conversation_id == conversation_id and one.name != me]
    typing = [one.name for one in here if one.typing]
    if typing:
        return tr("{names} is typing", names=_listed(typing))
    return tr("{names} is looking", names=_listed(one.name for one in here)) if here else ""


def claim_text(conversation: Conversation, me: str, now: datetime) -> str:
    """Return who has a conversation, in a few words."""
    name, until = conversation.claimed_by, conversation.claim_until
    if not name:
        return tr("Nobody has it")
    if name == me:
        return tr("You have it")
    if until is not None:
        return tr("{name} has left; free in {span}", name=name, span=span_text(max(until - now, now - now)))
    return tr("{name} has it", name=name)


def colleagues_among(owners: Iterable[str], me: str) -> str:
    """Return a sentence about colleagues among `owners`; empty without one."""
    names = {name for name in owners if me and name not in {"", me}}
    return tr("Among them are customers of {names}.", names=_listed(names)) if names else ""


def _listed(names: Iterable[str]) -> str:
    return " · ".join(sorted(set(names)))
