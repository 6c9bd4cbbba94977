"""Traffic of earlier runs, as the store has it."""

from tests.store.chats import Talk, entering, second
from wxdesk.core.events import ApiCalled, PushSeen
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store


async def test_pushes_and_calls_for_replies_come_back_newest_first(talk: Talk, store: Store) -> None:
    asked = await talk.says("oA", "几点关门", at=second(1))
    [sent, refused, waiting] = await talk.decides(asked.message, "九点", "十点", "十一点", at=second(2))
    for reply, end, at in ((sent, Move.ACCEPT, second(3)), (refused, Move.REFUSE, second(4))):
        await store.outbox.claim(at, busy=(), limit=1, only_by_hand=False)
        await talk.moves(reply, end, at=at)
    await talk.hears(entering("oA", second(5)), second(5))
    found = await store.traces.before(None, 10)
    assert [one.at for one in found] == [second(5), second(4), second(3), second(1)]
    event, failed, call, push = found
    assert isinstance(event, PushSeen)
    assert event.kind == "event:user_enter_tempsession"
    assert isinstance(failed, ApiCalled)
    assert failed.reply_id == refused.id
    assert failed.outcome != "0 ok"
    assert isinstance(call, ApiCalled)
    assert (call.call, call.outcome, call.reply_id) == ("custom/send", "0 ok", sent.id)
    assert isinstance(push, PushSeen)
    assert (push.account, push.outcome, push.kind) == ("shop", "kept", "text")
    [trace] = await store.traces.of_pushes([(push.account, push.key)])
    assert trace.message is not None
    assert trace.message.id == asked.message.id
    assert waiting.id not in {one.reply_id for one in found if isinstance(one, ApiCalled)}
    assert [one.at for one in await store.traces.before(second(4), 10)] == [second(3), second(1)]
    assert [one.at for one in await store.traces.before(None, 1)] == [second(5)]
