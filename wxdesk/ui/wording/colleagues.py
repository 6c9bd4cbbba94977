"""Sentences about colleagues: who has a conversation, looks at it, types in it."""

from collections.abc import Iterable
from datetime import datetime

from wxdesk.core.conversations.claim import Sight
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import span_text


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


def _listed(names: Iterable[str]) -> str:
    return " · ".join(sorted(set(names)))
