"""Replies of operators, and which messages each of them answered."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.store.chats import T0, Talk, entering, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.past_messages import BURST
from wxdesk.store import Store
from wxdesk.store.schema.columns import MICROSECOND
from wxdesk.store.schema.messaging import messages


async def test_what_an_operator_answers_begins_after_a_silence(store: Store, talk: Talk) -> None:
    silence = BURST.total_seconds()
    await talk.says("a", "几点开门", second(0))
    first = (await talk.says("a", "在吗", second(silence + 1))).message
    await talk.hears(entering("a", second(3 * silence)), second(3 * silence))  # opens the chat, and says nothing
    last = (await talk.says("a", "我要退款", second(2 * silence + 1))).message
    reply = await talk.writes(last.conversation_id, "已办理", second(9 * silence))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(9 * silence))
    [told] = await store.message_history.operator_replies_since(T0)
    assert told.burst == first.at
    written = [one for one in await store.message_history.messages(0, 10) if one.event is None]
    assert {one.id for one in written if told.answers(one)} == {first.id, last.id}


async def test_what_a_rule_has_answered_no_operator_answers(store: Store, talk: Talk) -> None:
    asked = [(await talk.says("a", text, second(n))).message for n, text in enumerate(("几点", "尺码", "退款"))]
    [sent] = await talk.decides(asked[1], "九点", at=second(5))
    [stopped] = await talk.decides(asked[2], "请稍等", at=second(6), state=ReplyState.HELD)
    await talk.moves(sent, Move.CLAIM, Move.ACCEPT, at=second(5))
    await talk.moves(stopped, Move.CANCEL, at=second(6))
    reply = await talk.writes(asked[0].conversation_id, "已退", second(9))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(9))
    [told] = await store.message_history.operator_replies_since(T0)
    assert (told.text, told.answered, told.edited) == ("已退", asked[1].id, False)
    assert [one.id for one in await store.message_history.messages(0, 10) if told.answers(one)] == [asked[2].id]


async def test_a_rules_reply_edited_by_an_operator_counts_as_the_operators(store: Store, talk: Talk) -> None:
    message = (await talk.says("a", "退款", second(0))).message
    [draft] = await talk.decides(message, "请稍等", at=second(1), state=ReplyState.DRAFT)
    await store.outbox.edit(draft.id, Content(text="已退给您"), second(2), "operator")
    await talk.moves(draft, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(3))
    [told] = await store.message_history.operator_replies_since(T0)
    assert (told.text, told.answered, told.edited) == ("已退给您", 0, True)


async def test_the_promise_of_a_human_is_no_answer_of_a_rule(store: Store, talk: Talk) -> None:
    message = (await talk.says("a", "退款", second(0))).message
    [promise] = await talk.decides(message, "同事马上来", at=second(1))
    await talk.moves(promise, Move.CLAIM, at=second(1))
    await store.outbox.take_over(message.conversation_id, Takeover(None), second(1))
    await talk.moves(promise, Move.ACCEPT, at=second(2))
    reply = await talk.writes(message.conversation_id, "已退", second(9))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(9))
    assert [(one.text, one.answered) for one in await store.message_history.operator_replies_since(T0)] == [("已退", 0)]


async def sends(talk: Talk, thread: int, text: str, at: float) -> None:
    """An operator writes something, and it arrives at once."""
    reply = await talk.writes(thread, text, second(at))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(at))


async def answers(talk: Talk, message: Message, at: float) -> None:
    """A rule answers a message, and that arrives at once."""
    [reply] = await talk.decides(message, "好", at=second(at))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(at))


async def test_operators_replies_are_read_in_order_from_a_time_on(store: Store, talk: Talk) -> None:
    one, two = [(await talk.says(openid)).conversation.id for openid in "ab"]
    for thread, text, at in ((two, "1", 5), (one, "3", 9), (one, "2", 7), (two, "4", 9)):
        await sends(talk, thread, text, at)
    await talk.moves(await talk.writes(one, "lost", second(9)), Move.CLAIM, Move.LOSE, at=second(9))
    told = await store.message_history.operator_replies_since(second(5))
    assert [(reply.text, reply.conversation_id, reply.sent_at, reply.edited) for reply in told] == [
        ("1", two, second(5), False),
        ("2", one, second(7), False),
        ("3", one, second(9), False),
        ("4", two, second(9), False),
    ]
    assert [reply.text for reply in await store.message_history.operator_replies_since(second(5.000001))] == [
        "2",
        "3",
        "4",
    ]
    assert await store.message_history.operator_replies_since(second(9.000001)) == []


@pytest.mark.parametrize(("silence", "begun"), [(BURST, 0.0), (BURST + MICROSECOND, None)])
async def test_a_burst_goes_on_for_as_long_as_its_silences_are_short(
    store: Store, talk: Talk, silence: timedelta, begun: float | None
) -> None:
    first = (await talk.says("a", at=T0)).message
    thread = first.conversation_id
    other = (await talk.says("b", at=T0 + silence / 2)).conversation.id  # somebody else's message breaks no silence
    await sends(talk, other, "好", silence.total_seconds() / 2)
    then = (await talk.says("a", at=T0 + silence)).message
    await store._db.write(
        lambda connection: [
            connection.execute(update(messages).where(messages.c.id == message_id).values(at=at))
            for message_id, at in ((first.id, T0), (then.id, T0 + silence))
        ]
    )
    reply = await talk.writes(thread, "好", T0 + silence)
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=T0 + silence)
    [told] = [one for one in await store.message_history.operator_replies_since(T0) if one.conversation_id == thread]
    assert told.burst == (T0 + silence if begun is None else T0), "what came at its very time was there"


async def test_a_message_that_came_late_belongs_where_it_was_said(store: Store, talk: Talk) -> None:
    said = [(await talk.says("a", at=second(at))).message for at in (0, 1100, 550)]
    await sends(talk, said[0].conversation_id, "好", 1200)
    [told] = await store.message_history.operator_replies_since(second(-60))
    assert told.burst == said[0].at


async def test_each_reply_answers_the_burst_before_it(store: Store, talk: Talk) -> None:
    thread, gap = (await talk.says("a", at=second(0))).conversation.id, BURST.total_seconds() + 1
    await sends(talk, thread, "1", gap - 1)
    await talk.says("a", at=second(gap))
    await sends(talk, thread, "2", gap + 1)
    await talk.says("a", at=second(3 * gap))
    await sends(talk, thread, "3", 2 * gap)
    whole = [one.at for one in await store.message_history.messages(0, 10)]
    assert [reply.burst for reply in await store.message_history.operator_replies_since(whole[0])] == [
        whole[0],
        whole[1],
        whole[1],
    ]
    since = whole[1] + MICROSECOND
    assert [reply.burst for reply in await store.message_history.operator_replies_since(since)] == [since, since]


async def test_an_operators_reply_answers_nothing_before_the_newest_rule_answer(store: Store, talk: Talk) -> None:
    asked = [(await talk.says("a", at=second(n))).message for n in range(4)]
    thread = asked[0].conversation_id
    elsewhere = (await talk.says("b", at=second(4))).message
    for message, at in ((asked[1], 5), (asked[0], 6), (asked[2], 9), (elsewhere, 5), (asked[3], 11)):
        await answers(talk, message, at)
    for text, at in (("before", 4), ("between", 8), ("then", 9), ("last", 10)):
        await sends(talk, thread, text, at)
    told = {reply.text: reply.answered for reply in await store.message_history.operator_replies_since(T0)}
    assert told == {"before": 0, "between": asked[1].id, "then": asked[2].id, "last": asked[2].id}
    assert [reply.answered for reply in await store.message_history.operator_replies_since(second(9))] == [
        asked[2].id
    ] * 2
    assert [reply.answered for reply in await store.message_history.operator_replies_since(second(9.000001))] == [0]


async def test_what_an_operator_changed_is_no_rules_answer(store: Store, talk: Talk) -> None:
    message = (await talk.says("a")).message
    [draft] = await talk.decides(message, "请稍等", state=ReplyState.DRAFT)
    await store.outbox.edit(draft.id, Content(ReplyKind.LINK, title="看这里", url="https://a.cn"), second(2), "lin")
    await talk.moves(draft, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(3))
    await sends(talk, message.conversation_id, "好", 4)
    told = await store.message_history.operator_replies_since(T0)
    assert [(reply.text, reply.answered, reply.edited) for reply in told] == [("看这里", 0, True), ("好", 0, False)]
