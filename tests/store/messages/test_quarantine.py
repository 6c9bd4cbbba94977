"""Pushes that could not be read: found without looking at all others, and derived once they can be."""

from msgspec.structs import replace

from tests.store.chats import Talk, incoming, second
from wxdesk.store import Store


async def shut_away(talk: Talk, store: Store, number: int) -> int:
    push = replace(talk.push(None, second(number), key=f"x:{number}"), note="MsgType is missing.")
    push_id = await store.pushes.keep(push)
    assert push_id is not None
    return push_id


async def test_the_quarantine_lists_only_unreadable_pushes_newest_first(talk: Talk, store: Store) -> None:
    assert (await store.quarantine.size(), await store.quarantine.page()) == (0, [])
    ids = []
    for number in range(3):
        await talk.says(f"o{number}", at=second(number))
        ids.append(await shut_away(talk, store, number))
    found = await store.quarantine.page()
    assert [push.id for push in found] == ids[::-1]
    assert {(push.note, push.body) for push in found} == {("MsgType is missing.", b"{}")}
    assert [push.id for push in await store.quarantine.page(before_id=ids[1])] == [ids[0]]
    assert [push.id for push in await store.quarantine.page(limit=1)] == [ids[2]]
    assert await store.quarantine.size() == 3


async def test_a_released_push_waits_to_be_derived_and_is_released_once(talk: Talk, store: Store) -> None:
    one, two = await shut_away(talk, store, 1), await shut_away(talk, store, 2)
    await store.pushes.derive([await talk.kept(incoming("o1"), second(3))])
    said = (await talk.says("o2", at=second(4))).message.push_id
    assert await store.quarantine.release([one, said, 4711]) == [one]
    assert await store.quarantine.release([one]) == []
    assert [push.id for push in await store.pushes.underived()] == [one, two]
    assert [push.id for push in await store.quarantine.page()] == [two]
