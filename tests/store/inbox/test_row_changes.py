"""Changes of several rows at once: each reaches what still differs, and its undo reaches the same."""

import pytest

from tests.store.chats import Talk, add_reply, second
from wxdesk.core.conversations.changes import RowAct, RowChange, RowsChanged
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import NotFound
from wxdesk.core.model.conversation import Author, ConversationStatus
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.store import Store


@pytest.fixture
async def three(talk: Talk) -> tuple[int, ...]:
    """Three who wrote one after the other."""
    return tuple([(await talk.says(who, at=second(n))).conversation.id for n, who in enumerate(("li", "wang", "zhao"))])


async def changed(store: Store, ids: tuple[int, ...], act: RowAct, tag: str = "") -> RowsChanged:
    result, _ = await store.rows.change(ids, RowChange(act, tag=tag), second(60))
    return result


async def draft(store: Store, thread: int) -> None:
    await add_reply(store, NewReply(thread, Author.OPERATOR, Content(text="?"), ReplyState.DRAFT), second(5))


@pytest.mark.parametrize(
    "act", [RowAct.READ, RowAct.UNREAD, RowAct.PIN, RowAct.RESOLVE, RowAct.BLOCK, RowAct.TAG, RowAct.SNOOZE]
)
async def test_a_change_reaches_what_differs_and_its_undo_the_same(
    store: Store, three: tuple[int, ...], act: RowAct
) -> None:
    first, *others = three
    if act is RowAct.UNREAD:
        await changed(store, tuple(others), RowAct.READ)
        first, others = others[0], [others[1]]
        await changed(store, (first,), RowAct.UNREAD)
    elif act is not RowAct.SNOOZE:
        await changed(store, (first,), act, "vip")
    before = [await store.conversations.get(one) for one in three]
    change = RowChange(act, second(900) if act is RowAct.SNOOZE else None, "vip")
    result, _ = await store.rows.change((first, *others), change, second(60))
    expected = three if act is RowAct.SNOOZE else tuple(others)
    assert set(result.ids) == set(expected)
    assert change.undo is not None
    await store.rows.change(result.ids, change.undo, second(61))
    assert [await store.conversations.get(one) for one in three] == before


async def test_pinned_rows_are_on_top_of_the_list_only(store: Store, three: tuple[int, ...]) -> None:
    await changed(store, three[:2], RowAct.PIN)
    listed = [row.conversation.contact.openid for row in await store.inbox.page(InboxFilter.ALL)]
    assert listed == ["li", "wang", "zhao"]
    pages = [await store.inbox.page(InboxFilter.ALL, offset, 1) for offset in range(3)]
    assert [row.conversation.contact.openid for page in pages for row in page] == listed
    await changed(store, three[:1], RowAct.RESOLVE)
    assert [row.conversation.id for row in await store.inbox.page(InboxFilter.ALL)] == [three[1], three[2]]


async def test_rows_with_unsettled_replies_stay_while_the_others_change(store: Store, three: tuple[int, ...]) -> None:
    await draft(store, three[0])
    assert await changed(store, three, RowAct.RESOLVE) == RowsChanged(three[1:], three[:1])
    assert await changed(store, three[:1], RowAct.RESOLVE) == RowsChanged((), three[:1])
    assert (await store.conversations.get(three[0])).status is ConversationStatus.OPEN


async def test_missing_conversations_are_passed_over_or_refused(store: Store, three: tuple[int, ...]) -> None:
    with pytest.raises(NotFound):
        await changed(store, (9999,), RowAct.RESOLVE)
    assert await changed(store, (9999,), RowAct.PIN) == RowsChanged()
    assert await changed(store, (9999, three[0]), RowAct.TAG, "vip") == RowsChanged(three[:1])
