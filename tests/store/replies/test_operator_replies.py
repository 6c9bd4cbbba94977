"""What operators sent, and which messages each of their replies answered."""

from __future__ import annotations

from tests.store.chats import T0, Talk, entering, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.content import Content
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.past_messages import BURST
from wxdesk.store import Store


async def test_what_an_operator_answers_begins_after_a_silence(store: Store, talk: Talk) -> None:
    silence = BURST.total_seconds()
    await talk.says("a", "几点开门", second(0))
    first = (await talk.says("a", "在吗", second(silence + 1))).message
    await talk.hears(entering("a", second(3 * silence)), second(3 * silence))  # opens the chat, and says nothing
    last = (await talk.says("a", "我要退款", second(2 * silence + 1))).message
    reply = await talk.writes(last.conversation_id, "已办理", second(9 * silence))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(9 * silence))
    [told] = await store.message_history.written(T0)
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
    [told] = await store.message_history.written(T0)
    assert (told.text, told.answered, told.edited) == ("已退", asked[1].id, False)
    assert [one.id for one in await store.message_history.messages(0, 10) if told.answers(one)] == [asked[2].id]


async def test_what_an_operator_made_of_a_rules_reply_is_his(store: Store, talk: Talk) -> None:
    message = (await talk.says("a", "退款", second(0))).message
    [draft] = await talk.decides(message, "请稍等", at=second(1), state=ReplyState.DRAFT)
    await store.outbox.edit(draft.id, Content(text="已退给您"), second(2), "operator")
    await talk.moves(draft, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(3))
    [told] = await store.message_history.written(T0)
    assert (told.text, told.answered, told.edited) == ("已退给您", 0, True)


async def test_the_promise_of_a_human_is_no_answer_of_a_rule(store: Store, talk: Talk) -> None:
    message = (await talk.says("a", "退款", second(0))).message
    [promise] = await talk.decides(message, "同事马上来", at=second(1))
    await talk.moves(promise, Move.CLAIM, at=second(1))
    await store.outbox.take_over(message.conversation_id, Takeover(None), second(1))
    await talk.moves(promise, Move.ACCEPT, at=second(2))
    reply = await talk.writes(message.conversation_id, "已退", second(9))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(9))
    assert [(one.text, one.answered) for one in await store.message_history.written(T0)] == [("已退", 0)]
