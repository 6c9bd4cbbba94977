"""Operators' drafts are stored a row a conversation and name the reply that they edit."""

import pytest

from tests.store.chats import Talk
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.reply import Content, Draft, ReplyKind, ReplyState, UnsentContent
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store
from wxdesk.store.schema.messaging import operator_drafts

HELLO = UnsentContent(Content(text="您好，"))
CUP = UnsentContent(Content(ReplyKind.IMAGE, picture="a" * 64))


async def test_drafts_are_kept_replaced_and_gone(store: Store, talk: Talk) -> None:
    li, wang = (await talk.says("oLI")).conversation.id, (await talk.says("oWANG")).conversation.id
    await store.drafts.keep({li: (CUP, HELLO), wang: (HELLO,)})
    assert await store.drafts.stored() == [
        (li, Draft(CUP.content)),
        (li, Draft(HELLO.content)),
        (wang, Draft(HELLO.content)),
    ]
    rows = {row.conversation.id: row.unsent for row in await store.inbox.page(InboxFilter.ALL)}
    assert rows == {li: HELLO.content, wang: HELLO.content}
    await store.drafts.keep({li: (CUP,), wang: ()})
    assert await store.drafts.stored() == [(li, Draft(CUP.content))]
    [row] = await store.inbox.rows([wang])
    assert row.unsent is None


async def test_each_operator_has_drafts_of_their_own(store: Store, talk: Talk) -> None:
    li = (await talk.says("oLI")).conversation.id
    await store.drafts.keep({li: (HELLO,)}, "Ann")
    await store.drafts.keep({li: (CUP,)}, "Bo")
    assert await store.drafts.stored("Ann") == [(li, Draft(HELLO.content))]
    assert await store.drafts.stored() == []
    [mine], [nobodys] = await store.inbox.page(InboxFilter.ALL, me="Bo"), await store.inbox.page(InboxFilter.ALL)
    assert (mine.unsent, nobodys.unsent) == (CUP.content, None)
    [mine], [anns] = await store.inbox.rows([li], "Bo"), await store.inbox.page(InboxFilter.WAITING, me="Ann")
    assert (mine.unsent, anns.unsent) == (CUP.content, HELLO.content)


async def test_a_conversation_that_is_gone_keeps_nothing(store: Store, talk: Talk) -> None:
    li = (await talk.says("oLI")).conversation.id
    await store.drafts.keep({li: (HELLO,), li + 1: (HELLO,)})
    assert await store.drafts.stored() == [(li, Draft(HELLO.content))]
    await store.account_rows.remove("shop")
    assert await store.drafts.stored() == []


@pytest.mark.parametrize("ended", [False, True])
async def test_an_edit_names_its_reply_until_that_has_ended(store: Store, talk: Talk, ended: bool) -> None:
    message = (await talk.says("oLI")).message
    [reply] = await talk.decides(message, "九点开门。", state=ReplyState.DRAFT)
    thread = reply.conversation_id
    await store.drafts.keep({thread: (UnsentContent(Content(text="十点开门。"), reply.id),)})
    if ended:
        await talk.moves(reply, Move.CANCEL)
    [(_, draft)] = await store.drafts.stored()
    assert draft.text == "十点开门。"
    assert (draft.editing is None) is ended
    assert draft.editing is None or draft.editing.state is ReplyState.DRAFT


async def test_keeping_drafts_leaves_those_of_other_conversations_and_operators(store: Store, talk: Talk) -> None:
    li, wang = (await talk.says("oLI")).conversation.id, (await talk.says("oWANG")).conversation.id
    for operator in ("Ann", "Bo", ""):
        await store.drafts.keep({li: (HELLO,), wang: (HELLO, CUP)}, operator)
    await store.drafts.keep({li: (CUP,)}, "Ann")
    await store.drafts.keep({wang: ()}, "Bo")
    await store.drafts.keep({}, "Bo")
    both = [(li, Draft(HELLO.content)), (wang, Draft(HELLO.content)), (wang, Draft(CUP.content))]
    assert sorted(await store.drafts.stored("Ann"), key=lambda one: one[0]) == [(li, Draft(CUP.content)), *both[1:]]
    assert await store.drafts.stored("Bo") == both[:1]
    assert sorted(await store.drafts.stored(), key=lambda one: one[0]) == both
    rows = await store._db.read(lambda connection: connection.execute(operator_drafts.select()).all())
    assert all(row.drafts for row in rows)


@pytest.mark.parametrize("state", list(ReplyState))
async def test_an_edit_names_its_reply_in_each_state_in_which_it_may_be_changed(
    store: Store, talk: Talk, state: ReplyState
) -> None:
    thread = (await talk.says("oLI")).conversation.id
    replies = [await talk.writes(thread, text, state=state) for text in ("一", "二")]
    unsent = tuple(UnsentContent(Content(text="好"), reply.id) for reply in reversed(replies))
    await store.drafts.keep({thread: (HELLO, *unsent)})
    may = state in (ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED)
    expected = [reply if may else None for reply in reversed(replies)]
    assert [draft.editing for _, draft in await store.drafts.stored()] == [None, *expected]
