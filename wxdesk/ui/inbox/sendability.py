"""Checks whether and how a text can be sent, and the texts about size and cost.

Pure functions of records and times, without a widget.
"""

from collections.abc import Container, Sequence
from datetime import datetime

from msgspec import Struct

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import ReplyTooLong
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.wechat import quota
from wxdesk.desk.answers.splitting import split_text
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.conversation import refusal_text

MOST_BYTES = quota.AFTER_MESSAGE[0] * TEXT_LIMIT_BYTES
"""Bytes beyond which no number of messages suffices; longer texts are not split."""


class TextFit(Struct, frozen=True):
    """A text split into `messages`, none if unsendable; `problem`: why not in one."""

    size: int
    messages: tuple[str, ...]
    left: int
    problem: str = ""

    @property
    def parts(self) -> int:
        """Number of messages it takes."""
        return len(self.messages)

    @property
    def too_long(self) -> bool:
        """True if it does not fit into one message."""
        return self.size > TEXT_LIMIT_BYTES

    @property
    def can_split(self) -> bool:
        """True if it may be sent in several messages, once the operator agrees."""
        return self.parts > 1 and self.parts <= self.left


def closed_text(conversation: Conversation | None, now: datetime | None, accounts: Container[str] | None = None) -> str:
    """Return why nothing may be sent to this contact now; empty if something may.

    `accounts` are those that can send, if they are known.
    """
    if conversation is None or now is None:
        return tr("No conversation is open")
    if accounts is not None and conversation.account not in accounts:
        return tr("Its mini program is no longer set up here")
    until = conversation.window.until
    if until is None:
        return tr("WeChat allows no reply until the customer writes")
    if now >= until:
        return tr("Reply time over until the customer writes again")
    if quota.replies_left(conversation.window, now):
        return ""
    return refusal_text(conversation.window) or tr("No replies are left until the customer writes again")


def fit_of(text: str, conversation: Conversation | None, now: datetime | None, problem: str, *, whole: bool) -> TextFit:
    """Return how `text` fits, unless for a `problem`; a `whole` one is never split."""
    left = quota.replies_left(conversation.window, now) if conversation is not None and now is not None else 0
    size = byte_count(text)
    if size <= TEXT_LIMIT_BYTES:
        return TextFit(size, (text,), left, problem)
    messages = () if whole else _messages(text, size)
    return TextFit(size, messages, left, problem or _too_long_text(size, len(messages), left))


def cost_words(left: int) -> str:
    """Return that a message takes one of the remaining replies."""
    return tr("takes 1 reply, {left}", left=count_left_text(left))


def count_left_text(left: int) -> str:
    """Return how many replies are left."""
    return ntr("{n} is left", "{n} are left", left)


def guarded_text(words: Sequence[str]) -> str:
    """Return the warning of words that should not leave; empty if there are none."""
    return tr("Look again: “{words}” should not leave", words=tr("”, “").join(words)) if words else ""


def editing_text(key: str, asking: int = 0, ahead: int = 0) -> str:
    """Return what `key`, which sends, does to a reply that is being edited.

    `asking` parts of its answer are sent if it is the first of them; `ahead` parts are sent before a later one.
    """
    if asking:
        return tr("You are changing this reply; {key} sends all {n} parts that ask", key=key, n=asking)
    if ahead:
        one = "You are changing this reply; {key} sends {n} part before it, and then this one"
        more = "You are changing this reply; {key} sends {n} parts before it, and then this one"
        return ntr(one, more, ahead, key=key)
    return tr("You are changing this reply; {key} sends it", key=key)


def _messages(text: str, size: int) -> tuple[str, ...]:
    if size > MOST_BYTES:
        return ()
    try:
        return split_text(text)
    except ReplyTooLong:  # a link that fits into no message
        return ()


def _too_long_text(size: int, parts: int, left: int) -> str:
    if not parts:
        return ntr("{n} byte too long for one message", "{n} bytes too long for one message", size - TEXT_LIMIT_BYTES)
    if parts > left:
        return tr("needs {n} messages, and only {left} may be sent", n=parts, left=left)
    leaves = ntr("will leave as {n} message", "will leave as {n} messages", parts)
    return tr("{leaves}, {left}", leaves=leaves, left=count_left_text(left))
