"""Texts of a conversation's status, of the ends of a snooze, and of its changes."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct

from wxdesk.core.conversations.changes import RowAct, RowChange, RowsChanged
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.i18n import clock_text, ntr, tr
from wxdesk.ui.wording.times import date_text, dated_time, span_text, weekday_text


class EndChoice[T](Struct, frozen=True):
    """A menu line for an end; without `end` it is disabled, and `tip` says why."""

    text: str
    end: T | None
    tip: str = ""
    chosen: bool = False


class HoursBoundary(Struct, frozen=True):
    """The next opening or closing time; `problem` says why it is unknown.

    `there` is the hour that the shop's clock shows then, empty if this computer's shows the same.
    """

    at: datetime | None = None
    problem: str = ""
    there: str = ""

    def named(self, when: str) -> str:
        """Return `when`, and the shop's hour where it is another."""
        return tr("{when} ({there} at the shop)", when=when, there=self.there) if self.there else when


MORNING = time(9)
"""Local time at which a snooze until a morning ends."""


def snooze_choices(opening: HoursBoundary, now: datetime) -> Sequence[EndChoice[datetime]]:
    """Return the ends that a snooze can have, soonest first as far as known."""
    hours = [EndChoice(ntr("For {n} hour", "For {n} hours", n), now + timedelta(hours=n)) for n in (1, 3)]
    opens: EndChoice[datetime] = EndChoice(tr("Until opening"), None, opening.problem)
    if opening.at is not None:
        opens = EndChoice(tr("Until opening, {when}", when=opening.named(upcoming_time(opening.at, now))), opening.at)
    days = [_morning(now, 1), _morning(now, 7 - now.astimezone().weekday())]
    others = [one for place, one in enumerate(days) if one != opening.at and one not in days[:place]]
    return (*hours, opens, *(EndChoice(tr("Until {when}", when=upcoming_time(one, now)), one) for one in others))


def later_choices(now: datetime, closes: datetime | None) -> Sequence[tuple[str, datetime]]:
    """Return times at which a reply can be sent later, before its window `closes`."""
    hours = [(ntr("In {n} hour", "In {n} hours", n), now + timedelta(hours=n)) for n in (1, 3)]
    days = [(upcoming_time(one, now), one) for one in dict.fromkeys((_morning(now, 1), _morning(now, 2)))]
    return [(words, at) for words, at in (*hours, *days) if closes is None or at < closes]


def _morning(now: datetime, days: int) -> datetime:
    """Return the morning so many days from today, by this machine's clock."""
    local = now.astimezone()
    return datetime.combine(local.date() + timedelta(days=days), MORNING).astimezone()


def upcoming_time(at: datetime, now: datetime, local: Callable[[datetime], datetime] = datetime.astimezone) -> str:
    """Return a future time: the hour, tomorrow, a day of this week, a date."""
    day, hour = local(at).date(), clock_text(local(at))
    ahead = (day - local(now).date()).days
    if ahead <= 0:
        return hour
    if ahead == 1:
        return tr("tomorrow {time}", time=hour)
    named = weekday_text(day.weekday()) if ahead < 7 else date_text(day, with_year=False)
    return tr("{day} {time}", day=named, time=hour)


def snooze_span(minutes: int) -> str:
    """Return a rule's snooze span exactly: an hour and a half is not an hour."""
    whole = minutes < _HOUR or minutes % _DAY == 0 or (minutes % _HOUR == 0 and minutes < 3 * _DAY)
    return span_text(timedelta(minutes=minutes)) if whole else tr("{n} min", n=minutes)


_HOUR, _DAY = 60, 24 * 60


def status_text(conversation: Conversation, now: datetime) -> str:
    """Return the short status of a conversation; empty while it is open."""
    match conversation.status:
        case ConversationStatus.RESOLVED:
            return tr("Resolved")
        case ConversationStatus.SNOOZED if conversation.snoozed_until is not None:
            return tr("Snoozed until {when}", when=upcoming_time(conversation.snoozed_until, now))
    return ""


def status_icon(conversation: Conversation) -> str:
    """Return the icon beside `status_text`."""
    return "check" if conversation.status is ConversationStatus.RESOLVED else "moon"


def status_sentence(conversation: Conversation, now: datetime) -> str:
    """Return the status with its author and with what reopens the conversation."""
    rule, until, at = conversation.aside_by, conversation.snoozed_until, conversation.resolved_at
    if conversation.contact.blocked:
        return _of_blocked(until, at, now)
    if at is not None:
        when = dated_time(at, now)
        if rule:
            return tr(
                "Resolved by the rule “{rule}”, {when}. A message from the customer opens it again.",
                rule=rule,
                when=when,
            )
        return tr("Resolved by you, {when}. A message from the customer opens it again.", when=when)
    if until is None:
        return ""
    when = upcoming_time(until, now)
    if rule:
        return tr("Snoozed by the rule “{rule}” until {when}, or until the customer writes.", rule=rule, when=when)
    return tr("Snoozed until {when}, or until the customer writes.", when=when)


def _of_blocked(until: datetime | None, at: datetime | None, now: datetime) -> str:
    if at is not None:
        when = dated_time(at, now)
        return tr("Resolved, {when}. The customer is blocked, so no message opens it again.", when=when)
    if until is None:
        return ""
    return tr("Snoozed until {when}. The customer is blocked, so no message opens it before.",
              when=upcoming_time(until, now))  # fmt: skip


def changed_text(change: RowChange, result: RowsChanged, name: str, now: datetime) -> str:
    """Return the news of a change; empty where it can be seen at once.

    `name` is the contact, or the number of conversations.
    """
    left = len(result.unsettled)
    rest = ntr("{n} stays in the list, because a reply there is left to you.",
               "{n} stay in the list, because a reply there is left to you.", left)  # fmt: skip
    changed = _changed(change, result.until, name, now)
    return tr("{changed}. {rest}", changed=changed, rest=rest) if left else changed


def _changed(change: RowChange, until: datetime | None, name: str, now: datetime) -> str:
    if change.act is not RowAct.SNOOZE or until is None or change.until is None:
        return tr(_CHANGED.get(change.act, ""), name=name, tag=change.tag)
    when = upcoming_time(until, now)
    if until < change.until:
        return tr("Snoozed until {when}, before the reply window closes: {name}", when=when, name=name)
    return tr("Snoozed until {when}: {name}", when=when, name=name)


_CHANGED = {
    RowAct.READ: "Marked as read: {name}",
    RowAct.UNREAD: "Marked as unread: {name}",
    RowAct.PIN: "Pinned on top: {name}",
    RowAct.UNPIN: "Not on top any more: {name}",
    RowAct.RESOLVE: "Resolved: {name}",
    RowAct.BLOCK: "Blocked: {name}",
    RowAct.UNBLOCK: "Not blocked any more: {name}",
    RowAct.TAG: "Tagged “{tag}”: {name}",
    RowAct.UNTAG: "Tag “{tag}” taken away: {name}",
}
