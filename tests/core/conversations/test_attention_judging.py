"""The table of facts that make a conversation call for an operator."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from wxdesk.core.conversations.attention import Attention, AttentionReason, most_urgent
from wxdesk.core.conversations.attention_judging import attention_for
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Author, Contact, Conversation, ReplyWindow
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.preferences import Preferences

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WARNED = Preferences(warn_hours=2)
WARN = WARNED.warning
OPEN = ReplyWindow(5, NOW + timedelta(hours=40))
SINCE = NOW - timedelta(minutes=10)
SOON = ReplyWindow(5, NOW + WARN)
LONG_AGO = NOW - timedelta(minutes=1)


def row(calls: tuple[Attention, ...] = (), replies: tuple[Reply, ...] = (), **fields: Any) -> InboxRow:
    known: dict[str, Any] = {"waiting_since": SINCE, "last_at": SINCE, "window": OPEN}
    contact = Contact(1, "shop", "oA", NOW, blocked=bool(fields.pop("blocked", False)))
    thread = Conversation(1, "shop", contact, **(known | fields))
    failed = next((one for one in replies if one.state in (ReplyState.FAILED, ReplyState.UNKNOWN)), None)
    held = [one for one in replies if one.state is ReplyState.HELD]
    drafts = sum(one.state is ReplyState.DRAFT for one in replies)
    due_at = held[0].due_at if held else None
    return InboxRow(thread, due_at, len(held), drafts, failed, replies[-1] if replies else None, calls)


def reply(state: ReplyState, author: Author = Author.RULE, **fields: Any) -> Reply:
    due_at = NOW + timedelta(seconds=8) if state is ReplyState.HELD else None
    made = Reply(1, 1, "shop", "oA", author, Content(text="好"), state, NOW, NOW, due_at=due_at)
    return replace(made, **fields)


def causes(made: InboxRow, reserve: int = 2, now: datetime = NOW) -> set[AttentionReason]:
    return {call.cause for call in attention_for(made, reserve, WARNED, now)}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (row(), set()),
        (row(taken_over=True), {AttentionReason.LEFT}),
        (row(taken_over=True, waiting_since=None), set()),
        (row(taken_over=True, blocked=True), set()),
        (row(taken_over=True, resolved_at=SINCE), set()),
        (row(taken_over=True, snoozed_until=NOW + WARN, called_at=SINCE), set()),
        (row(back_at=SINCE), {AttentionReason.BACK}),
        (row(back_at=SINCE, taken_over=True), {AttentionReason.BACK, AttentionReason.LEFT}),
        (row(taken_over=True, window=ReplyWindow(5, NOW)), set()),
        (row(taken_over=True, replies=(reply(ReplyState.SENDING, Author.OPERATOR),)), set()),
        (
            row(taken_over=True, replies=(reply(ReplyState.QUEUED, Author.OPERATOR, errcode=40164),)),
            {AttentionReason.LEFT},
        ),
        (row(taken_over=True, replies=(reply(ReplyState.SENT),)), {AttentionReason.LEFT}),
        (row(window=ReplyWindow(5, NOW + WARN)), {AttentionReason.CLOSING}),
        (row(window=ReplyWindow(5, NOW + WARN + timedelta(seconds=1))), set()),
        (row(window=SOON, replies=(reply(ReplyState.QUEUED, Author.OPERATOR),)), set()),
        (
            row(window=SOON, replies=(reply(ReplyState.QUEUED, Author.OPERATOR, created_at=LONG_AGO),)),
            {AttentionReason.CLOSING},
        ),
        (
            row(window=SOON, replies=(reply(ReplyState.HELD, Author.OPERATOR, created_at=LONG_AGO),)),
            {AttentionReason.HELD},
        ),
        (
            row(taken_over=True, replies=(reply(ReplyState.HELD, Author.OPERATOR, due_at=None),)),
            {AttentionReason.HELD, AttentionReason.LEFT},
        ),
        (
            row(taken_over=True, replies=(reply(ReplyState.FAILED), reply(ReplyState.QUEUED, Author.OPERATOR))),
            {AttentionReason.FAILED, AttentionReason.LEFT},
        ),
        (row(window=ReplyWindow(5, NOW + WARN), waiting_since=None), set()),
        (row(window=ReplyWindow(0, NOW + WARN)), set()),
        (row(window=ReplyWindow(2, OPEN.until)), {AttentionReason.RESERVE}),
        (row(window=ReplyWindow(3, OPEN.until)), set()),
        (row(window=ReplyWindow(2, OPEN.until), waiting_since=None), set()),
        (row(called_at=NOW, called_by="投诉", waiting_since=None), {AttentionReason.CALLED}),
        (row(replies=(reply(ReplyState.FAILED),)), {AttentionReason.FAILED}),
        (row(replies=(reply(ReplyState.UNKNOWN),)), {AttentionReason.UNKNOWN}),
        (row(replies=(reply(ReplyState.HELD),)), {AttentionReason.HELD}),
        (row(replies=(reply(ReplyState.HELD, due_at=None),)), {AttentionReason.HELD}),
        (
            row(replies=(reply(ReplyState.HELD, due_at=None, attempts=15),)),  # it was given up
            {AttentionReason.FAILED, AttentionReason.HELD},
        ),
        (row(replies=(reply(ReplyState.DRAFT),)), {AttentionReason.DRAFT}),
    ],
)
def test_causes(made: InboxRow, expected: set[AttentionReason]) -> None:
    assert causes(made) == expected


def test_without_a_reserve_few_replies_left_call_nobody() -> None:
    assert causes(row(window=ReplyWindow(1, OPEN.until)), reserve=0) == set()


def test_a_seen_call_stays_seen_until_it_has_a_new_cause() -> None:
    seen = Attention(1, AttentionReason.LEFT, SINCE, seen=True)
    assert attention_for(row((seen,), taken_over=True), 2, WARNED, NOW) == (seen,)
    again = attention_for(row((seen,), taken_over=True, last_at=NOW), 2, WARNED, NOW)
    assert again == (Attention(1, AttentionReason.LEFT, NOW),)
    answered = row((seen,), taken_over=True, last_at=NOW, preview_author=Author.RULE)
    assert attention_for(answered, 2, WARNED, NOW) == (seen,)


def test_a_failure_older_than_any_reply_window_calls_nobody() -> None:
    old = row(replies=(reply(ReplyState.FAILED, updated_at=NOW - timedelta(hours=49)),))
    assert attention_for(old, 2, WARNED, NOW) == ()


def test_a_failure_that_was_seen_stays_first_until_it_is_settled() -> None:
    failed = row(replies=(reply(ReplyState.FAILED, updated_at=NOW - timedelta(hours=1)),))
    [call] = attention_for(failed, 2, WARNED, NOW)
    assert replace(call, seen=True).sorts_first


def test_the_most_urgent_is_shown_and_the_unseen_first() -> None:
    left, failed = Attention(1, AttentionReason.LEFT, NOW), Attention(1, AttentionReason.FAILED, NOW)
    assert most_urgent((failed, left)) is left
    seen = replace(left, seen=True)
    assert most_urgent((failed, seen)) is failed
    assert most_urgent(()) is None
