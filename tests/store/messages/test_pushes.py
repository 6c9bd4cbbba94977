"""Raw pushes: kept exactly, once for ever."""

import asyncio

from tests.store.chats import T0, Talk, incoming, second
from tests.store.kept_pushes import kept_pushes
from wxdesk.core.model.push import BodyFormat, Push
from wxdesk.store import Store


async def test_a_push_is_kept_byte_for_byte(store: Store) -> None:
    body = bytes(range(256))
    push = Push("shop", "m:1", body, None, T0, None, note="not readable: 第 3 字节")
    push_id = await store.pushes.keep(push)
    [kept] = await kept_pushes(store)
    assert kept.id == push_id
    assert (kept.account, kept.key, kept.body, kept.format) == ("shop", "m:1", body, None)
    assert kept.received_at == T0
    assert kept.received_at.utcoffset() == T0.utcoffset()
    assert (kept.derived, kept.note) == (False, "not readable: 第 3 字节")


async def test_a_known_key_is_not_kept_twice_and_accounts_do_not_share_keys(talk: Talk, store: Store) -> None:
    first = await store.pushes.keep(talk.push(incoming("o1"), key="m:o1:1"))
    assert first is not None
    assert await store.pushes.keep(talk.push(incoming("o1"), second(60), key="m:o1:1")) is None
    assert await store.pushes.keep(talk.push(incoming("o1"), account="other", key="m:o1:1")) is not None
    assert [(push.account, push.received_at) for push in await talk.raw()] == [("other", T0), ("shop", T0)]


async def test_of_copies_that_arrive_together_one_is_kept(talk: Talk, store: Store) -> None:
    copies = [talk.push(incoming("o1"), key=f"m:{n % 10}") for n in range(30)]
    ids = await asyncio.gather(*map(store.pushes.keep, copies))
    assert len([push_id for push_id in ids if push_id is not None]) == 10
    # The first of each ten got the id, so it is the first whose message will be told.
    assert None not in ids[:10]
    assert sorted(push.id for push in await talk.raw()) == sorted(push_id for push_id in ids if push_id)


async def test_each_caller_gets_the_id_of_its_own_push(talk: Talk, store: Store) -> None:
    pushes = [talk.push(incoming("o1", f"text {n}")) for n in range(1500)]
    ids = await asyncio.gather(*map(store.pushes.keep, pushes))
    bodies = {push.id: push.body for push in await kept_pushes(store)}
    assert [bodies[push_id or 0] for push_id in ids] == [push.body for push in pushes]


async def test_a_key_that_no_database_can_hold_is_still_a_key(store: Store) -> None:
    odd = Push("shop", "m:\ud800:\0", b"x", BodyFormat.JSON, T0, None)
    assert await store.pushes.keep(odd) is not None
    assert await store.pushes.keep(odd) is None


async def test_underived_are_the_oldest_without_a_message(talk: Talk, store: Store) -> None:
    waiting = [await talk.kept(incoming("o1", str(n)), second(n)) for n in range(4)]
    await store.pushes.derive(waiting[1:2])
    assert [push.id for push in await store.pushes.underived()] == [waiting[n].push_id for n in (0, 2, 3)]
    assert [push.id for push in await store.pushes.underived(limit=1)] == [waiting[0].push_id]
