"""The table of a reply's moves, walked cell by cell against the design's sentence about it."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import Account, ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.core.replies.lifecycle import (
    BEFORE_SENDING,
    BORN_BY,
    BY_WECHAT,
    CHANGED_BY,
    NEVER_ARRIVES,
    REPLY_MOVES,
    EffectiveMode,
    Move,
    ReplyStep,
    StepKind,
    can_be_undone,
    effective_mode,
    first_state,
    is_expired,
    is_passed_over,
    is_taken_over,
    leaves_by_itself,
    mode_of,
    next_state,
    states_before,
    step_kind,
)

S = ReplyState
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = Account("shop", "wx1", "gh_1", reply_mode=ReplyMode.HOLD)
RULES_REPLY = Reply(1, 1, "shop", "o1", Author.RULE, Content(text="好的"), S.QUEUED, NOW, NOW)
TALK = Conversation(1, "shop", Contact(1, "shop", "o1", NOW))


TABLE = """
draft hold held, draft release queued, draft cancel cancelled
held hold held, held keep draft, held release queued, held cancel cancelled
queued hold held, queued keep draft, queued claim sending, queued refuse failed, queued cancel cancelled
sending accept sent, sending refuse failed, sending postpone queued, sending hold held, sending lose unknown
sending expire held, sending recall cancelled
failed retry queued, failed cancel cancelled
unknown retry queued, unknown confirm sent, unknown cancel cancelled
"""
"""Each move once more: state, move, and the state that it leads to."""

MOVES = {(S(row[0]), Move(row[1])): S(row[2]) for row in map(str.split, TABLE.strip().replace("\n", ",").split(","))}


@pytest.mark.parametrize(("state", "move"), list(product(ReplyState, Move)))
def test_every_move_is_in_the_table_or_refused(state: ReplyState, move: Move) -> None:
    assert REPLY_MOVES.get((state, move)) is MOVES.get((state, move))
    if (state, move) in MOVES:
        assert next_state(state, move) is MOVES[state, move]
    else:
        with pytest.raises(MoveNotAllowed, match=f"“{state.value}” now, so “{move.value}”"):
            next_state(state, move)


def test_sent_and_cancelled_are_final() -> None:
    assert {state for state, _ in REPLY_MOVES} == set(ReplyState) - {S.SENT, S.CANCELLED}


def test_anything_before_sending_can_be_cancelled_and_nothing_while_sending() -> None:
    assert frozenset({S.DRAFT, S.HELD, S.QUEUED}) == BEFORE_SENDING
    assert all(next_state(state, Move.CANCEL) is S.CANCELLED for state in BEFORE_SENDING)
    assert (S.SENDING, Move.CANCEL) not in REPLY_MOVES


def test_failed_and_cancelled_replies_never_arrive() -> None:
    assert frozenset({S.FAILED, S.CANCELLED}) == NEVER_ARRIVES


def test_only_a_reply_being_sent_can_be_recalled() -> None:
    assert [key for key in REPLY_MOVES if key[1] is Move.RECALL] == [(S.SENDING, Move.RECALL)]


def test_only_a_person_moves_an_unknown_reply() -> None:
    assert {move for state, move in REPLY_MOVES if state is S.UNKNOWN} == {Move.RETRY, Move.CONFIRM, Move.CANCEL}


def test_only_held_and_queued_replies_become_drafts() -> None:
    assert [key for key, state in REPLY_MOVES.items() if state is S.DRAFT] == [
        (S.HELD, Move.KEEP),
        (S.QUEUED, Move.KEEP),
    ]


def test_a_reply_that_has_not_left_can_be_held_again() -> None:
    before = BEFORE_SENDING | {S.SENDING}
    assert {state for state, move in REPLY_MOVES if move is Move.HOLD} == before
    assert all(next_state(state, Move.HOLD) is S.HELD for state in before)


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
def test_an_automatic_reply_is_stale_five_minutes_after_its_time(reply: Reply, after: timedelta, expired: bool) -> None:
    assert is_expired(reply, NOW + after, 5 * MINUTES) is expired


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


def test_each_move_but_claim_and_accept_is_a_step_of_the_history() -> None:
    assert {move for move in Move if step_kind(move) is None} == {Move.CLAIM, Move.ACCEPT}


OPERATORS = replace(RULES_REPLY, author=Author.OPERATOR, state=S.HELD, due_at=NOW)


def test_only_an_operators_message_that_counts_down_can_be_undone() -> None:
    assert can_be_undone(OPERATORS)
    assert not can_be_undone(replace(OPERATORS, author=Author.RULE))
    assert not can_be_undone(replace(OPERATORS, due_at=None))
    assert not any(can_be_undone(replace(OPERATORS, state=state)) for state in set(S) - {S.HELD})


def test_a_rules_reply_leaves_by_itself_unless_it_needs_a_decision() -> None:
    assert leaves_by_itself(RULES_REPLY)
    assert not leaves_by_itself(replace(RULES_REPLY, by="operator"))
    assert not leaves_by_itself(replace(RULES_REPLY, author=Author.OPERATOR))
    held = replace(RULES_REPLY, state=S.HELD, due_at=NOW)
    assert leaves_by_itself(held)
    assert not leaves_by_itself(replace(held, due_at=None)), "it asks"
    others = set(S) - {S.HELD, S.QUEUED}
    assert not any(leaves_by_itself(replace(held, state=state)) for state in others)


def test_a_draft_is_passed_over_until_an_operator_edits_or_keeps_it() -> None:
    draft = replace(RULES_REPLY, state=S.DRAFT, passed_by=2)
    assert is_passed_over(draft)
    assert not is_passed_over(replace(draft, passed_by=None))
    assert not is_passed_over(replace(draft, edited=True))
    assert not is_passed_over(replace(draft, by="operator"))
    assert not is_passed_over(replace(draft, author=Author.OPERATOR))
    assert not any(is_passed_over(replace(draft, state=state)) for state in set(S) - {S.DRAFT})


def test_the_narrowest_setting_decides_how_a_rule_answers() -> None:
    account, rule = replace(SHOP, hold_seconds=30), Rule("hours", delivery=Delivery.HOLD, hold_seconds=5)
    told = replace(TALK, mode=ReplyMode.DRAFT)
    assert effective_mode(rule, told, account) == EffectiveMode(ReplyMode.DRAFT, ModeSource.CONVERSATION, 30)
    assert effective_mode(rule, TALK, account) == EffectiveMode(ReplyMode.HOLD, ModeSource.RULE, 5)
    send, draft = replace(rule, delivery=Delivery.SEND), replace(rule, delivery=Delivery.DRAFT)
    assert effective_mode(send, TALK, account).mode is ReplyMode.AUTO
    assert effective_mode(draft, TALK, account).mode is ReplyMode.DRAFT
    for delivery in (Delivery.INHERIT, Delivery.SHADOW):
        narrow = effective_mode(replace(rule, delivery=delivery), TALK, account)
        assert narrow == EffectiveMode(ReplyMode.HOLD, ModeSource.ACCOUNT, 30)


def test_a_paused_account_answers_nothing_whatever_is_set() -> None:
    paused = replace(SHOP, paused=True)
    assert mode_of(replace(TALK, mode=ReplyMode.AUTO), paused) is ReplyMode.OFF
    assert mode_of(TALK, paused) is ReplyMode.OFF


def test_each_source_of_a_mode_has_its_own_reason() -> None:
    assert set(BORN_BY) == set(ModeSource)
    assert set(CHANGED_BY) == {ModeSource.ACCOUNT, ModeSource.CONVERSATION}  # a rule's is kept with the reply
    assert len({*BORN_BY.values(), *CHANGED_BY.values()}) == 5


def test_what_the_database_says_of_a_cancelled_reply_stays_readable() -> None:
    assert BY_WECHAT == "WeChat"  # rows have it


def test_a_step_of_the_desk_itself_names_nobody_and_no_reason() -> None:
    step = ReplyStep(1, NOW, StepKind.HOLD)
    assert (step.by, step.reason) == ("", "")
