"""A narrowed list: the store finds exactly the rows that the narrowing admits."""

from datetime import timedelta

import pytest

from tests.store.chats import T0, Talk, entering, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import Author, Narrowing
from wxdesk.store import Store

NOW = T0 + timedelta(days=10)


@pytest.fixture
async def known(store: Store, talk: Talk) -> list[int]:
    """Four conversations: tagged, come from a page and answered by hand, of another account and late, blocked."""
    made = []
    for openid, account, at in (("oA", "shop", 0), ("oB", "shop", 1), ("oC", "tea", 9 * 86400), ("oD", "shop", 3)):
        made.append((await talk.says(openid, "你好", at=second(at), account=account)).conversation)
    for thread, change in (
        (made[0], ContactChange(add=("老客户", '5"屏'))),
        (made[2], ContactChange(add=("老客户",))),
        (made[3], ContactChange(blocked=True)),
    ):
        await store.conversations.change_contact(thread.contact.id, change)
    await talk.hears(entering("oB", second(5), "goods/1"), second(5))
    await talk.writes(made[1].id, "在的", at=second(7))
    return [thread.id for thread in made]


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        (Narrowing(), [0, 1, 2, 3]),
        (Narrowing(account="tea"), [2]),
        (Narrowing(tag="老客户"), [0, 2]),
        (Narrowing(tag="老客"), []),
        (Narrowing(tag='5"屏'), [0]),
        (Narrowing(author=Author.OPERATOR), [1]),
        (Narrowing(page="goods/1"), [1]),
        (Narrowing(days=7), [2]),
        (Narrowing(blocked=True), [3]),
        (Narrowing(account="tea", tag="老客户", days=7), [2]),
        (Narrowing(account="shop", days=7), []),
    ],
)
async def test_the_store_shows_what_the_narrowing_admits(
    store: Store, known: list[int], narrowing: Narrowing, expected: list[int]
) -> None:
    everything = await store.inbox.page(InboxFilter.ANY_STATUS)
    admitted = {row.conversation.id for row in everything if narrowing.admits(row.conversation, NOW)}
    assert admitted == {known[n] for n in expected}
    for chip in (InboxFilter.ANY_STATUS, InboxFilter.ALL):
        rows = await store.inbox.page(chip, narrowing=narrowing, now=NOW)
        assert {row.conversation.id for row in rows} == admitted
    second_page = await store.inbox.page(InboxFilter.ALL, 1, 100, narrowing=narrowing, now=NOW)
    assert len(second_page) == max(0, len(admitted) - 1)


async def test_tags_and_pages_in_use_can_be_chosen(store: Store, known: list[int]) -> None:
    assert known
    assert await store.inbox.choices() == (['5"屏', "老客户"], ["goods/1"])
