"""The table of a reply's moves, walked cell by cell against the design's sentence about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.history import step_kind
from wxdesk.core.replies.lifecycle import (
    BEFORE_SENDING,
    REPLY_MOVES,
    Move,
    first_state,
    is_expired,
    is_taken_over,
    mode_of,
    next_state,
    states_before,
)

S = ReplyState
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = Account("shop", "wx1", "gh_1", reply_mode=ReplyMode.HOLD)
RULES_REPLY = Reply(1, 1, "shop", "o1", Author.RULE, Content(text="好的"), S.QUEUED, NOW, NOW)
TALK = Conversation(1, "shop", Contact(1, "shop", "o1", NOW))


@pytest.mark.parametrize(("state", "move"), list(product(ReplyState, Move)))
def test_every_move_is_in_the_table_or_refused(state: ReplyState, move: Move) -> None:
    if (state, move) in REPLY_MOVES:
        assert next_state(state, move) is REPLY_MOVES[state, move]
    else:
        with pytest.raises(MoveNotAllowed, match=state.value):
            next_state(state, move)


def test_sent_and_cancelled_are_final() -> None:
    assert {state for state, _ in REPLY_MOVES} == set(ReplyState) - {S.SENT, S.CANCELLED}


def test_anything_before_sending_can_be_cancelled_and_nothing_while_sending() -> None:
    assert frozenset({S.DRAFT, S.HELD, S.QUEUED}) == BEFORE_SENDING
    assert all(next_state(state, Move.CANCEL) is S.CANCELLED for state in BEFORE_SENDING)
    assert (S.SENDING, Move.CANCEL) not in REPLY_MOVES


def test_only_what_is_claimed_is_recalled() -> None:
    assert [key for key in REPLY_MOVES if key[1] is Move.RECALL] == [(S.SENDING, Move.RECALL)]


def test_only_a_person_moves_an_unknown_reply() -> None:
    assert {move for state, move in REPLY_MOVES if state is S.UNKNOWN} == {Move.RETRY, Move.CONFIRM, Move.CANCEL}


def test_what_is_too_late_goes_to_its_human_and_nobody_calls_back_what_may_have_left() -> None:
    assert [key for key, state in REPLY_MOVES.items() if state is S.DRAFT] == [
        (S.HELD, Move.KEEP),
        (S.QUEUED, Move.KEEP),
        (S.SENDING, Move.EXPIRE),
    ]


def test_what_has_not_left_can_be_held_again() -> None:
    assert {state for state, move in REPLY_MOVES if move is Move.HOLD} == BEFORE_SENDING
    assert all(next_state(state, Move.HOLD) is S.HELD for state in BEFORE_SENDING)


@pytest.mark.parametrize("move", [Move.HOLD, Move.KEEP, Move.RELEASE, Move.CANCEL])
def test_a_move_of_many_leads_to_one_state(move: Move) -> None:
    assert len({next_state(state, move) for state in states_before(move)}) == 1


MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("reply", "after", "expired"),
    [
        (RULES_REPLY, 5 * MINUTES, False),
        (RULES_REPLY, 5 * MINUTES + timedelta(seconds=1), True),
        (replace(RULES_REPLY, due_at=NOW + 3 * MINUTES), 8 * MINUTES, False),
        (replace(RULES_REPLY, due_at=NOW + 3 * MINUTES), 8 * MINUTES + timedelta(seconds=1), True),
        (replace(RULES_REPLY, not_before=NOW + MINUTES), 6 * MINUTES, False),
        (replace(RULES_REPLY, by="operator"), 60 * MINUTES, False),
        (replace(RULES_REPLY, author=Author.OPERATOR), 60 * MINUTES, False),
    ],
)
def test_an_automatic_reply_is_not_said_five_minutes_after_its_time(
    reply: Reply, after: timedelta, expired: bool
) -> None:
    assert is_expired(reply, NOW + after) is expired


def test_only_the_outbox_sends() -> None:
    assert [key for key, state in REPLY_MOVES.items() if state is S.SENDING] == [(S.QUEUED, Move.CLAIM)]


@pytest.mark.parametrize(
    ("mode", "state"),
    [(ReplyMode.AUTO, S.QUEUED), (ReplyMode.HOLD, S.HELD), (ReplyMode.DRAFT, S.DRAFT), (ReplyMode.OFF, None)],
)
def test_an_automatic_reply_is_born_in_the_state_of_its_mode(mode: ReplyMode, state: ReplyState | None) -> None:
    assert first_state(mode) is state


def test_the_narrower_mode_wins() -> None:
    assert mode_of(TALK, SHOP) is ReplyMode.HOLD
    assert mode_of(Conversation(1, "shop", TALK.contact, mode=ReplyMode.OFF), SHOP) is ReplyMode.OFF


@pytest.mark.parametrize(
    ("taken_over", "until", "expected"),
    [
        (False, None, False),
        (True, None, True),
        (True, NOW + timedelta(seconds=1), True),
        (True, NOW, False),
        (False, NOW + timedelta(hours=1), False),
    ],
)
def test_a_takeover_ends_with_its_time(taken_over: bool, until: datetime | None, expected: bool) -> None:
    talk = Conversation(1, "shop", TALK.contact, taken_over=taken_over, taken_over_until=until)
    assert is_taken_over(talk, NOW) is expected


def test_each_move_is_a_step_that_history_can_tell_but_those_of_the_plain_way() -> None:
    assert {move for move in Move if step_kind(move) is None} == {Move.CLAIM, Move.ACCEPT}
