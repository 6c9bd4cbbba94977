"""Resolved and snoozed conversations: the list, the figures, rules that set aside, and what reopens them."""

from datetime import timedelta

import pytest

from tests.store.chats import T0, Talk, add_reply, entering, reopen, resolve, second, snooze
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound, UnsettledReply
from wxdesk.core.model.conversation import Author, ConversationStatus, StatusChange
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

SENT = (Move.CLAIM, Move.ACCEPT)
RESOLVES = StatusChange()
SNOOZES = StatusChange(60)


async def shown(store: Store, chosen: InboxFilter) -> list[str]:
    return [row.conversation.contact.openid for row in await store.inbox.page(chosen)]


async def status(talk: Talk, thread: int) -> ConversationStatus:
    return (await talk.thread(thread)).status


async def answers(
    talk: Talk, text: str, *replies: str, aside: StatusChange | None = RESOLVES, state: ReplyState = ReplyState.QUEUED
) -> list[Reply]:
    """A customer writes, and one rule says all of `replies` and sets the conversation aside after them."""
    message = (await talk.says("li", text)).message
    thread = message.conversation_id
    due_at = second(60) if state is ReplyState.HELD else None
    made = tuple(
        NewReply(
            thread, Author.RULE, Content(text=said), state, rule_id=7, rule_name="谢谢", due_at=due_at, aside=aside
        )
        for said in replies
    )
    outcome = Outcome.REPLIED if replies else Outcome.SNOOZED if aside and aside.minutes else Outcome.RESOLVED
    decision = Decision(message.id, thread, outcome, T0, rule_id=7, rule_name="谢谢")
    return await talk.store.decisions.store_rulings([Ruling(decision, made, aside=None if replies else aside)])


async def test_a_resolved_conversation_leaves_the_list_and_every_figure(talk: Talk, store: Store) -> None:
    done = (await talk.says("done", at=second(0))).conversation.id
    await talk.says("open", at=second(1))
    await resolve(store, done, second(2))
    for chip in (InboxFilter.ALL, InboxFilter.WAITING, InboxFilter.UNREAD):
        assert await shown(store, chip) == ["open"]
    assert await shown(store, InboxFilter.RESOLVED) == ["done"]
    assert await shown(store, InboxFilter.ANY_STATUS) == ["open", "done"]
    counts = await store.inbox.counts()
    assert (counts.waiting, counts.unread, counts.messages, counts.snoozed) == (1, 1, 1, 0)
    longest = await store.attention.longest_waiting(second(3))
    assert longest is not None
    assert longest.contact.openid == "open"


async def test_a_snoozed_conversation_leaves_the_list_and_counts_as_unanswered(talk: Talk, store: Store) -> None:
    late = (await talk.says("late", at=second(0))).conversation.id
    soon = (await talk.says("soon", at=second(1))).conversation.id
    await snooze(store, late, second(2), second(900))
    await snooze(store, soon, second(2), second(600))
    assert await shown(store, InboxFilter.ALL) == []
    assert await shown(store, InboxFilter.SNOOZED) == ["soon", "late"]
    counts = await store.inbox.counts()
    assert (counts.waiting, counts.unread, counts.snoozed) == (0, 0, 2)
    assert await store.attention.longest_waiting(second(3)) is None
    figures = await store.statistics.over(TimeSpan(T0.replace(minute=0), T0.replace(hour=T0.hour + 2)), None)
    assert figures.messages.unanswered == 2


async def test_a_taken_over_conversation_is_not_under_for_you_once_resolved(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await store.outbox.take_over(thread, Takeover(None), second(1))
    assert await shown(store, InboxFilter.NEEDS_HUMAN) == ["li"]
    await resolve(store, thread, second(1))
    assert await shown(store, InboxFilter.NEEDS_HUMAN) == []
    assert (await store.inbox.counts()).needs_human == 0


async def test_a_message_reopens_a_conversation_and_entering_does_not(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li", at=second(0))).conversation.id
    await resolve(store, thread, second(10))
    entered = await talk.hears(entering("li", second(20)), second(20))
    assert entered.conversation.status is ConversationStatus.RESOLVED
    heard = await talk.says("li", at=second(30))
    assert heard.conversation.status is ConversationStatus.OPEN
    assert heard.conversation.waiting_since == second(30)  # what was written before is done with
    await snooze(store, thread, second(40), second(900))
    again = await talk.says("li", at=second(50))
    assert again.conversation.status is ConversationStatus.OPEN
    assert again.conversation.waiting_since == second(30)  # what was put off was not answered
    assert (await talk.thread(thread)).status is ConversationStatus.OPEN


async def test_reopening_restores_the_waiting_state(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li", at=second(0))).conversation.id
    before = await talk.thread(thread)
    await resolve(store, thread, second(10))
    await reopen(store, thread)
    assert await talk.thread(thread) == before
    with pytest.raises(NotFound):
        await reopen(store, 9999)
    with pytest.raises(NotFound):
        await resolve(store, 9999, second(10))


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (ReplyState.DRAFT, ()),
        (ReplyState.HELD, ()),
        (ReplyState.QUEUED, (Move.CLAIM, Move.REFUSE)),
        (ReplyState.QUEUED, (Move.CLAIM, Move.LOSE)),
    ],
)
async def test_a_conversation_with_an_unsettled_reply_is_neither_resolved_nor_snoozed(
    talk: Talk, store: Store, state: ReplyState, moves: tuple[Move, ...]
) -> None:
    message = (await talk.says("li")).message
    [reply] = await talk.decides(message, "您好", state=state, due_at=second(60) if state is ReplyState.HELD else None)
    await talk.moves(reply, *moves)
    before = await talk.thread(message.conversation_id)
    with pytest.raises(UnsettledReply):
        await resolve(store, message.conversation_id, second(1))
    with pytest.raises(UnsettledReply):
        await snooze(store, message.conversation_id, second(1), second(600))
    assert await talk.thread(message.conversation_id) == before


async def test_an_operators_message_in_its_undo_time_does_not_reopen_a_conversation(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    new = NewReply(thread, Author.OPERATOR, Content(text="好的"), ReplyState.HELD, due_at=second(3))
    written = await add_reply(store, new, T0)
    await resolve(store, thread, second(1))
    await talk.moves(written, Move.RELEASE, *SENT, at=second(3))
    assert await status(talk, thread) is ConversationStatus.RESOLVED


@pytest.mark.parametrize("end", [Move.REFUSE, Move.LOSE, Move.EXPIRE])
async def test_a_failed_or_unknown_reply_reopens_a_conversation(talk: Talk, store: Store, end: Move) -> None:
    thread = (await talk.says("li")).conversation.id
    written = await talk.writes(thread, "好的")
    await resolve(store, thread, second(1))
    await talk.moves(written, Move.CLAIM, at=second(2))
    assert await status(talk, thread) is ConversationStatus.RESOLVED
    await talk.moves(written, end, at=second(3))
    assert await status(talk, thread) is ConversationStatus.OPEN


async def test_a_reply_unknown_after_a_crash_reopens_a_snoozed_conversation(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await talk.moves(await talk.writes(thread, "好的"), Move.CLAIM)
    await snooze(store, thread, second(1), second(600))
    await store.outbox.recover(second(2))
    assert await status(talk, thread) is ConversationStatus.OPEN


async def test_a_reply_that_asks_after_a_restart_reopens_a_conversation(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await add_reply(
        store, NewReply(thread, Author.OPERATOR, Content(text="好的"), ReplyState.HELD, due_at=second(3)), T0
    )
    await resolve(store, thread, second(1))
    await store.pending_replies.hold_after_restart(second(10), second(0))
    assert await status(talk, thread) is ConversationStatus.OPEN


@pytest.mark.parametrize("state", [ReplyState.DRAFT, ReplyState.HELD])
async def test_a_greeting_that_is_a_draft_or_held_reopens_a_conversation(
    talk: Talk, store: Store, state: ReplyState
) -> None:
    thread = (await talk.says("li")).conversation.id
    await resolve(store, thread, second(1))
    entered = (await talk.hears(entering("li", second(2)), second(2))).message
    await talk.decides(entered, "欢迎", state=state, due_at=second(60) if state is ReplyState.HELD else None)
    assert await status(talk, thread) is ConversationStatus.OPEN


# -- by rule


async def test_a_rule_resolves_only_once_its_last_reply_has_been_sent(talk: Talk, store: Store) -> None:
    first, second_part = await answers(talk, "谢谢", "不客气", "再见")
    thread = first.conversation_id
    await talk.moves(first, *SENT, at=second(5))
    assert await status(talk, thread) is ConversationStatus.OPEN
    await talk.moves(second_part, Move.CLAIM, at=second(6))
    assert await status(talk, thread) is ConversationStatus.OPEN
    await talk.moves(second_part, Move.ACCEPT, at=second(7))
    done = await talk.thread(thread)
    assert (done.resolved_at, done.aside_by, done.waiting_since) == (second(7), "谢谢", None)


async def test_a_rules_snooze_counts_from_the_sending_of_its_reply(talk: Talk, store: Store) -> None:
    [reply] = await answers(talk, "谢谢", "稍后", aside=SNOOZES)
    await talk.moves(reply, *SENT, at=second(30))
    thread = await talk.thread(reply.conversation_id)
    assert (thread.snoozed_until, thread.resolved_at, thread.aside_by) == (second(30 + 3600), None, "谢谢")


async def test_a_rule_without_a_reply_sets_aside_with_its_decision(talk: Talk, store: Store) -> None:
    await answers(talk, "好的")
    [row] = await store.inbox.page(InboxFilter.RESOLVED)
    assert (row.conversation.resolved_at, row.conversation.waiting_since) == (T0, None)
    await answers(talk, "等等", aside=SNOOZES)
    [row] = await store.inbox.page(InboxFilter.SNOOZED)
    assert (row.conversation.snoozed_until, row.conversation.waiting_since) == (second(3600), T0)


async def test_a_rule_does_not_resolve_while_an_earlier_message_is_unanswered(talk: Talk, store: Store) -> None:
    asked = (await talk.says("li", "怎么退货")).message
    await talk.decides(asked, outcome=Outcome.UNMATCHED, rule_id=None)
    await answers(talk, "好的")
    thread = await talk.thread(asked.conversation_id)
    assert (thread.status, thread.waiting_since) == (ConversationStatus.OPEN, T0)


async def test_a_rule_sets_nothing_aside_if_the_customer_has_written_since(talk: Talk, store: Store) -> None:
    [reply] = await answers(talk, "谢谢", "不客气", aside=SNOOZES)
    await talk.says("li", "还有")
    await talk.moves(reply, *SENT, at=second(5))
    assert await status(talk, reply.conversation_id) is ConversationStatus.OPEN


async def test_a_rule_sets_nothing_aside_if_an_operator_has_taken_over_meanwhile(talk: Talk, store: Store) -> None:
    [reply] = await answers(talk, "谢谢", "不客气", aside=SNOOZES)
    await talk.moves(reply, Move.CLAIM)
    await store.outbox.take_over(reply.conversation_id, Takeover(None), second(1))
    await talk.moves(reply, Move.ACCEPT, at=second(5))
    assert await status(talk, reply.conversation_id) is ConversationStatus.OPEN


async def test_a_rule_sets_nothing_aside_while_a_draft_is_pending(talk: Talk, store: Store) -> None:
    asked = (await talk.says("li", "退货")).message
    [draft] = await talk.decides(asked, "草稿", state=ReplyState.DRAFT)
    message = (await talk.says("li", "谢谢")).message
    made = NewReply(
        message.conversation_id, Author.RULE, Content(text="不客气"), ReplyState.QUEUED, rule_id=8, aside=SNOOZES
    )
    decision = Decision(message.id, message.conversation_id, Outcome.REPLIED, T0, rule_id=8)
    [reply] = await store.decisions.store_rulings([Ruling(decision, (made,))])
    await talk.moves(reply, *SENT, at=second(5))
    assert await status(talk, message.conversation_id) is ConversationStatus.OPEN
    assert (await store.replies.get(draft.id)).state is ReplyState.DRAFT


@pytest.mark.parametrize(
    "way",
    [
        (Move.CLAIM, Move.REFUSE, Move.RETRY, *SENT),
        (Move.CLAIM, Move.LOSE, Move.CONFIRM),
        (Move.CLAIM, Move.EXPIRE, Move.RELEASE, *SENT),
        (Move.KEEP, Move.RELEASE, *SENT),
    ],
)
async def test_a_rules_reply_that_an_operator_settled_or_released_sets_nothing_aside(
    talk: Talk, store: Store, way: tuple[Move, ...]
) -> None:
    [reply] = await answers(talk, "谢谢", "不客气")
    for move in way:
        changes = ReplyChanges(by="operator") if move in (Move.RETRY, Move.CONFIRM, Move.RELEASE) else ReplyChanges()
        await store.outbox.move(reply.id, move, second(5), changes)
    assert (await store.replies.get(reply.id)).state is ReplyState.SENT
    assert await status(talk, reply.conversation_id) is ConversationStatus.OPEN


async def test_an_edited_held_reply_sets_nothing_aside(talk: Talk, store: Store) -> None:
    [held] = await answers(talk, "谢谢", "不客气", state=ReplyState.HELD)
    await store.outbox.edit(held.id, Content(text="不客气！"), second(1), "operator")
    await talk.moves(held, Move.RELEASE, *SENT, at=second(5))
    assert await status(talk, held.conversation_id) is ConversationStatus.OPEN


async def test_an_unchanged_held_reply_sets_aside_when_sent(talk: Talk, store: Store) -> None:
    [held] = await answers(talk, "谢谢", "不客气", state=ReplyState.HELD)
    await talk.moves(held, Move.RELEASE, *SENT, at=second(5))
    assert await status(talk, held.conversation_id) is ConversationStatus.RESOLVED


async def test_a_rule_does_not_change_an_operators_snooze(talk: Talk, store: Store) -> None:
    [reply] = await answers(talk, "谢谢", "不客气")
    await snooze(store, reply.conversation_id, second(1), second(600))
    await talk.moves(reply, *SENT, at=second(5))
    assert (await talk.thread(reply.conversation_id)).snoozed_until == second(600)


# -- back from a snooze


async def test_the_end_of_a_snooze_is_noted_once_until_somebody_looks(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await snooze(store, thread, second(1), second(600))
    assert await store.attention.next_return() == second(600)
    assert await store.attention.bring_back(second(599)) == []
    assert await store.attention.bring_back(second(700)) == [thread]
    assert await store.attention.bring_back(second(701)) == []
    back = await talk.thread(thread)
    assert (back.status, back.back_at) == (ConversationStatus.OPEN, second(600))
    assert thread in await store.attention.candidates(0, second(10**7))  # long after its reply window
    await store.attention.change([Attention(thread, AttentionReason.BACK, second(600))], [])
    assert await store.attention.look(thread)
    assert (await talk.thread(thread)).back_at is None
    assert await store.attention.unseen() == []


async def test_a_message_before_its_end_cancels_the_snooze(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await snooze(store, thread, second(1), second(600))
    await talk.says("li", at=second(5))
    assert await store.attention.next_return() is None
    assert await store.attention.bring_back(second(700)) == []


HOURS = 3600


async def test_a_waiting_contacts_snooze_ends_two_hours_before_the_reply_window(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li", at=second(0))).conversation.id
    closes = (await talk.thread(thread)).window.until
    assert closes is not None
    last = closes - timedelta(hours=2)
    assert await snooze(store, thread, second(1), second(60 * HOURS)) == last
    assert (await talk.thread(thread)).snoozed_until == last
    assert await snooze(store, thread, second(1), second(HOURS)) == second(HOURS)
    # A snooze made within the last two hours is meant so.
    assert await snooze(store, thread, last, second(60 * HOURS)) == second(60 * HOURS)
    await talk.moves(await talk.writes(thread, "好的"), *SENT, at=second(5))  # nobody waits any more
    assert await snooze(store, thread, second(6), second(60 * HOURS)) == second(60 * HOURS)


async def test_a_rules_snooze_ends_two_hours_before_the_reply_window_too(talk: Talk, store: Store) -> None:
    await answers(talk, "等等", aside=StatusChange(60 * 60))
    [row] = await store.inbox.page(InboxFilter.SNOOZED)
    closes = row.conversation.window.until
    assert closes is not None
    assert row.conversation.snoozed_until == closes - timedelta(hours=2)


# -- statistics


async def test_a_message_that_an_operator_resolved_counts_as_the_operators(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li", at=second(0))).conversation.id
    span = TimeSpan(T0.replace(minute=0), T0.replace(hour=T0.hour + 2))
    figures = await store.statistics.over(span, None)
    assert (figures.messages.unanswered, figures.messages.by_operator) == (1, 0)
    await resolve(store, thread, second(10))
    figures = await store.statistics.over(span, None)
    assert (figures.messages.unanswered, figures.messages.by_operator) == (0, 1)
    assert figures.first_response.count == 0  # nobody was answered
    # Open again after a new message: the old one stays settled, also once a rule answers the new one.
    message = (await talk.says("li", at=second(600))).message
    [reply] = await talk.decides(message, "您好", at=second(600))
    await talk.moves(reply, *SENT, at=second(603))
    figures = await store.statistics.over(span, None)
    assert (figures.messages.unanswered, figures.messages.by_operator, figures.messages.by_rule) == (0, 1, 1)
    assert figures.first_response.longest is not None
    assert figures.first_response.longest.total_seconds() == 3


async def test_a_reopened_conversations_message_counts_as_unanswered_again(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li", at=second(0))).conversation.id
    await resolve(store, thread, second(10))
    await reopen(store, thread)
    figures = await store.statistics.over(TimeSpan(T0.replace(minute=0), T0.replace(hour=T0.hour + 2)), None)
    assert (figures.messages.unanswered, figures.messages.by_operator) == (1, 0)


async def test_a_message_that_a_rule_resolved_counts_as_the_rules(talk: Talk, store: Store) -> None:
    await answers(talk, "好的")
    figures = await store.statistics.over(TimeSpan(T0.replace(minute=0), T0.replace(hour=T0.hour + 2)), None)
    assert (figures.messages.unanswered, figures.messages.by_rule) == (0, 1)
