"""What keeps the rules from answering, and in which order: the first guard that holds is the one that is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.on_new_message import PendingReply
from wxdesk.core.rules.matching.guards import STALE_AFTER, Situation, operator_decisions, stopped_by

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WINDOW = ReplyWindow(5, NOW + 48 * HOUR)
SHOP = Account("shop", "wx1", "gh_1")
TALK = Conversation(1, "shop", Contact(1, "shop", "o1", NOW), window=WINDOW)
MESSAGE = Message(1, 1, 1, MessageType.TEXT, NOW, NOW)
ENTERED = replace(MESSAGE, type=MessageType.ENTER_SESSION, event="user_enter_tempsession")
CLOSED = replace(MESSAGE, type=MessageType.OTHER, event="KF_Close_Session")
FREE = Situation(MESSAGE, TALK, SHOP, paused=False, now=NOW)
HELD = PendingReply(ReplyState.HELD, 1, to_message=True)


def at(situation: Situation = FREE, conversation: dict[str, Any] | None = None, **more: Any) -> Situation:
    return replace(situation, conversation=replace(TALK, **(conversation or {})), **more)


GUARDS: list[tuple[Outcome, dict[str, Any], dict[str, Any]]] = [
    (Outcome.TRANSFERRED, {"transfer_armed": True}, {}),
    (Outcome.STALE, {}, {"now": NOW + STALE_AFTER + SECOND}),
    (Outcome.PAUSED, {}, {"paused": True}),
    (Outcome.TAKEN_OVER, {"taken_over": True}, {}),
    (Outcome.IN_TOOL, {"transferred_until": NOW + HOUR}, {}),
    (Outcome.BLOCKED, {"contact": replace(TALK.contact, blocked=True)}, {}),
    (Outcome.NO_QUOTA, {"window": ReplyWindow(2, NOW + HOUR)}, {}),
]


def test_nothing_stops_an_ordinary_message() -> None:
    assert stopped_by(FREE) is None
    assert FREE.promised == 0
    assert FREE.clock_ahead == timedelta()


@pytest.mark.parametrize(("outcome", "conversation", "more"), GUARDS, ids=[str(guard[0]) for guard in GUARDS])
def test_each_guard_stops_by_itself(outcome: Outcome, conversation: dict[str, Any], more: dict[str, Any]) -> None:
    assert stopped_by(at(FREE, conversation, **more)) is outcome


@pytest.mark.parametrize("first", range(len(GUARDS)))
def test_of_several_guards_the_first_is_reported(first: int) -> None:
    conversation: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for _, its, others in GUARDS[first:]:
        conversation |= its
        more |= others
    assert stopped_by(at(FREE, conversation, **more)) is GUARDS[first][0]


def test_an_event_of_wechats_own_is_no_customer_unless_a_rule_asks_for_it() -> None:
    assert stopped_by(at(message=CLOSED)) is Outcome.NOT_A_CUSTOMER
    assert stopped_by(at(message=CLOSED, paused=True)) is Outcome.NOT_A_CUSTOMER
    assert stopped_by(at(message=CLOSED, events=frozenset({"kf_close_session"}))) is None
    assert stopped_by(at(message=ENTERED)) is None


def test_a_transfer_waits_for_a_message() -> None:
    assert stopped_by(at(conversation={"transfer_armed": True}, message=ENTERED)) is None
    assert stopped_by(at(conversation={"transfer_armed": True}, message=CLOSED)) is Outcome.NOT_A_CUSTOMER


def test_an_account_that_is_off_counts_as_paused() -> None:
    assert stopped_by(at(account=replace(SHOP, reply_mode=ReplyMode.OFF))) is Outcome.PAUSED
    assert stopped_by(at(conversation={"mode": ReplyMode.OFF})) is Outcome.PAUSED


def test_an_ended_takeover_or_transfer_stops_no_rule() -> None:
    assert stopped_by(at(conversation={"taken_over": True, "taken_over_until": NOW})) is None
    assert stopped_by(at(conversation={"transferred_until": NOW})) is None


def test_a_message_grows_stale_in_five_minutes_by_wechats_clock_or_our_own() -> None:
    assert timedelta(minutes=5) == STALE_AFTER
    written_before = replace(MESSAGE, created_at=NOW - STALE_AFTER)
    assert stopped_by(at(message=written_before)) is None
    assert stopped_by(at(message=written_before, clock_ahead=-SECOND)) is Outcome.STALE
    late = at(message=replace(written_before, created_at=NOW - HOUR, received_at=NOW - SECOND), clock_ahead=HOUR)
    assert (late.age, stopped_by(late)) == (SECOND, None)  # a desk an hour ahead still answers
    kept_long = at(message=replace(MESSAGE, received_at=NOW - HOUR), clock_ahead=HOUR)
    assert kept_long.age == HOUR


def test_the_reserve_is_left_to_the_operator() -> None:
    assert FREE.left_for_rules == FREE.left_beside_pending == 5 - SHOP.reserve
    assert at(promised=2).left_beside_pending == 1
    assert at(promised=3).left_for_rules == 0
    assert stopped_by(at(promised=3)) is Outcome.NO_QUOTA
    assert stopped_by(at(promised=2)) is None


def test_quota_of_superseded_replies_is_free_for_an_answer_but_not_for_an_event() -> None:
    assert at(promised=3, waiting=(HELD,)).left_for_rules == 1
    assert at(promised=3, waiting=(HELD,)).left_beside_pending == 0
    assert at(promised=3, waiting=(HELD,), message=ENTERED).left_for_rules == 0


def test_an_answer_is_pending_while_one_to_a_message_waits() -> None:
    to_event, passed_over = replace(HELD, to_message=False), replace(HELD, passed_over=True)
    assert at(waiting=(to_event, HELD)).is_answer_pending
    assert not at(waiting=(to_event, passed_over)).is_answer_pending
    assert not FREE.is_answer_pending
    assert at(waiting=(HELD,), message=ENTERED).is_answer_pending is False


@pytest.mark.parametrize(
    "setting",
    [
        {"mode": ReplyMode.DRAFT},
        {"taken_over": True},
        {"taken_over_until": NOW},
        {"transfer_armed": True},
        {"transferred_until": NOW},
        {"contact": replace(TALK.contact, blocked=True)},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_a_decision_made_under_another_setting_is_recognised(setting: dict[str, Any]) -> None:
    assert operator_decisions(replace(TALK, **setting)) != operator_decisions(TALK)
    assert operator_decisions(replace(TALK, unread=7, preview="好")) == operator_decisions(TALK)
