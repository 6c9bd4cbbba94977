"""What the composer says about a text: whether it may leave, how large it is, and what it costs.

Pure functions of records and times, without a widget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import ReplyTooLong
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.wechat import quota
from wxdesk.desk.answers.splitting import split_text
from wxdesk.i18n import ntr, tr

MOST_BYTES = quota.AFTER_MESSAGE[0] * TEXT_LIMIT_BYTES
"""A text beyond this cannot leave in any number of messages that WeChat allows; it is not cut to find out."""

_SHOWN = 16
"""Characters at each end of a message that tell where a text is cut."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text fits into `messages`; none where it cannot leave. `problem` says why it cannot go in one."""

    size: int
    messages: tuple[str, ...]
    left: int
    problem: str = ""

    @property
    def parts(self) -> int:
        """How many messages it takes."""
        return len(self.messages)

    @property
    def too_long(self) -> bool:
        """Whether one message is too small for it."""
        return self.size > TEXT_LIMIT_BYTES

    @property
    def can_split(self) -> bool:
        """Whether it may leave in several messages, if the operator agrees to their number."""
        return self.parts > 1 and self.parts <= self.left


def closed_words(conversation: Conversation | None, now: datetime | None) -> str:
    """Why nothing at all may be sent to this contact now; empty if something may."""
    if conversation is None or now is None:
        return tr("No conversation is open")
    over = over_words(conversation, now)
    if not over and not quota.left(conversation.window, now):
        return tr("No replies are left until the customer writes again")
    return over


def over_words(conversation: Conversation, now: datetime) -> str:
    """Why WeChat takes no reply at this time; empty while it does, even if none is left by our own count."""
    until = conversation.window.until
    if until is None:
        return tr("WeChat allows no reply until the customer writes")
    return tr("The time for replies is over; the customer has to write again") if now >= until else ""


def fit_of(text: str, conversation: Conversation | None, now: datetime | None, *, whole: bool = False) -> Fit:
    """How `text` fits, and why it may not leave as it is; `whole` is for a text that cannot be split."""
    left = quota.left(conversation.window, now) if conversation is not None and now is not None else 0
    size = byte_count(text)
    problem = closed_words(conversation, now)
    if size <= TEXT_LIMIT_BYTES:
        return Fit(size, (text,), left, problem)
    messages = () if whole else _messages(text, size)
    return Fit(size, messages, left, problem or _too_long_words(size, len(messages), left))


def size_words(size: int) -> str:
    """The size of a text beside what one message holds."""
    return tr("{size} / {limit} bytes", size=f"{size:,}", limit=f"{TEXT_LIMIT_BYTES:,}")


def cost_words(count: int, left: int) -> str:
    """What something costs of the replies that are left."""
    takes = ntr("takes {n} reply", "takes {n} replies", count)
    return tr("{takes}, {left}", takes=takes, left=count_left_words(left))


def count_left_words(left: int) -> str:
    """How many replies are left."""
    return ntr("{n} is left", "{n} are left", left)


def split_words(messages: Sequence[str]) -> str:
    """Where a long text is cut: how each of its messages begins and ends, a line each."""
    return "\n".join(f"{number}. {_ends_of(message)}" for number, message in enumerate(messages, 1))


def editing_words(asking: int, ahead: int) -> str:
    """What Enter does to a reply that is changed.

    `asking` parts of its answer leave if it is the first of them; `ahead` parts leave before a later one.
    """
    if asking:
        return tr("You are changing this reply; Enter sends all {n} parts that ask", n=asking)
    if ahead:
        one = "You are changing this reply; Enter sends {n} part before it, and then this one"
        return ntr(one, "You are changing this reply; Enter sends {n} parts before it, and then this one", ahead)
    return tr("You are changing this reply; Enter sends it")


def put_by_words(count: int) -> str:
    """How many texts lie under the one that is being written."""
    return ntr("{n} more text is put by", "{n} more texts are put by", count)


def _ends_of(message: str) -> str:
    said = " ".join(message.split())
    return said if len(said) <= 2 * _SHOWN else f"{said[:_SHOWN]} … {said[-_SHOWN:]}"


def _messages(text: str, size: int) -> tuple[str, ...]:
    if size > MOST_BYTES:
        return ()
    try:
        return split_text(text)
    except ReplyTooLong:  # a link that fits into no message
        return ()


def _too_long_words(size: int, parts: int, left: int) -> str:
    if not parts:
        return tr("{n} bytes too long for one message", n=f"{size - TEXT_LIMIT_BYTES:,}")
    if parts > left:
        return tr("needs {n} messages, and only {left} may be sent", n=parts, left=left)
    leaves = ntr("will leave as {n} message", "will leave as {n} messages", parts)
    return tr("{leaves}, {left}", leaves=leaves, left=count_left_words(left))
