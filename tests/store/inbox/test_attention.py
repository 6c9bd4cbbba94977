"""Calls for an operator as they are stored beside the conversations, on both engines."""

from datetime import timedelta

from tests.store.chats import T0, Talk, calling, second
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store

HOURS_48 = timedelta(hours=48)


async def ids(store: Store, chosen: InboxFilter, offset: int = 0, limit: int = 100) -> list[int]:
    return [row.conversation.id for row in await store.inbox.page(chosen, offset, limit)]


async def calls_of(store: Store, conversation_id: int) -> tuple[Attention, ...]:
    [row] = await store.inbox.rows([conversation_id])
    return row.calls


async def test_a_call_is_put_changed_seen_and_ended(store: Store, talk: Talk) -> None:
    chat = (await talk.says("oA")).conversation.id
    first = Attention(chat, AttentionReason.LEFT, T0)
    await store.attention.change([first, Attention(chat, AttentionReason.FAILED, T0)], [])
    assert set(await store.attention.unseen()) == set(await calls_of(store, chat))
    assert len(await store.attention.unseen()) == 2
    assert await store.attention.look(chat)
    assert await store.attention.unseen() == []
    assert not await store.attention.look(chat)
    again = Attention(chat, AttentionReason.LEFT, second(5))
    await store.attention.change([again], [Attention(chat, AttentionReason.FAILED, T0)])
    assert await calls_of(store, chat) == (again,)


async def test_a_rules_call_is_stored_with_its_decision_until_looked_at(store: Store, talk: Talk) -> None:
    heard = await talk.says("oA")
    decision = Decision(heard.message.id, heard.conversation.id, Outcome.SILENT, second(1), rule_name="礼貌")
    await store.decisions.store_rulings([Ruling(decision, effects=calling("投诉"))])
    thread = await talk.thread(heard.conversation.id)
    assert (thread.called_at, thread.called_by) == (second(1), "投诉")
    assert await store.attention.look(thread.id)
    thread = await talk.thread(thread.id)
    assert (thread.called_at, thread.called_by) == (None, "")


async def test_writing_taking_over_and_handing_back_fulfil_a_rules_call(store: Store, talk: Talk) -> None:
    async def write(chat: int) -> None:
        await talk.writes(chat, "我来了")

    async def take_over(chat: int) -> None:
        await store.outbox.take_over(chat, Takeover(None), second(1))

    for openid, act in (("oA", write), ("oB", take_over), ("oC", store.takeovers.hand_back)):
        heard = await talk.says(openid)
        decision = Decision(heard.message.id, heard.conversation.id, Outcome.SILENT, second(1))
        await store.decisions.store_rulings([Ruling(decision, effects=calling("投诉"))])
        await act(heard.conversation.id)
        assert (await talk.thread(heard.conversation.id)).called_at is None


async def test_calling_conversations_come_first_across_pages(store: Store, talk: Talk) -> None:
    chats = [(await talk.says(f"o{n}", at=second(n))).conversation.id for n in range(6)]
    seen = Attention(chats[1], AttentionReason.UNFINISHED, T0, seen=True)
    calling = [
        Attention(chats[2], AttentionReason.LEFT, T0, seen=True),
        Attention(chats[0], AttentionReason.CALLED, T0),
    ]
    quiet = Attention(chats[3], AttentionReason.HELD, T0)
    await store.attention.change([seen, *calling, quiet], [])
    expected = [chats[0], chats[2], chats[5], chats[4], chats[3], chats[1]]
    assert await ids(store, InboxFilter.ALL) == expected
    for size in (1, 2, 3, 4):
        paged = [one for start in range(0, 8, size) for one in await ids(store, InboxFilter.ALL, start, size)]
        assert paged == expected
    assert set(await ids(store, InboxFilter.NEEDS_HUMAN)) == {chats[0], chats[1], chats[2]}


async def test_only_conversations_that_may_need_attention_are_judged(store: Store, talk: Talk) -> None:
    waits = (await talk.says("oWaits")).conversation.id
    answered = await talk.says("oAnswered")
    [reply] = await talk.decides(answered.message, "好")
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    held = await talk.says("oHeld")
    await talk.decides(held.message, "稍等", state=ReplyState.HELD, due_at=second(60))
    everybody = [waits, answered.conversation.id, held.conversation.id]
    assert {row.conversation.id for row in await store.attention.rows_to_judge(everybody)} == {
        waits,
        held.conversation.id,
    }
    assert await store.attention.rows_to_judge([]) == []
    assert await store.attention.candidates(0, second(1)) == [waits, held.conversation.id]
    assert await store.attention.candidates(waits, second(1)) == [held.conversation.id]
    assert await store.attention.candidates(0, T0 + HOURS_48) == [held.conversation.id]
    await store.attention.change([Attention(answered.conversation.id, AttentionReason.FAILED, T0)], [])
    assert await store.attention.candidates(0, T0 + HOURS_48) == [answered.conversation.id, held.conversation.id]


async def test_windows_that_close_on_somebody_who_waits_are_found(store: Store, talk: Talk) -> None:
    first = (await talk.says("oA")).conversation.id
    later = (await talk.says("oB", at=second(600))).conversation.id
    closes = (await talk.thread(first)).window.until
    assert closes is not None
    assert await store.attention.next_close(second(700)) == closes
    assert await store.attention.next_close(closes) == (await talk.thread(later)).window.until
    assert await store.attention.closing(closes - timedelta(hours=2), closes) == [first]
    assert await store.attention.closing(closes, closes) == []
    await store.attention.change([Attention(later, AttentionReason.CLOSING, T0)], [])
    assert await store.attention.closing(closes, closes) == [later]
    assert await store.attention.next_close(closes + HOURS_48) is None


async def test_longest_waiting_passes_over_contacts_whose_window_is_closed(store: Store, talk: Talk) -> None:
    assert await store.attention.longest_waiting(T0) is None
    first = (await talk.says("oA")).conversation.id
    later = (await talk.says("oB", at=second(600))).conversation.id
    for now, expected in ((second(700), first), (T0 + HOURS_48, later)):
        longest = await store.attention.longest_waiting(now)
        assert longest is not None
        assert longest.id == expected
