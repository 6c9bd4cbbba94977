"""Handing a contact over to WeChat's own customer-service tool (转发消息, `transfer_customer_service`).

WeChat takes a transfer only in the answer of a push, within its five seconds, and only for a message. From then on the
contact's messages go to the tool and are not pushed, until somebody there closes the session or nothing has been said
for half an hour. Meanwhile this desk is blind, and its rules keep quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.push import Incoming

SESSION_LASTS = timedelta(minutes=30)
"""How long a session in WeChat's tool keeps a contact away when nothing is said in it."""

BEGUN = frozenset({"kf_create_session", "kf_switch_session"})
CLOSED = "kf_close_session"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a push: whether it is new, and whether its answer hands the contact over."""

    new: bool
    transferred: bool = False


def is_message(incoming: Incoming | None) -> bool:
    """True for what WeChat takes a transfer for: a contact's message, no event, and not what cannot be read."""
    return incoming is not None and incoming.event is None and incoming.opens_conversation


def in_tool(conversation: Conversation, now: datetime) -> bool:
    """True while somebody serves the contact in WeChat's own tool, as far as this desk knows."""
    until = conversation.transferred_until
    return until is not None and now < until


def until_after(until: datetime | None, event: str | None, at: datetime) -> datetime | None:
    """Until when the tool has the contact after an `event` of it at `at` (CreateTime), having had him `until`.

    An end that comes late, from a session before the present one, ends nothing; nor does a late beginning shorten it.
    """
    if event in BEGUN:
        return at + SESSION_LASTS if until is None else max(until, at + SESSION_LASTS)
    if event == CLOSED and until is not None:
        began = until - SESSION_LASTS
        return None if at >= began.replace(microsecond=0) else until
    return until
