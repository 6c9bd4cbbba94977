"""The outbox's table: which reply may leave when, and what each move changes."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import MoveNotAllowed, NotFound
from wxdesk.core.model.conversation import Author, ReplyWindow
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import REPLY_MOVES, Move
from wxdesk.core.wechat.quota import window_after_refusal, window_after_send
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.timers import TimerTerms


async def claim(store: Store, now: datetime = T0, **wishes: Any) -> list[str]:
    wishes = {"busy": (), "limit": 10, "only_by_hand": False, **wishes}
    return [claimed.reply.content.text for claimed in await store.outbox.claim(now, **wishes)]


async def test_a_written_reply_is_stored_and_previewed(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation
    link = Content(ReplyKind.LINK, title="看这里", description="d", url="https://e/x", thumb_url="https://e/t")
    reply = await add_reply(store, NewReply(thread.id, Author.OPERATOR, link, ReplyState.QUEUED), second(5))
    assert (reply.content, reply.created_at, reply.updated_at) == (link, second(5), second(5))
    assert (reply.openid, reply.account, reply.message_id, reply.sent_at) == ("o1", "shop", None, None)
    after = await talk.thread(thread.id)
    assert (after.preview, after.preview_kind, after.preview_author) == ("看这里", "link", Author.OPERATOR)
    assert after.last_at == second(5)
    assert after.waiting_since == thread.waiting_since
    with pytest.raises(NotFound):
        await talk.writes(thread.id + 1, "?")
    with pytest.raises(NotFound):
        await store.replies.get(reply.id + 1)


async def test_claiming_moves_to_sending_and_counts_the_attempt(talk: Talk, store: Store) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "好")
    [found] = await store.outbox.claim(second(3), busy=(), limit=5, only_by_hand=False)
    claimed = found.reply
    assert found.window == (await talk.thread(reply.conversation_id)).window
    assert claimed == replace(reply, state=ReplyState.SENDING, attempts=1, updated_at=second(3))
    assert await store.replies.get(reply.id) == claimed


async def test_a_claim_takes_the_oldest_reply_of_each_conversation(talk: Talk, store: Store) -> None:
    one, two = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    for thread, text in ((one, "1a"), (one, "1b"), (two, "2a"), (one, "1c")):
        await talk.writes(thread, text)
    assert await claim(store) == ["1a", "2a"]
    assert await claim(store) == []
    first = (await store.inbox.rows([one]))[0].last_reply
    assert first is not None
    sending = [reply for reply in await _replies(store, one) if reply.state is ReplyState.SENDING]
    await talk.moves(sending[0], Move.ACCEPT)
    assert await claim(store) == ["1b"]


async def test_the_limit_counts_what_waits_to_leave_and_the_oldest_goes_first(talk: Talk, store: Store) -> None:
    gone, *threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2", "o3", "o4")]
    for text in ("sent", "failed", "cancelled"):
        await talk.writes(gone, text)
    for number, move in enumerate((Move.ACCEPT, Move.REFUSE)):
        [claimed] = await store.outbox.claim(T0, busy=(), limit=10, only_by_hand=False)
        assert claimed.reply.content.text == ("sent", "failed")[number]
        await talk.moves(claimed.reply, move)
    await talk.moves((await _replies(store, gone))[-1], Move.CANCEL)
    for thread in reversed(threads):
        await talk.writes(thread, str(thread))
    assert [await claim(store, limit=1) for _ in range(4)] == [*([str(thread)] for thread in reversed(threads)), []]


async def test_a_claim_that_nobody_heard_of_is_queued_again_as_though_it_had_not_been(talk: Talk, store: Store) -> None:
    one, two = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    reply, _ = await talk.writes(one, "1"), await talk.writes(two, "2")
    assert await claim(store) == ["1", "2"]
    [back] = await store.outbox.unclaim(second(5), [two])
    assert back == replace(reply, state=ReplyState.QUEUED, attempts=0, updated_at=second(5))
    assert await claim(store) == ["1"]


async def _replies(store: Store, conversation_id: int) -> list[Reply]:
    return [item for item in await store.inbox.timeline(conversation_id) if isinstance(item, Reply)]


async def test_busy_conversations_and_paused_accounts_are_left_out(talk: Talk, store: Store) -> None:
    one = (await talk.says("o1")).conversation.id
    two = (await talk.says("o2", account="other")).conversation.id
    three = (await talk.says("o3")).conversation.id
    for thread, text in ((one, "1"), (two, "2"), (three, "3")):
        await talk.writes(thread, text)
    assert await claim(store, busy={one}, without={"other"}) == ["3"]
    assert await claim(store, limit=1) == ["1"]
    assert await claim(store) == ["2"]


async def test_a_postponed_reply_keeps_its_place(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation.id
    first = await talk.writes(thread, "first")
    await talk.writes(thread, "second")
    assert await claim(store) == ["first"]
    await store.outbox.move(first.id, Move.POSTPONE, T0, ReplyChanges(not_before=second(10), errcode=-1))
    assert await claim(store, second(9)) == []
    assert await claim(store, second(10)) == ["first"]
    assert (await store.replies.get(first.id)).attempts == 2


async def test_while_paused_only_what_people_wrote_leaves(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    await talk.decides(message, "by rule")
    await talk.writes(message.conversation_id, "by hand")
    assert await claim(store, only_by_hand=True) == ["by hand"]
    assert await claim(store) == []
    [by_hand] = [r for r in await _replies(store, message.conversation_id) if r.author is Author.OPERATOR]
    await talk.moves(by_hand, Move.ACCEPT)
    assert await claim(store) == ["by rule"]


async def test_a_reply_is_claimed_once_however_many_ask(talk: Talk, store: Store) -> None:
    for number in range(20):
        thread = (await talk.says(f"o{number}")).conversation.id
        await talk.writes(thread, f"{number}a")
        await talk.writes(thread, f"{number}b")
    claims = await asyncio.gather(*(claim(store, limit=3) for _ in range(12)))
    texts = [text for found in claims for text in found]
    assert len(texts) == len(set(texts))
    assert all(text.endswith("a") for text in texts)
    rest = await claim(store, limit=50)
    assert sorted(texts + rest) == sorted(f"{number}a" for number in range(20))


async def test_accepting_spends_the_window_and_ends_the_waiting(talk: Talk, store: Store) -> None:
    made = await talk.says("o1", "几点")
    [reply] = await talk.decides(made.message, "九点开门")
    await claim(store, second(1))
    sent = await store.outbox.move(reply.id, Move.ACCEPT, second(2), ReplyChanges(window=window_after_send))
    assert (sent.state, sent.sent_at, sent.attempts) == (ReplyState.SENT, second(2), 1)
    assert sent == await store.replies.get(reply.id)
    thread = await talk.thread(made.conversation.id)
    assert thread.window == ReplyWindow(4, made.conversation.window.until)
    assert (thread.waiting_since, thread.unread) == (None, 1)
    assert (thread.preview, thread.preview_kind, thread.preview_author) == ("九点开门", "text", Author.RULE)
    assert thread.last_at == second(2)


async def test_a_promise_that_a_human_will_come_leaves_the_contact_waiting(talk: Talk, store: Store) -> None:
    made = await talk.says("o1", "退款")
    [reply] = await talk.decides(made.message, "马上为您转人工")
    await talk.moves(reply, Move.CLAIM)
    await store.outbox.take_over(made.conversation.id, Takeover(None), second(1))
    await talk.moves(reply, Move.ACCEPT)
    assert (await talk.thread(made.conversation.id)).waiting_since == made.message.at
    assert (await store.inbox.counts()).needs_human == 1
    written = await talk.writes(made.conversation.id, "我来了")
    await talk.moves(written, Move.CLAIM)
    await talk.moves(written, Move.ACCEPT)
    assert (await talk.thread(made.conversation.id)).waiting_since is None


async def test_a_newer_message_stays_the_preview(talk: Talk) -> None:
    made = await talk.says("o1", "几点")
    [reply] = await talk.decides(made.message, "九点")
    await talk.moves(reply, Move.CLAIM)
    await talk.says("o1", "还在吗", at=second(60))
    await talk.moves(reply, Move.ACCEPT, at=second(2))
    thread = await talk.thread(made.conversation.id)
    assert (thread.preview, thread.preview_author, thread.last_at) == ("还在吗", Author.CONTACT, second(60))


async def test_refusing_keeps_wechats_answer_and_corrects_the_window(talk: Talk, store: Store) -> None:
    made = await talk.says("o1")
    reply = await talk.writes(made.conversation.id, "好")
    await talk.moves(reply, Move.CLAIM)
    changes = ReplyChanges(
        errcode=45047, error="used up", rid="r-1", window=lambda window: window_after_refusal(window, 45047, second(3))
    )
    failed = await store.outbox.move(reply.id, Move.REFUSE, second(3), changes)
    assert (failed.state, failed.errcode, failed.error, failed.rid) == (ReplyState.FAILED, 45047, "used up", "r-1")
    thread = await talk.thread(made.conversation.id)
    assert thread.window == ReplyWindow(0, made.conversation.window.until, 45047)
    assert thread.waiting_since == made.message.at


async def test_a_reply_sent_again_forgets_its_old_trouble(talk: Talk, store: Store) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "好")
    await claim(store)
    trouble = ReplyChanges(not_before=second(500), errcode=-1, error="busy", rid="r")
    await store.outbox.move(reply.id, Move.POSTPONE, T0, trouble)
    await store.outbox.move(reply.id, Move.REFUSE, T0, ReplyChanges(error="gave up"))
    again = await talk.moves(reply, Move.RETRY, at=second(9))
    assert (again.state, again.errcode, again.error, again.rid, again.not_before) == (
        ReplyState.QUEUED,
        None,
        "",
        "",
        None,
    )
    assert again.attempts == 1
    assert await claim(store, second(9)) == ["好"]
    assert (await store.replies.get(reply.id)).attempts == 2


@pytest.mark.parametrize("move", list(Move))
async def test_the_table_of_moves_decides(talk: Talk, store: Store, move: Move) -> None:
    thread = (await talk.says("o1")).conversation.id
    for state in ReplyState:
        new = NewReply(thread, Author.OPERATOR, Content(text="x"), state)
        reply = await add_reply(store, new, T0)
        if (state, move) in REPLY_MOVES:
            moved = await store.outbox.move(reply.id, move, second(1))
            assert moved.state is REPLY_MOVES[state, move]
            assert await store.replies.get(reply.id) == moved
        else:
            with pytest.raises(MoveNotAllowed):
                await store.outbox.move(reply.id, move, second(1))
            assert await store.replies.get(reply.id) == reply
    with pytest.raises(NotFound):
        await store.outbox.move(10_000, move, T0)


async def test_of_simultaneous_moves_of_a_reply_one_succeeds(talk: Talk, store: Store) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "x", state=ReplyState.HELD)
    moves = [store.outbox.move(reply.id, move, T0) for move in (Move.RELEASE, Move.RELEASE, Move.RELEASE)]
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["MoveNotAllowed", "MoveNotAllowed", "Reply"]


async def test_a_move_that_fails_half_way_changes_nothing(talk: Talk, store: Store) -> None:
    made = await talk.says("o1")
    reply = await talk.writes(made.conversation.id, "x")
    await talk.moves(reply, Move.CLAIM)
    before = await store.replies.get(reply.id)

    def breaks(_window: ReplyWindow) -> ReplyWindow:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.outbox.move(reply.id, Move.ACCEPT, second(1), ReplyChanges(window=breaks))
    assert await store.replies.get(reply.id) == before


async def test_only_a_draft_a_held_or_a_failed_reply_can_be_edited(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation.id
    for state in ReplyState:
        reply = await add_reply(store, NewReply(thread, Author.RULE, Content(text="旧"), state), T0)
        if state in (ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED):
            edited = await store.outbox.edit(reply.id, Content(text="新"), second(4))
            assert edited == replace(reply, content=Content(text="新"), edited=True, updated_at=second(4))
            assert await store.replies.get(reply.id) == edited
        else:
            with pytest.raises(MoveNotAllowed):
                await store.outbox.edit(reply.id, Content(text="新"), second(4))


async def test_cancelling_stops_what_rules_made_and_has_not_left(talk: Talk, store: Store) -> None:
    one, two = [(await talk.says(openid)).message for openid in ("o1", "o2")]
    states = (ReplyState.DRAFT, ReplyState.HELD, ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT)
    for state in states:
        await add_reply(store, NewReply(one.conversation_id, Author.RULE, Content(text=state.value), state), T0)
    await talk.writes(one.conversation_id, "by hand")
    await talk.decides(two, "other")
    cancelled = await store.outbox.cancel_automatic(one.conversation_id, "lin", second(8))
    assert [reply.content.text for reply in cancelled] == ["draft", "held", "queued"]
    assert {(reply.state, reply.by, reply.updated_at) for reply in cancelled} == {
        (ReplyState.CANCELLED, "lin", second(8))
    }
    assert await claim(store, busy=()) == ["other"]


async def test_held_replies_leave_when_they_are_due(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    for seconds in (20, 10):
        new = NewReply(
            message.conversation_id, Author.RULE, Content(text=f"{seconds}"), ReplyState.HELD, due_at=second(seconds)
        )
        await add_reply(store, new, T0)
    draft = await talk.writes(message.conversation_id, "draft", state=ReplyState.DRAFT)
    assert [reply.content.text for reply in await store.replies.pending()] == ["10", "20", "draft"]
    assert await store.pending_replies.next_wake(T0) == second(10)
    assert (await store.pending_replies.run_timers(second(9.999999), TimerTerms())).moved == []
    [released] = (await store.pending_replies.run_timers(second(10), TimerTerms())).moved
    assert (released.content.text, released.state, released.updated_at) == ("10", ReplyState.QUEUED, second(10))
    assert await store.pending_replies.next_wake(second(10)) == second(20)
    await store.pending_replies.run_timers(second(99), TimerTerms())
    assert await store.replies.pending() == [draft]
    # then only the draft has a time: the end of the reply window
    assert await store.pending_replies.next_wake(second(99)) == message.created_at + timedelta(hours=48)


async def test_postponed_replies_wake_the_outbox(talk: Talk, store: Store) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "x")
    await talk.moves(reply, Move.CLAIM)
    await store.outbox.move(reply.id, Move.POSTPONE, T0, ReplyChanges(not_before=second(4)))
    assert await store.pending_replies.next_wake(T0) == second(4)
    assert await store.pending_replies.next_wake(second(4)) is None


async def test_after_a_crash_sending_becomes_unknown(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation.id
    lost = await talk.moves(await talk.writes(thread, "lost"), Move.CLAIM)
    await talk.writes(thread, "waits")
    [unknown] = await store.outbox.recover(second(60))
    assert unknown == replace(lost, state=ReplyState.UNKNOWN, updated_at=second(60))
    assert await store.outbox.recover(second(61)) == []
    assert (await talk.thread(thread)).window.left == 4  # WeChat may have counted it
    assert not lost.confirmed
    confirmed = await store.outbox.move(lost.id, Move.CONFIRM, second(70), ReplyChanges(by="lin"))
    assert confirmed.confirmed
    assert await store.replies.get(lost.id) == confirmed
    assert (confirmed.state, confirmed.by, confirmed.sent_at) == (ReplyState.SENT, "lin", second(70))
    assert (await talk.thread(thread)).waiting_since is None


async def test_the_time_between_is_measured_in_the_contacts_window(talk: Talk, store: Store) -> None:
    made = await talk.says("o1")
    reply = await talk.writes(made.conversation.id, "x")
    await talk.moves(reply, Move.CLAIM)
    seen: list[ReplyWindow] = []

    def narrowed(window: ReplyWindow) -> ReplyWindow:
        seen.append(window)
        return ReplyWindow(window.left - 1, T0 + timedelta(microseconds=1))

    await store.outbox.move(reply.id, Move.LOSE, T0, ReplyChanges(window=narrowed))
    assert seen == [made.conversation.window]
    assert (await talk.thread(made.conversation.id)).window == ReplyWindow(4, T0 + timedelta(microseconds=1))


async def test_calls_that_end_at_once_end_each_as_it_would_alone(talk: Talk, store: Store) -> None:
    for number in range(4):
        await talk.writes((await talk.says(f"o{number}")).conversation.id, f"reply {number}")
    claimed = [one.reply for one in await store.outbox.claim(T0, busy=(), limit=9, only_by_hand=False)]
    await store.outbox.move(claimed[2].id, Move.LOSE, second(1))
    sent = ReplyChanges(window=window_after_send)
    ends = [asyncio.create_task(store.outbox.end(one.id, Move.ACCEPT, second(2), sent)) for one in reversed(claimed)]
    ended = await asyncio.gather(*ends, return_exceptions=True)
    assert isinstance(ended.pop(1), MoveNotAllowed)
    assert [one.content.text for one in ended if isinstance(one, Reply)] == ["reply 3", "reply 1", "reply 0"]
    for reply in claimed:
        after, thread = await store.replies.get(reply.id), await talk.thread(reply.conversation_id)
        lost = reply.id == claimed[2].id
        assert after.state is (ReplyState.UNKNOWN if lost else ReplyState.SENT)
        assert thread.window.left == (5 if lost else 4)
