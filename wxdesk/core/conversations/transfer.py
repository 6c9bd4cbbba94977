"""Transfer of a contact to WeChat's own tool (转发消息, `transfer_customer_service`).

WeChat takes a transfer only in the answer of a push, within its five seconds, and only for a message. From
then on the contact's messages go to the tool and are not pushed, until somebody there closes the session or
nothing has been written for half an hour. Meanwhile this desk is blind, and its rules keep quiet.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.push import Incoming

SESSION_LASTS = timedelta(minutes=30)
"""Length of a silent session in WeChat's tool, after which the contact comes back."""

BEGUN = frozenset({"kf_create_session", "kf_switch_session"})
CLOSED = "kf_close_session"


class Receipt(Struct, frozen=True):
    """Result of storing a push: `new` or known, and answered with a transfer or not."""

    new: bool
    transferred: bool = False


def is_message(incoming: Incoming | None) -> bool:
    """True for a readable message, not an event: only that can be transferred."""
    return incoming is not None and incoming.event is None and incoming.opens_conversation


def in_tool(conversation: Conversation, now: datetime) -> bool:
    """True while the contact is served in WeChat's own tool, as far as known here."""
    until = conversation.transferred_until
    return until is not None and now < until


def transfer_end_after(until: datetime | None, event: str | None, at: datetime) -> datetime | None:
    """Return the end of a transfer after an `event` of the tool at `at` (CreateTime).

    A late end, from a session before the present one, ends nothing; nor does a late beginning shorten it.
    """
    if event in BEGUN:
        return at + SESSION_LASTS if until is None else max(until, at + SESSION_LASTS)
    if event == CLOSED and until is not None:
        began = until - SESSION_LASTS
        return None if at >= began.replace(microsecond=0) else until
    return until
