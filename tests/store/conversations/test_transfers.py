"""Who is handed over to WeChat's own tool, on both engines."""

from datetime import UTC, timedelta

import pytest

from tests.store.chats import T0, Talk, second
from tests.store.kept_pushes import kept_pushes
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.conversations.transfer import SESSION_LASTS
from wxdesk.core.errors import NotFound
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store

UNTIL = T0 + SESSION_LASTS


async def test_a_contact_is_armed_until_the_transfer_is_done(talk: Talk, store: Store) -> None:
    one, other = await talk.says("o1"), await talk.says("o2")
    assert await store.transfers.armed() == set()
    assert await store.transfers.arm(one.conversation.id, armed=True) == ("shop", "o1")
    assert await store.transfers.arm(other.conversation.id, armed=True) == ("shop", "o2")
    assert await store.transfers.armed() == {("shop", "o1"), ("shop", "o2")}
    assert (await store.conversations.get(one.conversation.id)).transfer_armed
    await store.transfers.arm(other.conversation.id, armed=False)
    decision = Decision(one.message.id, one.conversation.id, Outcome.TRANSFERRED, T0)
    await store.decisions.store_rulings([Ruling(decision, transferred_until=UNTIL)])
    assert await store.transfers.armed() == set()
    thread = await store.conversations.get(one.conversation.id)
    assert (thread.transfer_armed, thread.transferred_until, thread.waiting_since) == (False, UNTIL, None)
    await store.transfers.take_back(thread.id)
    assert (await store.conversations.get(thread.id)).transferred_until is None


async def test_a_transferred_customer_waits_again_after_the_transfer(talk: Talk, store: Store) -> None:
    await talk.says("o1", at=second(1))
    handed = await talk.says("o1", at=second(2))
    thread = handed.conversation.id
    decision = Decision(handed.message.id, thread, Outcome.TRANSFERRED, T0)
    await store.decisions.store_rulings([Ruling(decision, transferred_until=UNTIL)])

    async def waits() -> tuple[object, ...]:
        rows = await store.inbox.page(InboxFilter.WAITING)
        statistics = await store.statistics.over(TimeSpan(T0, UNTIL), UTC)
        counts = await store.inbox.counts()
        return (len(rows), counts.waiting, statistics.waiting, await store.attention.longest_waiting(second(3)))

    assert await waits() == (0, 0, 0, None)
    assert await store.attention.next_return() == UNTIL
    assert await store.attention.bring_back(UNTIL - timedelta(seconds=1)) == []
    assert await store.attention.bring_back(UNTIL) == [thread]
    assert await waits() == (1, 1, 1, await talk.thread(thread))
    assert await store.attention.next_return() is None


async def test_a_transfer_that_came_too_late_is_armed_and_the_message_still_waits(talk: Talk, store: Store) -> None:
    said = await talk.says("o1", at=second(3))
    decision = Decision(said.message.id, said.conversation.id, Outcome.TRANSFER_ARMED, T0)
    await store.decisions.store_rulings([Ruling(decision, arm_transfer=True)])
    thread = await store.conversations.get(said.conversation.id)
    assert (thread.transfer_armed, thread.transferred_until) == (True, None)
    assert thread.waiting_since == said.message.at


async def test_a_push_answered_with_a_transfer_is_known_by_account_and_key(talk: Talk, store: Store) -> None:
    handed, answered = await talk.says("o1"), await talk.says("o1")
    for item, outcome in ((handed, Outcome.TRANSFERRED), (answered, Outcome.UNMATCHED)):
        await store.decisions.store_rulings([Ruling(Decision(item.message.id, item.conversation.id, outcome, T0))])
    keys = {push.id: push.key for push in await kept_pushes(store)}
    assert await store.transfers.was_transferred("shop", keys[handed.message.push_id])
    assert not await store.transfers.was_transferred("shop", keys[answered.message.push_id])
    assert not await store.transfers.was_transferred("other", keys[handed.message.push_id])
    assert not await store.transfers.was_transferred("shop", "nothing")


async def test_arming_a_transfer_for_an_unknown_conversation_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transfers.arm(99, armed=True)
    with pytest.raises(NotFound):
        await store.transfers.take_back(99)
