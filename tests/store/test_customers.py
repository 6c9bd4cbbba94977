"""Finding customers by alias, tags, note and openid."""

from typing import Any

import pytest

from tests.store.chats import Talk, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.store import Store

PEOPLE = (
    ("oAAA_zhang-000000000000009k2", ContactChange(alias="发票张小姐", add=("老客户", "VIP"))),
    ("oBBB_zhang-000000000000007c1", ContactChange(alias="张", note="常买龙井，送货到二楼")),
    ("oCCC_wang-0000000000000007c3", ContactChange(alias="Wang Fang")),
    ("oDDD_none-0000000000000007c4", ContactChange()),
)


@pytest.fixture
async def known(store: Store, talk: Talk) -> None:
    for number, (openid, change) in enumerate(PEOPLE):
        said = await talk.says(openid, "张", at=second(number))
        await store.conversations.change_contact(said.conversation.contact.id, change)


async def found(store: Store, phrase: str, **more: Any) -> list[int]:
    threads = await store.inbox.customers(phrase, **more)
    return [next(n for n, (openid, _) in enumerate(PEOPLE) if openid == one.contact.openid) for one in threads]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("张", [1, 0]),
        ("发票张", [0]),
        ("小姐", [0]),
        ("老客", [0]),
        ("vip", [0]),
        ("龙井", [1]),
        ("wang", [2]),
        ("WANG F", [2]),
        ("fang", [2]),
        ("oddd", [3]),
        ("oDDD_none-00", [3]),
        ("9k2", [0]),
        ("李", []),
        ("%'\"*", []),
        ("", [3, 2, 1, 0]),
    ],
)
async def test_a_phrase_finds_the_customers_that_contain_it(store: Store, phrase: str, expected: list[int]) -> None:
    assert await found(store, phrase) == expected


@pytest.mark.usefixtures("known")
async def test_only_the_accounts_asked_for_are_searched(store: Store) -> None:
    assert await found(store, "张", accounts=("other",)) == []
    assert await found(store, "", accounts=()) == []
    assert await found(store, "张", accounts=("shop",)) == [1, 0]
    assert await found(store, "张", limit=1) == [1]


@pytest.mark.usefixtures("known")
async def test_a_changed_customer_is_found_by_new_words_only(store: Store) -> None:
    (thread,) = await store.inbox.customers("发票张")
    await store.conversations.change_contact(thread.contact.id, ContactChange(alias="李四", remove=("VIP",)))
    assert await found(store, "发票张") == []
    assert await found(store, "vip") == []
    assert await found(store, "李四") == [0]
    assert await found(store, "老客户") == [0]
