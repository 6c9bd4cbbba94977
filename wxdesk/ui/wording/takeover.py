"""Texts of a takeover: spans to choose from, time left, notice of its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration, extended_duration, time_left
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import span_until
from wxdesk.ui.wording.status import EndChoice, HoursBoundary, upcoming_time
from wxdesk.ui.wording.times import MINUTE, dated_time, span_text, time_left_text

SILENCES = (5, 10, 30)
"""Minutes without a message after which a takeover can end."""


def takeover_spans(
    conversation: Conversation, closing: HoursBoundary, now: datetime
) -> Sequence[EndChoice[TakeoverDuration]]:
    """Return the ends that a takeover from now on can have."""
    taken = is_taken_over(conversation, now)
    until = TakeoverDuration(until=closing.at) if closing.at is not None else None
    at_closing = taken and closing.at is not None and conversation.taken_over_until == closing.at
    forever = taken and conversation.taken_over_until is None
    return (
        EndChoice(ntr("For {n} minute", "For {n} minutes", 15), TakeoverDuration(span=15 * MINUTE)),
        EndChoice(ntr("For {n} hour", "For {n} hours", 1), TakeoverDuration(span=60 * MINUTE)),
        EndChoice(_closing_text(closing, now), until, closing.problem, at_closing),
        EndChoice(tr("Until I hand back"), UNTIL_HANDED_BACK, "", forever),
    )


def takeover_silences(conversation: Conversation, now: datetime) -> Sequence[EndChoice[TakeoverDuration]]:
    """Return the lengths of silence after which a takeover can end by itself."""
    present = conversation.takeover_silence if is_taken_over(conversation, now) else None
    return tuple(
        EndChoice(
            ntr("Until {n} minute without a message", "Until {n} minutes without a message", n),
            TakeoverDuration(silence=n * MINUTE),
            tr("Every message, yours and the customer's, starts the time again."),
            present == n * 60,
        )
        for n in SILENCES
    )


def _closing_text(closing: HoursBoundary, now: datetime) -> str:
    if closing.at is None:
        return tr("Until closing")
    return tr("Until closing, {time}", time=closing.named(upcoming_time(closing.at, now)))


def takeover_sentence(conversation: Conversation, now: datetime, *, leaving: bool = False) -> str:
    """Return that people answer here, and how long; empty without a takeover.

    `leaving`: an automatic reply, that of the rule which handed over, leaves before.
    """
    if not is_taken_over(conversation, now):
        return ""
    remaining, until = time_left(conversation, now), conversation.taken_over_until
    rule = conversation.taken_over_by
    if rule and leaving:
        return tr(
            "“{rule}” hands this conversation to people. "
            "Its reply still leaves, then rules keep quiet until it is handed back or resolved.",
            rule=rule,
        )
    if rule and until is None:
        return tr(
            "“{rule}” handed this conversation to people: rules keep quiet until it is handed back or resolved.",
            rule=rule,
        )
    if remaining is None or until is None:
        return tr("People answer here until it is handed back. Automatic replies keep quiet.")
    time, span = dated_time(until, now), span_text(remaining)
    if conversation.takeover_silence is None:
        return tr("People answer here until {time}, {span} left. Then automatic replies return.", time=time, span=span)
    one = "People answer here until nobody has written for {n} minute: at {time}, if it stays quiet."
    many = "People answer here until nobody has written for {n} minutes: at {time}, if it stays quiet."
    return ntr(one, many, conversation.takeover_silence // 60, time=time)


def takeover_countdown(conversation: Conversation, now: datetime) -> str:
    """Return the countdown to the return of automatic replies."""
    return tr("Automatic replies return in {time}", time=time_left_text(time_left(conversation, now) or timedelta()))


def extend_takeover_text(conversation: Conversation, span: timedelta) -> str:
    """Return the label of the button that extends a takeover."""
    how = extended_duration(conversation, span)
    minutes = (how.silence or how.span or timedelta()) // MINUTE
    return ntr("Keep it for {n} min", "Keep it for {n} min", minutes)


def extend_takeovers_text(ending: Sequence[Conversation], span: timedelta) -> str:
    """Return the label of the button that extends all of these takeovers."""
    return extend_takeover_text(ending[0], span) if len(ending) == 1 else tr("Keep them")


def takeovers_ending_text(ending: Sequence[Conversation], now: datetime) -> str:
    """Return the warning that these takeovers are about to end, soonest first."""
    until = ending[0].taken_over_until or now
    if len(ending) == 1:
        name, span = name_of(ending[0].contact), span_until(until, now)
        return tr("Automatic replies return to {name} in {span}.", name=name, span=span)
    several = "Automatic replies return to {n} conversations, first in {span}."
    return tr(several, n=len(ending), span=span_until(until, now))


def takeovers_ended_text(ended: Sequence[Conversation]) -> str:
    """Return the notice that takeovers have ended, with contacts who still wait."""
    waiting = sum(one.awaits_answer for one in ended)
    if len(ended) == 1:
        name = name_of(ended[0].contact)
        if waiting:
            return tr("Automatic replies have returned. {name} wrote before that and still waits for you.", name=name)
        return tr("Automatic replies have returned: {name}", name=name)
    said = tr("Automatic replies have returned to {n} conversations.", n=len(ended))
    if not waiting:
        return said
    more = ntr("{n} customer still waits for you.", "{n} customers still wait for you.", waiting)
    return tr("{said} {more}", said=said, more=more)
