"""Captions, notices and actions of a bubble, by the state of its reply."""

from datetime import datetime
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.reply import WAITS, Reply, ReplyState
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.replies.lifecycle import can_be_undone, is_automatic, is_passed_over, is_scheduled, leaves_by_itself
from wxdesk.core.replies.on_new_message import WINDOW_CLOSED
from wxdesk.core.wechat.errcodes import is_about_the_contact
from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry, WindowEnd, message_text, reply_text
from wxdesk.ui.look.keys import key_words, own_key
from wxdesk.ui.wording.decision import short_outcome
from wxdesk.ui.wording.messages import author_words, first_words, mode_text, quoted
from wxdesk.ui.wording.reply_status import HoldReason, status_of_reply
from wxdesk.ui.wording.times import clock_time, day_text, is_same_day


class BubbleAction(Enum):
    """Actions of a bubble."""

    SEND = "send"
    SEND_ALL = "send_all"
    EDIT = "edit"
    STOP = "stop"
    UNDO = "undo"
    DISCARD = "discard"
    RETRY = "retry"
    CONFIRM = "confirm"
    SEND_AGAIN = "send_again"
    REUSE = "reuse"
    WHY = "why"
    TAKE_OVER = "take_over"
    SEE_SINCE = "see_since"
    COPY_RID = "copy_rid"


class BubbleKey(Enum):
    """Shortcuts of the focused bubble; none is a letter, which would go to the reply."""

    ENTER = "⏎"
    ESC = "Esc"
    CTRL_D = "Ctrl+D"
    CTRL_E = "Ctrl+E"
    CTRL_T = "Ctrl+T"
    CTRL_O = "Ctrl+O"
    CTRL_R = "Ctrl+R"
    F4 = "F4"
    NONE = ""

    @property
    def label(self) -> str:
        """The key as it is drawn: the operator's own."""
        return key_words(own_key(self.value))


class Offer(Struct, frozen=True):
    """An action as a bubble offers it; at most one is the main one."""

    action: BubbleAction
    text: str
    key: BubbleKey = BubbleKey.NONE
    main: bool = False


class CaptionPart(Struct, frozen=True):
    """Piece of a caption; a link if it has an action. `tip` is its tooltip.

    `key` pieces, the state and its time, stay whole where others are cut or left out.
    """

    text: str
    role: str = "faint"
    strong: bool = False
    icon: str = ""
    action: BubbleAction | None = None
    tip: str = ""
    key: bool = False


def offers_in(entry: TimelineEntry) -> tuple[Offer, ...]:
    """Return the actions inside a bubble, in display order."""
    if entry.reply is None:
        return ()
    since = (Offer(BubbleAction.SEE_SINCE, tr("See what came"), BubbleKey.CTRL_T),) if entry.since is not None else ()
    offers = offers_of(entry.reply)
    if entry.lacking or entry.refused:
        offers = tuple(offer for offer in offers if offer.action not in _SENDING)
    return (*(_offers_for_all_parts(offers, entry.asking) if entry.asking else offers), *since)


_SENDING = frozenset({BubbleAction.SEND, BubbleAction.RETRY})


def _offers_for_all_parts(offers: tuple[Offer, ...], count: int) -> tuple[Offer, ...]:
    send, *others = offers
    if send.action is not BubbleAction.SEND:  # a value is missing; what is written there sends all of them
        return offers
    all_of_them = Offer(BubbleAction.SEND_ALL, tr("Send all {n} parts", n=count), send.key, main=True)
    return (all_of_them, replace(send, text=tr("Only this one"), key=BubbleKey.CTRL_O, main=False), *others)


def buttons_in(entry: TimelineEntry) -> tuple[Offer, ...]:
    """Return the actions shown as buttons in a bubble; others are caption links."""
    reply = entry.reply  # of one about which the operator has decided already, nothing is asked
    return () if reply is not None and (_is_leaving(reply) or is_passed_over(reply)) else offers_in(entry)


def _is_leaving(reply: Reply) -> bool:
    """Return True if it leaves as the operator wants; it looks as if delivered."""
    on_its_way = can_be_undone(reply) or reply.state is ReplyState.QUEUED
    in_order = reply.due_at is not None and not reply.error and reply.not_before is None
    return reply.author is Author.OPERATOR and on_its_way and in_order


def offers_of(reply: Reply) -> tuple[Offer, ...]:
    """Return the actions of a reply in its state; each key has one action."""
    edit = Offer(BubbleAction.EDIT, tr("Edit"), BubbleKey.CTRL_E)
    match reply.state:
        case ReplyState.HELD if can_be_undone(reply):
            return (Offer(BubbleAction.UNDO, tr("Undo send"), BubbleKey.ESC),)
        case ReplyState.HELD:
            words = tr("Send") if reply.due_at is None else tr("Send now")
            send = Offer(BubbleAction.SEND, words, BubbleKey.ENTER, main=True)
            stop = Offer(BubbleAction.STOP, tr("Stop"), BubbleKey.ESC)
            take_over = Offer(BubbleAction.TAKE_OVER, tr("Take over"), BubbleKey.F4)
            return (send, edit, stop, take_over) if leaves_by_itself(reply) else (send, edit, stop)
        case ReplyState.DRAFT if open_gaps(reply.content):
            fill_in = Offer(BubbleAction.EDIT, tr("Fill in"), BubbleKey.CTRL_E, main=True)
            return (fill_in, Offer(BubbleAction.DISCARD, tr("Throw away"), BubbleKey.ESC))
        case ReplyState.DRAFT:
            words = tr("Send after all") if is_passed_over(reply) else tr("Send")
            send = Offer(BubbleAction.SEND, words, BubbleKey.ENTER, main=True)
            return (send, edit, Offer(BubbleAction.DISCARD, tr("Throw away"), BubbleKey.ESC))
        case ReplyState.FAILED:
            retry = Offer(BubbleAction.RETRY, tr("Try again"), BubbleKey.ENTER, main=True)
            return (retry, edit, Offer(BubbleAction.DISCARD, tr("Throw away"), BubbleKey.ESC))
        case ReplyState.UNKNOWN:
            arrived = Offer(BubbleAction.CONFIRM, tr("It arrived"), BubbleKey.CTRL_D, main=True)  # Enter was to send it
            return (arrived, Offer(BubbleAction.SEND_AGAIN, tr("It did not, send again"), BubbleKey.CTRL_R))
        case ReplyState.QUEUED:
            stop = Offer(BubbleAction.STOP, tr("Stop"), BubbleKey.ESC)
            # Enter, which an empty reply lends to the bubble, would send it before its time by a slip.
            send = Offer(BubbleAction.SEND, tr("Send now"), BubbleKey.CTRL_R)
            change = Offer(BubbleAction.UNDO, tr("Change"), BubbleKey.CTRL_E)
            return (send, change, stop) if is_scheduled(reply) else (stop,)
    return ()


def notice_of(entry: TimelineEntry) -> str:
    """Return the text below a bubble's content: problems, reasons, other parts."""
    if entry.reply is None:
        return ""
    following = _following_text(entry.reply.state, entry.following)
    leaves = entry.reply.due_at is None and not entry.refused
    before = _lacking_text(entry.lacking) or (_ahead_text(entry.ahead) if leaves else "")
    trouble, refused = trouble_of(entry.reply), _refused_text(entry.reply, entry.refused)
    said = [trouble, refused, before, _last_moment(entry.reply, entry.closing), following, *_written_since(entry)]
    return "\n".join(words for words in said if words)


def _written_since(entry: TimelineEntry) -> list[str]:
    said: list[tuple[datetime, str]] = []
    if entry.since is not None:
        words = tr("The customer has written since: “{words}”", words=first_words(message_text(entry.since)))
        said.append((entry.since.at, words))
    if entry.spoken is not None:
        words = tr("You have answered since: “{words}”", words=first_words(reply_text(entry.spoken)))
        said.append((entry.spoken.at, words))
    return [words for _, words in sorted(said)]


def _following_text(state: ReplyState, count: int) -> str:
    if not count:
        return ""
    match state:
        case ReplyState.FAILED | ReplyState.DRAFT:
            one = "{n} part behind it waits. If you throw this one away, that goes too."
            return ntr(one, "{n} parts behind it wait. If you throw this one away, they go too.", count)
        case ReplyState.UNKNOWN:
            one = "{n} part behind it waits until you say whether this one arrived."
            return ntr(one, "{n} parts behind it wait until you say whether this one arrived.", count)
        case ReplyState.HELD:
            one = "If you stop this one, {n} part behind it is stopped too."
            return ntr(one, "If you stop this one, {n} parts behind it are stopped too.", count)
    return ""


def _refused_text(reply: Reply, why: str) -> str:
    """Return why it cannot be sent now, unless the reply says so itself."""
    told = reply.error == WINDOW_CLOSED or is_about_the_contact(reply.errcode)
    return "" if not why or told else tr("{reason}.", reason=why)


def _lacking_text(name: str) -> str:
    if not name:
        return ""
    return tr("Fill in “{name}” in the earlier part first. If you throw that one away, this one goes too.", name=name)


def _ahead_text(count: int) -> str:
    if not count:
        return ""
    one = "If you send this one, {n} part before it leaves first."
    return ntr(one, "If you send this one, {n} parts before it leave first.", count)


def _last_moment(reply: Reply, closing: WindowEnd | None) -> str:
    if closing is None or reply.due_at is None or reply.state is not ReplyState.HELD:
        return ""
    time = clock_time(reply.due_at)
    if closing.last_moment is LastMoment.HAND_OVER:
        return tr("Handed to you at {time}, just before the reply window closes.", time=time)
    return tr("Sent at {time}, just before the reply window closes.", time=time)


def trouble_of(reply: Reply) -> str:
    """Return why a reply failed, what helps and the code; empty if nothing is wrong."""
    match reply.state:
        case ReplyState.UNKNOWN:
            return tr("WeChat's answer never came. Ask the customer, or look into WeChat, before you send it again.")
        case ReplyState.DRAFT:
            return "\n".join([*_missing_text(reply), *([tr(reply.error)] if reply.error else [])])
        case ReplyState.HELD if reply.asks:
            return tr(reply.error) if reply.error else tr("It does not leave by itself. Send it or stop it.")
        case ReplyState.QUEUED if reply.error:
            return _failure_text(reply, waits=True)
        case ReplyState.FAILED:
            return _failure_text(reply, waits=False)
    return ""


def _failure_text(reply: Reply, *, waits: bool) -> str:
    """Return why the last attempt failed, of a reply that `waits` for another or not."""
    if reply.errcode is None:
        reason = tr(reply.error) if reply.error else tr("no connection")
        return tr("Waits: {reason}", reason=reason) if waits else tr("Not sent: {reason}", reason=reason)
    words = refusal_text(reply.errcode, reply.error)
    said = tr("Waits, {code}: {meaning}.") if waits else tr("Failed {code}: {meaning}.")
    sentence = said.format(code=reply.errcode, meaning=tr(words.meaning))
    sentence = tr("{said} {more}", said=sentence, more=words.remedy) if words.remedy.sentence else sentence
    return f"{sentence}\nrid {reply.rid}" if reply.rid else sentence


def _missing_text(reply: Reply) -> list[str]:
    gaps = open_gaps(reply.content)
    if not gaps:
        return []
    one = "{names} has no value for this customer. Write what belongs there, then send it."
    many = "{names} have no value for this customer. Write what belongs there, then send it."
    return [ntr(one, many, len(gaps), names=quoted(gaps))]


def caption_of(
    entry: TimelineEntry, now: datetime, hold_reason: HoldReason = HoldReason.NONE
) -> tuple[CaptionPart, ...]:
    """Return the line under a bubble, piece by piece from left to right."""
    if entry.reply is not None:
        return _reply_caption(entry, entry.reply, now, hold_reason)
    time = CaptionPart(clock_time(entry.at))
    if entry.silence is None:
        return (time,)
    reason = CaptionPart(_silence_text(entry.silence), "secondary", key=True)
    return (time, reason, CaptionPart(tr("Why"), "accent", action=BubbleAction.WHY))


def _silence_text(decision: Decision) -> str:
    if decision.outcome is Outcome.TRANSFERRED:
        return tr("Handed over to WeChat's own service tool")
    return tr("Nobody answered: {reason}", reason=short_outcome(decision))


def _reply_caption(
    entry: TimelineEntry, reply: Reply, now: datetime, hold_reason: HoldReason
) -> tuple[CaptionPart, ...]:
    status = status_of_reply(reply, now, hold_reason)
    state = CaptionPart(status.text, status.role, status.strong, status.icon, key=True)
    if _is_leaving(reply):
        return (state, *(CaptionPart(offer.text, "accent", action=offer.action) for offer in offers_of(reply)))
    parts = [CaptionPart(words) for words in author_words(reply)]
    if entry.answers is not None and not is_passed_over(reply):
        parts.append(CaptionPart(tr("to “{words}”", words=first_words(message_text(entry.answers)))))
    origin = _mode_origin(reply)
    if origin is not None:
        parts.append(origin)
    if _waits(reply, now) or hold_reason is HoldReason.BEHIND:
        parts.insert(0, state)
    else:
        parts += [CaptionPart(clock_time(reply.sent_at or reply.created_at), key=True), state]
    return (*parts, *_links_of(entry, reply))


def _mode_origin(reply: Reply) -> CaptionPart | None:
    """Return the setting that made an automatic `reply` wait when it began to.

    None if the reply does not wait, if its bubble says so, or if it is unknown.
    """
    if reply.author is not Author.RULE or reply.state not in WAITS or reply.error or is_passed_over(reply):
        return None
    if reply.state is ReplyState.DRAFT and reply.by:
        if reply.by != Author.OPERATOR:
            tip = tr("{who} has begun to change it.", who=reply.by)
            return CaptionPart(tr("{who} is editing it", who=reply.by), tip=tip)
        if reply.mode is ReplyMode.DRAFT:
            return CaptionPart(
                tr("you are editing it"), tip=tr("You have begun to change it, so no other answer takes its place.")
            )
        return CaptionPart(tr("kept by you"), tip=tr("You stopped its clock to change it. It leaves when you send it."))
    if reply.mode is None or reply.mode_from is None:
        return None
    return _set_by(reply.mode_from, mode_text(reply.mode))


def _set_by(source: ModeSource, mode: str) -> CaptionPart:
    match source:
        case ModeSource.ACCOUNT:
            sentence = tr("{mode}: so it was set for the account when this began to wait.", mode=mode)
            return CaptionPart(tr("set for the account"), tip=sentence)
        case ModeSource.CONVERSATION:
            sentence = tr("{mode}: so it was set for this conversation when this began to wait.", mode=mode)
            return CaptionPart(tr("set for this conversation"), tip=sentence)
        case ModeSource.RULE:
            sentence = tr("{mode}: so the rule itself said when this was made.", mode=mode)
            return CaptionPart(tr("set by the rule"), tip=sentence)


def _links_of(entry: TimelineEntry, reply: Reply) -> list[CaptionPart]:
    """Return the links of a caption: actions that are no question to the operator."""
    links: list[tuple[str, BubbleAction]] = []
    if is_passed_over(reply):
        # What came since is a key away: there are many already.
        links += [(one.text, one.action) for one in offers_in(entry) if one.action is not BubbleAction.SEE_SINCE]
    if reply.state is ReplyState.CANCELLED and reply.content.text:
        links.append((tr("Use its text"), BubbleAction.REUSE))
    if reply.rid and trouble_of(reply):
        links.append((tr("Copy rid"), BubbleAction.COPY_RID))
    if reply.author is Author.RULE and reply.state in WAITS:
        links.append((tr("Why"), BubbleAction.WHY))
    return [CaptionPart(text, "accent", action=action) for text, action in links]


def _waits(reply: Reply, now: datetime) -> bool:
    if reply.state is ReplyState.QUEUED:
        return reply.not_before is not None and now < reply.not_before and not is_scheduled(reply)
    return reply.state in WAITS


_STOPPED_CLOCK = frozenset({HoldReason.WRITING, HoldReason.PAUSED, HoldReason.BEHIND})
"""Hold reasons that stop a countdown; a handover lets it run on."""


def share_left(reply: Reply, now: datetime, hold_reason: HoldReason = HoldReason.NONE) -> float:
    """Return the share left of a held reply's time, 1 to 0; 1 while it is stopped."""
    if reply.due_at is None or (hold_reason in _STOPPED_CLOCK and is_automatic(reply)):
        return 1.0
    whole = (reply.due_at - reply.updated_at).total_seconds()
    left = (reply.due_at - now).total_seconds()
    return min(1.0, max(0.0, left / whole)) if whole > 0 else 0.0


def accessible_entry(entry: TimelineEntry, now: datetime, hold_reason: HoldReason = HoldReason.NONE) -> str:
    """Return a row as a sentence for screen readers: text, author, state and actions."""
    if entry.kind not in {EntryKind.MESSAGE, EntryKind.REPLY}:
        return entry.text
    said = [entry.text, *(part.text for part in caption_of(entry, now, hold_reason) if part.action is None)]
    said += [] if is_same_day(entry.at, now) else [day_text(entry.at, now)]
    if entry.reply is None:
        said.insert(0, tr("Customer"))
        if entry.message is not None and entry.message.picture_state is PictureState.MISSING:
            said.append(tr(entry.message.picture_problem))
    else:
        said += [notice_of(entry)] if notice_of(entry) else []
        said += [f"{offer.text} {offer.key.label.replace('⏎', 'Enter')}".strip() for offer in offers_in(entry)]
    return ", ".join(said)
