"""What becomes of pending replies when their contact writes again, and when they leave."""

from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import WAITS, ReplyState
from wxdesk.core.replies.on_new_message import (
    NO_HOLD_TIMES,
    HoldTimes,
    OnNewMessage,
    PendingReply,
    due_before_closing,
    effect_on_pending,
    is_due_at_closing,
    superseded_count,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MESSAGE = Message(1, 1, 1, MessageType.TEXT, NOW, NOW)
HELD = PendingReply(ReplyState.HELD, 1, to_message=True)
FATES = {
    OnNewMessage.SUPERSEDE: "replied incomplete silent handed_over transferred transfer_armed",
    OnNewMessage.HOLD_AGAIN: "still_held unmatched left_open resolved snoozed taken_over",
    OnNewMessage.ASK: "no_account not_a_customer stale paused in_tool blocked no_quota yielded not_rendered",
}


def test_every_outcome_has_one_effect() -> None:
    told = {Outcome(word): fate for fate, words in FATES.items() for word in words.split()}
    assert {outcome: effect_on_pending([HELD], MESSAGE, outcome) for outcome in Outcome} == told


@pytest.mark.parametrize("outcome", Outcome)
def test_an_event_or_no_pending_reply_changes_nothing(outcome: Outcome) -> None:
    event = Message(1, 1, 1, MessageType.ENTER_SESSION, NOW, NOW, event="user_enter_tempsession")
    assert effect_on_pending([HELD], event, outcome) is OnNewMessage.STAY
    assert effect_on_pending([], MESSAGE, outcome) is OnNewMessage.STAY


def test_a_new_answer_supersedes_pending_replies_that_nobody_edits() -> None:
    draft, touched = PendingReply(ReplyState.DRAFT, 1, True), PendingReply(ReplyState.HELD, 1, True, touched=True)
    assert superseded_count([HELD, draft, touched, HELD]) == 2
    assert not HELD.passed_over


def test_a_reply_waits_while_it_is_held_or_a_draft() -> None:
    assert {ReplyState.HELD, ReplyState.DRAFT} == WAITS


def test_a_hold_takes_the_seconds_of_its_rule_or_else_the_usual_ones() -> None:
    times = HoldTimes(20, {7: 5})
    assert times.due_at(NOW, 7) == NOW + 5 * SECOND
    assert times.due_at(NOW, 8) == NOW + 20 * SECOND
    assert times.due_at(NOW, None) == NOW + 20 * SECOND
    assert times.due_at(NOW, 7, 3 * SECOND) == NOW + 8 * SECOND  # a later part
    assert NO_HOLD_TIMES.due_at(NOW, 7) == NOW
    assert HoldTimes(20).due_at(NOW, 7) == NOW + 20 * SECOND


def test_nothing_is_held_beyond_ten_seconds_before_the_window_closes() -> None:
    last = NOW + 60 * SECOND
    closes = last + 10 * SECOND
    assert HoldTimes(61, until=closes).due_at(NOW, None) == last
    assert HoldTimes(59, until=closes).due_at(NOW, None) == last - SECOND
    assert due_before_closing(NOW, None) == NOW


def test_a_deadline_set_by_the_closing_window_is_reported_from_others() -> None:
    closes = NOW + 10 * SECOND
    assert is_due_at_closing(NOW, closes)
    assert is_due_at_closing(NOW + SECOND, closes)
    assert not is_due_at_closing(NOW - SECOND, closes)
    assert not is_due_at_closing(None, closes)
    assert not is_due_at_closing(NOW, None)
