"""What a bubble's caption says and which actions it offers, by the state of its reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wxdesk.core.model import Author, PictureState, Reply, ReplyState
from wxdesk.core.rules import Outcome
from wxdesk.desk.refusal_words import refusal_words
from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_words import span_until
from wxdesk.ui.inbox.decision_words import short_outcome
from wxdesk.ui.inbox.timeline_entries import Entry, EntryKind
from wxdesk.ui.words import clock_time

ENTER_MARK = "⏎"


class BubbleAction(Enum):
    """What an operator can do to a bubble."""

    SEND = "send"
    EDIT = "edit"
    STOP = "stop"
    DISCARD = "discard"
    RETRY = "retry"
    CONFIRM = "confirm"
    SEND_AGAIN = "send_again"
    REUSE = "reuse"
    WHY = "why"
    COPY_RID = "copy_rid"


class Key(Enum):
    """The keys that act on the focused bubble."""

    ENTER = ENTER_MARK
    E = "E"
    R = "R"
    ESC = "Esc"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a bubble offers it; one of them may be the main one."""

    action: BubbleAction
    text: str
    key: Key = Key.NONE
    main: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a caption; with an action it is a link."""

    text: str
    role: str = "faint"
    strong: bool = False
    icon: str = ""
    action: BubbleAction | None = None


def offers_of(reply: Reply) -> tuple[Offer, ...]:
    """The actions inside a reply's bubble, in the order in which they stand."""
    edit = Offer(BubbleAction.EDIT, tr("Edit"), Key.E)
    match reply.state:
        case ReplyState.HELD:
            send = Offer(BubbleAction.SEND, tr("Send now"), Key.ENTER, main=True)
            return (send, edit, Offer(BubbleAction.STOP, tr("Stop"), Key.ESC))
        case ReplyState.DRAFT:
            send = Offer(BubbleAction.SEND, tr("Send"), Key.ENTER, main=True)
            return (send, edit, Offer(BubbleAction.DISCARD, tr("Throw away"), Key.ESC))
        case ReplyState.FAILED:
            retry = Offer(BubbleAction.RETRY, tr("Try again"), Key.ENTER, main=True)
            return (retry, edit, Offer(BubbleAction.DISCARD, tr("Throw away"), Key.ESC))
        case ReplyState.UNKNOWN:
            arrived = Offer(BubbleAction.CONFIRM, tr("It arrived"), Key.ENTER, main=True)
            return (arrived, Offer(BubbleAction.SEND_AGAIN, tr("Send again"), Key.R))
        case ReplyState.QUEUED if reply.not_before is not None or reply.error:
            return (Offer(BubbleAction.STOP, tr("Stop"), Key.ESC),)
    return ()


def trouble_of(reply: Reply) -> str:
    """Why a reply failed and what helps, in words, with the code; empty for one that is well."""
    if reply.state is ReplyState.UNKNOWN:
        return tr("WeChat's answer never came. Ask the customer, or look into WeChat, before you send it again.")
    if reply.state is ReplyState.DRAFT:
        return tr(reply.error) if reply.error else ""
    waits = reply.state is ReplyState.QUEUED and bool(reply.error)
    if reply.state is not ReplyState.FAILED and not waits:
        return ""
    if reply.errcode is None:
        reason = tr(reply.error) if reply.error else tr("no connection")
        return tr("Waits: {reason}", reason=reason) if waits else tr("Not sent: {reason}", reason=reason)
    words = refusal_words(reply.errcode, reply.error)
    said = tr("Waits, {code}: {meaning}.") if waits else tr("Failed {code}: {meaning}.")
    sentence = said.format(code=reply.errcode, meaning=words.meaning)
    sentence = tr("{said} {more}", said=sentence, more=words.remedy) if words.remedy else sentence
    return f"{sentence}\nrid {reply.rid}" if reply.rid else sentence


def caption_of(entry: Entry, now: datetime) -> tuple[Part, ...]:
    """The line under a bubble, piece by piece, from left to right."""
    if entry.reply is not None:
        return _reply_caption(entry.reply, now)
    time = Part(clock_time(entry.at))
    if entry.silence is None:
        return (time,)
    reason = Part(_silence_words(entry.silence), "secondary")
    return (time, reason, Part(tr("Why"), "accent", action=BubbleAction.WHY))


def _silence_words(outcome: Outcome) -> str:
    if outcome is Outcome.TRANSFERRED:
        return tr("Handed over to WeChat's own service tool")
    return tr("Nobody answered: {reason}", reason=short_outcome(outcome))


def _reply_caption(reply: Reply, now: datetime) -> tuple[Part, ...]:
    parts = [*_author_parts(reply)]
    ahead = _ahead(reply, now)
    if ahead is None:
        parts += [Part(clock_time(reply.sent_at or reply.created_at)), _state_part(reply)]
    else:
        parts.insert(0, ahead)
    if reply.state is ReplyState.CANCELLED and reply.content.text:
        parts.append(Part(tr("Use its text"), "accent", action=BubbleAction.REUSE))
    if reply.rid and trouble_of(reply):
        parts.append(Part(tr("Copy rid"), "accent", action=BubbleAction.COPY_RID))
    if reply.author is Author.RULE and reply.state in _EXPLAINED:
        parts.append(Part(tr("Why"), "accent", action=BubbleAction.WHY))
    return tuple(parts)


_EXPLAINED = frozenset({ReplyState.HELD, ReplyState.DRAFT})


def _author_parts(reply: Reply) -> tuple[Part, ...]:
    if reply.author is Author.OPERATOR:
        return (Part(tr("You")),)
    who = tr("Rule, edited") if reply.edited else tr("Rule")
    return (Part(who), Part(reply.rule_name)) if reply.rule_name else (Part(who),)


def _ahead(reply: Reply, now: datetime) -> Part | None:
    """What is going to happen to a reply that waits."""
    if reply.state is ReplyState.HELD and reply.due_at is not None:
        if now >= reply.due_at:
            return Part(tr("Sending"), "pending", strong=True, icon="hourglass")
        span = span_until(reply.due_at, now)
        return Part(tr("Sends in {span}", span=span), "pending", strong=True, icon="hourglass")
    if reply.state is ReplyState.DRAFT:
        return Part(tr("Draft, waits for you"), "pending", strong=True, icon="edit")
    if reply.state is ReplyState.QUEUED and reply.not_before is not None and now < reply.not_before:
        span = span_until(reply.not_before, now)
        return Part(tr("Tries again in {span}", span=span), "pending", strong=True, icon="retry")
    return None


def _state_part(reply: Reply) -> Part:
    match reply.state:
        case ReplyState.SENT:
            return Part(tr("Accepted by WeChat"))
        case ReplyState.FAILED:
            return Part(tr("Failed"), "failed", strong=True, icon="warning")
        case ReplyState.UNKNOWN:
            return Part(tr("May have been delivered"), "pending", strong=True, icon="question")
        case ReplyState.CANCELLED:
            return Part(tr("Stopped"), "secondary", icon="stop")
        case ReplyState.QUEUED if reply.error:
            return Part(tr("Waiting to be sent"), "pending", strong=True, icon="clock")
    return Part(tr("Sending"), "secondary", icon="clock")


def spoken_entry(entry: Entry, now: datetime) -> str:
    """A row as one sentence, for a screen reader: what, by whom, its state, and what one can do."""
    if entry.kind not in {EntryKind.MESSAGE, EntryKind.REPLY}:
        return entry.text
    said = [entry.text, *(part.text for part in caption_of(entry, now) if part.action is None)]
    if entry.reply is None:
        said.insert(0, tr("Customer"))
        if entry.message is not None and entry.message.picture_state is PictureState.MISSING:
            said.append(tr(entry.message.picture_problem))
    else:
        said += [trouble_of(entry.reply)] if trouble_of(entry.reply) else []
        said += [f"{offer.text} {offer.key.name.title()}" for offer in offers_of(entry.reply)]
    return ", ".join(said)
