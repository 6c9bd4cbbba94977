"""Desktop notices, the actions they offer, and the port that shows them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.conversations.attention import FAILURES, Attention, AttentionReason, most_urgent
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.events import ColleagueCalled
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.preferences import Preferences
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.desk.desk import Desk
from wxdesk.desk.setup.reachability import Loss
from wxdesk.i18n import account_title, names, ntr, tr
from wxdesk.ui.wording.conversation import attention_text
from wxdesk.ui.wording.messages import kind_text, name_of, readable
from wxdesk.ui.wording.reply_status import HoldReason, status_of_reply
from wxdesk.ui.wording.takeover import takeovers_ended_text
from wxdesk.ui.wording.times import clock_second, clock_time, dated_time


class NoticeTopic(StrEnum):
    """Subject of a notice."""

    CALL = "call"  # a conversation needs its human
    HELD = "held"  # a reply is about to leave
    RETURN = "return"  # a takeover ends, or has ended
    COLLEAGUE = "colleague"  # a colleague calls, or a conversation is handed over
    LOSS = "loss"  # messages no longer get in


class NoticeAction(StrEnum):
    """Action of a notice; pressing the notice itself means `OPEN`."""

    SEND = "send"
    STOP = "stop"
    TAKE_OVER = "take_over"
    EDIT = "edit"
    OPEN = "open"


FOR_HELD = (NoticeAction.SEND, NoticeAction.STOP, NoticeAction.TAKE_OVER, NoticeAction.EDIT)
"""Actions for held replies; Edit comes last, because GNOME shows only three."""

FOR_CALL = (NoticeAction.OPEN, NoticeAction.TAKE_OVER)


def preferences_at_this_hour(desk: Desk) -> Preferences:
    """Return the preferences with what the quiet hours leave of notices and sound."""
    return desk.preferences.now.at(desk.clock().astimezone().hour)


NO_CONVERSATION = 0
"""Id in place of a conversation's, for what concerns the whole desk."""


class DesktopNotice(Struct, frozen=True):
    """One notice; a later one with the same key replaces it. Both texts are plain.

    `reply_ids`: the parts of the answer that it is about, in their order; empty if it is about no reply.
    """

    conversation_id: int
    title: str
    body: str
    topic: NoticeTopic = NoticeTopic.CALL
    answers: tuple[NoticeAction, ...] = FOR_CALL
    reply_ids: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Key of the subject; there is one notice of each at a time."""
        return notice_key(self.topic, self.reply_ids[0] if self.reply_ids else self.conversation_id)


type OnNoticeAction = Callable[[DesktopNotice, NoticeAction], None]
"""Called on the window's thread when the operator acts on a notice."""


class Notifier(Protocol):
    """Port that shows desktop notices where possible; it never waits or raises."""

    answered: OnNoticeAction

    def show(self, notice: DesktopNotice) -> None:
        """Show a notice in place of the former one with its key, where possible."""

    def withdraw(self, key: str) -> None:
        """Withdraw a notice whose matter is over, where possible."""

    def stop(self) -> None:
        """Withdraw all notices at the end of the program."""


def notice_key(topic: NoticeTopic, about: int) -> str:
    """Return the key of a notice: by conversation, or for `HELD` by the first part."""
    return f"{topic}:{about}"


action_label = names(
    {
        NoticeAction.SEND: "Send now",
        NoticeAction.STOP: "Stop",
        NoticeAction.TAKE_OVER: "Take over",
        NoticeAction.EDIT: "Edit",
        NoticeAction.OPEN: "Open",
    }
)
"""Label of an action's button."""


def of_account(notice: DesktopNotice, contact: Contact, accounts: Collection[str]) -> DesktopNotice:
    """Name the contact's mini program in the title where there are several."""
    title = f"{notice.title} · {account_title(contact.account)}"
    return replace(notice, title=title) if len(accounts) > 1 else notice


def notice_of(
    row: InboxRow,
    calls: Iterable[Attention],
    said: Message | None,
    now: datetime,
    hold_reason: HoldReason = HoldReason.NONE,
    *,
    with_text: bool,
) -> DesktopNotice:
    """Return the notice for a conversation that needs attention.

    Its text stays true while the notice is shown. `calls` are the entries of `row` that it is about; `said`,
    the contact's last message, is quoted only if `with_text`.
    """
    why = _reason_text(row, calls, now, hold_reason)
    body = f"{why}\n{tr('Customer: {said}', said=_words_of(said))}" if with_text and said is not None else why
    return DesktopNotice(row.conversation.id, name_of(row.conversation.contact), body)


def _reason_text(row: InboxRow, calls: Iterable[Attention], now: datetime, hold_reason: HoldReason) -> str:
    """Return the reason without countdowns or retries, which change meanwhile."""
    found = tuple(calls)
    if row.failed is not None and any(call.cause in FAILURES for call in found):
        return status_of_reply(row.failed, now).text
    call, closes_at = most_urgent(found), row.conversation.window.until
    match call.cause if call is not None else AttentionReason.LEFT:
        case AttentionReason.CLOSING if closes_at is not None:
            return tr("Unanswered, the reply window closes at {time}", time=dated_time(closes_at, now))
        case AttentionReason.BACK:
            return tr("Back from snooze")
        case AttentionReason.DRAFT if row.drafts:
            return ntr("{n} draft to review", "{n} drafts to review", row.drafts)
    last = row.last_reply
    still = row if last is None else replace(row, last_reply=replace(last, not_before=None))
    return attention_text(call, still, now, hold_reason)


def _words_of(message: Message) -> str:
    return " ".join(readable(message.text).split()) or kind_text(message.kind)


def held_notice_of(parts: Sequence[HeldReply], hold_reason: HoldReason, *, with_text: bool) -> DesktopNotice | None:
    """Return the notice for an answer that is about to leave, with its clock time.

    `parts` are those of one answer that leave with a countdown, one or more. None if it is not about to leave:
    nothing has to be decided in a hurry, and the window says why.
    """
    first, due_at = parts[0].reply, parts[0].reply.due_at
    if due_at is None:
        return None
    if hold_reason is HoldReason.HANDED_OVER:
        when = tr("Handed to you at {time}, just before the reply window closes.", time=clock_time(due_at))
    elif hold_reason is HoldReason.NONE:
        when = tr("An automatic reply leaves at {time}", time=clock_second(due_at))
    else:
        return None
    said = " ".join(readable(first.content.summary).split()) or kind_text(first.content.kind)
    if len(parts) > 1:
        said = tr("{n} parts: {words}", n=len(parts), words=said)
    body = f"{when}\n{said}" if with_text else when
    ids = tuple(part.reply.id for part in parts)
    return DesktopNotice(first.conversation_id, name_of(parts[0].contact), body, NoticeTopic.HELD, FOR_HELD, ids)


def loss_notice(loss: Loss) -> DesktopNotice:
    """Return the notice that messages no longer get in, and why."""
    return DesktopNotice(NO_CONVERSATION, tr(loss.title), tr(loss.why), NoticeTopic.LOSS, (NoticeAction.OPEN,))


def return_notice(conversation: Conversation, now: datetime) -> DesktopNotice:
    """Return the notice that a takeover ends soon, or has ended."""
    until = conversation.taken_over_until
    if is_taken_over(conversation, now) and until is not None:
        body = tr("Automatic replies return at {time}, unless you keep it taken over", time=clock_time(until))
    else:
        body = takeovers_ended_text([conversation])
    return DesktopNotice(conversation.id, name_of(conversation.contact), body, NoticeTopic.RETURN)


def colleague_notice(call: ColleagueCalled, conversation: Conversation) -> DesktopNotice:
    """Return the notice that a colleague calls, or has handed over or taken somebody."""
    name = name_of(conversation.contact)
    if call.taken:
        words = tr("{colleague} has taken {name} from you", colleague=call.by, name=name)
    elif not call.by:
        words = tr("{name} waits and was given to you", name=name)
    elif f"@{call.name}" in call.text:
        words = tr("{colleague} calls you to {name}", colleague=call.by, name=name)
    else:
        words = tr("{colleague} has handed {name} to you", colleague=call.by, name=name)
    return DesktopNotice(conversation.id, words, call.text, NoticeTopic.COLLEAGUE, (NoticeAction.OPEN,))
