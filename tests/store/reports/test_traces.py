"""What requests and calls were about, found from the keys that the traffic page has."""

import pytest

from tests.store.chats import Talk, entering, incoming, second
from wxdesk.core.errors import NotFound
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.store.messages.deriving import UnderivedPush


async def test_a_push_is_found_by_its_account_and_key_with_who_sent_it(talk: Talk) -> None:
    said = await talk.says("o-wang", "请问几点关门")
    await talk.says("o-li", "别的")
    [kept] = [push for push in await talk.raw() if push.id == said.message.push_id]

    [trace] = await talk.store.traces.of_pushes([("shop", kept.key)])

    assert (trace.push_id, trace.account, trace.key, trace.derived) == (kept.id, "shop", kept.key, True)
    assert trace.message == said.message
    assert trace.contact is not None
    assert trace.contact.openid == "o-wang"


async def test_the_same_key_of_another_account_is_another_push(talk: Talk) -> None:
    for account in ("shop", "cafe"):
        await talk.store.pushes.keep(talk.push(incoming("o-a"), account=account, key="m:same"))
    [trace] = await talk.store.traces.of_pushes([("cafe", "m:same")])
    assert trace.account == "cafe"
    mixed = await talk.store.traces.of_pushes([("cafe", "m:same"), ("shop", "m:none")])
    assert [one.account for one in mixed] == ["cafe"]


async def test_a_push_has_no_message_before_it_is_derived_and_none_if_it_cannot_be_read(talk: Talk) -> None:
    fresh = await talk.kept(incoming("o-a", "你好"))
    unreadable = await talk.kept(None)
    await talk.store.pushes.derive([UnderivedPush(unreadable.push_id, "shop", second(0), None)])
    keys = {push.id: push.key for push in await talk.raw()}

    traces = await talk.store.traces.of_pushes([("shop", key) for key in keys.values()])

    found = {trace.push_id: trace for trace in traces}
    assert (found[fresh.push_id].message, found[fresh.push_id].derived) == (None, False)
    assert (found[unreadable.push_id].message, found[unreadable.push_id].derived) == (None, True)


async def test_traces_of_no_pushes_and_no_replies_are_empty(talk: Talk) -> None:
    assert await talk.store.traces.of_pushes([]) == []
    assert await talk.store.traces.of_replies([]) == []


async def test_a_reply_is_found_with_whom_it_went_to(talk: Talk) -> None:
    said = await talk.says("o-wang")
    [reply] = await talk.decides(said.message, "您好")
    other = await talk.writes((await talk.says("o-li")).conversation.id, "在的")

    [trace] = await talk.store.traces.of_replies([reply.id, 999])

    assert trace.reply == reply
    assert trace.contact.openid == "o-wang"
    assert other.id != reply.id


async def test_the_path_of_a_push_leads_to_its_decision_and_all_replies_to_it(talk: Talk) -> None:
    said = await talk.says("o-wang", "你好")
    again = await talk.hears(entering("o-wang", second(5), "goods"), second(5))
    first, second_part = await talk.decides(said.message, "您好", "想看什么？", state=ReplyState.HELD)
    await talk.decides(again.message, "欢迎", at=second(6))
    [kept] = [push for push in await talk.raw() if push.id == said.message.push_id]

    path = await talk.store.traces.path("shop", kept.key)

    assert path.push == kept
    assert path.message is not None
    assert path.message.id == said.message.id
    assert path.contact is not None
    assert path.contact.openid == "o-wang"
    assert path.decision is not None
    assert (path.decision.outcome, path.decision.message_id) == (Outcome.REPLIED, said.message.id)
    assert path.replies == (first, second_part)


async def test_a_push_without_a_message_has_a_path_that_ends_there(talk: Talk) -> None:
    await talk.kept(None)
    [kept] = await talk.raw()
    path = await talk.store.traces.path("shop", kept.key)
    assert (path.push, path.message, path.decision, path.replies) == (kept, None, None, ())


async def test_a_push_that_was_never_kept_has_no_path(talk: Talk) -> None:
    with pytest.raises(NotFound):
        await talk.store.traces.path("shop", "m:none")
