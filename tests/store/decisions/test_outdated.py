"""A decision made before an operator's command is not stored, on either engine, whichever comes first."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, second, tagged
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import DecisionOutdated
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.on_new_message import OnNewMessage
from wxdesk.core.rules.ruling import Ruling, UndecidedMessage
from wxdesk.store import Store

type Act = Callable[[Store, UndecidedMessage], Awaitable[object]]


def thought(item: UndecidedMessage) -> Ruling:
    """What a rule answers, as the conversation was when the message was read."""
    decision = Decision(item.message.id, item.conversation.id, Outcome.REPLIED, T0)
    said = NewReply(item.conversation.id, Author.RULE, Content(text="九点"), ReplyState.QUEUED)
    return Ruling(decision, (said,), effects=tagged("急"), take_over="r", based_on=item.conversation)


async def block(store: Store, item: UndecidedMessage) -> None:
    await store.conversations.change_contact(item.conversation.contact.id, ContactChange(blocked=True))


ACTS: list[Act] = [
    lambda store, item: store.outbox.take_over(item.conversation.id, Takeover(None), second(1)),
    lambda store, item: store.outbox.take_over(item.conversation.id, Takeover(second(900)), second(1)),
    lambda store, item: store.conversations.set_mode(item.conversation.id, ReplyMode.OFF),
    lambda store, item: store.conversations.set_mode(item.conversation.id, ReplyMode.DRAFT),
    lambda store, item: store.transfers.arm(item.conversation.id, True),
    block,
]


@pytest.mark.parametrize("act", ACTS)
async def test_a_decision_made_before_an_operators_command_is_refused_whole(talk: Talk, store: Store, act: Act) -> None:
    other, item = await talk.says("o2"), await talk.says("o1")
    await act(store, item)
    with pytest.raises(DecisionOutdated):
        await store.decisions.store_rulings([thought(other), thought(item)])
    for one in (other, item):
        assert await store.decision_history.for_message(one.message.id) is None
        assert (await talk.thread(one.conversation.id)).contact.tags == ()
        assert len(await store.inbox.timeline(one.conversation.id)) == 1


async def test_an_outdated_decision_is_stored_after_reading_the_message_again(talk: Talk, store: Store) -> None:
    decided, item = await talk.says("o2"), await talk.says("o1")
    await talk.decides(decided.message, outcome=Outcome.UNMATCHED)
    await store.outbox.take_over(item.conversation.id, Takeover(second(900)), second(1))
    ids = [decided.message.id, item.message.id]
    [again] = await store.decisions.still_undecided(ids)
    assert (again.message, again.conversation.taken_over_until) == (item.message, second(900))
    assert len(await store.decisions.store_rulings([thought(again)])) == 1
    assert await store.decisions.still_undecided(ids) == []


async def test_a_decision_is_stored_though_the_contact_wrote_or_the_row_was_read(talk: Talk, store: Store) -> None:
    item = await talk.says("o1")
    await talk.says("o1", "在吗", second(1))
    await store.conversations.mark_read(item.conversation.id)
    assert len(await store.decisions.store_rulings([thought(item)])) == 1


async def test_a_takeover_beside_a_decision_leaves_no_reply_to_send(talk: Talk, store: Store) -> None:
    """Either the decision is not kept, or the takeover finds its reply."""
    items = [await talk.says(f"o{n}") for n in range(12)]

    async def take_over(item: UndecidedMessage) -> None:
        await store.outbox.take_over(item.conversation.id, Takeover(None), second(1))
        await store.outbox.cancel_automatic(item.conversation.id, "operator", second(1))

    acts = [act for item in items for act in (store.decisions.store_rulings([thought(item)]), take_over(item))]
    results = await asyncio.gather(*acts, return_exceptions=True)
    assert all(result is None or isinstance(result, list | DecisionOutdated) for result in results), results
    for item in items:
        said = (await store.inbox.timeline(item.conversation.id))[1:]
        assert [reply.state for reply in said if isinstance(reply, Reply)] in (
            [],
            [ReplyState.CANCELLED],
        )


async def test_a_takeover_beside_a_replacing_answer_does_not_deadlock(talk: Talk, store: Store) -> None:
    """Each locks the replies before their conversation. The server would end one of two that wait for each other."""
    waiting, items = [], []
    for n in range(12):
        [held] = await talk.decides(
            (await talk.says(f"o{n}")).message, "请稍等", state=ReplyState.HELD, due_at=second(99)
        )
        waiting.append(held)
        items.append(await talk.says(f"o{n}", "几点", second(1)))

    async def take_over(item: UndecidedMessage) -> None:
        await store.outbox.take_over(item.conversation.id, Takeover(None), second(1))
        await store.outbox.cancel_automatic(item.conversation.id, "operator", second(2))

    async def decide(item: UndecidedMessage) -> None:
        await store.decisions.store_rulings(
            [replace(thought(item), take_over="", on_pending=OnNewMessage.SUPERSEDE, needs=0)]
        )

    results: list[object] = []
    for item in items:  # the two are enough for each other, and the server has time for both
        results += await asyncio.gather(decide(item), take_over(item), return_exceptions=True)
    assert all(result is None or isinstance(result, DecisionOutdated) for result in results), results
    for reply in waiting:
        assert (await store.replies.get(reply.id)).state is ReplyState.CANCELLED
    assert await store.outbox.claim(second(100), busy=(), limit=99, only_by_hand=False) == []
