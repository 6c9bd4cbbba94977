"""Claims of conversations by a team's operators: one statement decides, absence gives back."""

import asyncio

import pytest

from tests.conftest import Sized
from tests.store.chats import Talk, incoming, second
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter, matches
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound
from wxdesk.core.model.decision import Outcome
from wxdesk.store import Store


async def names(talk: Talk, store: Store) -> list[str]:
    return [row.conversation.claimed_by for row in await store.inbox.page(InboxFilter.ALL)]


async def test_the_first_claim_holds_until_it_is_given_back(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    assert await store.claims.claim(thread, "wang", second(1)) == ("wang", second(1))
    assert await store.claims.claim(thread, "li", second(2)) == ("wang", second(1))
    assert await store.claims.claim(thread, "wang", second(3)) == ("wang", second(1))
    assert not await store.claims.give_back(thread, "li")
    assert await store.claims.give_back(thread, "wang")
    assert not await store.claims.give_back(thread, "wang")
    assert await store.claims.claim(thread, "li", second(4)) == ("li", second(4))
    with pytest.raises(NotFound):
        await store.claims.claim(thread + 1, "li", second(4))


async def test_a_claim_is_handed_on_by_its_owner_and_taken_by_a_lead(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await store.claims.claim(thread, "wang", second(1))
    assert await store.claims.claim(thread, "zhao", second(2), of="li") == ("wang", second(1))
    assert await store.claims.claim(thread, "zhao", second(3), of="wang") == ("zhao", second(3))
    assert await store.claims.claim(thread, "lin", second(4), anyway=True) == ("lin", second(4))


async def test_resolving_gives_a_claim_back_and_snoozing_does_not(talk: Talk, store: Store) -> None:
    thread = (await talk.says("li")).conversation.id
    await store.claims.claim(thread, "wang", second(1))
    await store.rows.change([thread], RowChange(RowAct.SNOOZE, until=second(60)), second(2))
    assert (await talk.thread(thread)).claimed_by == "wang"
    await store.rows.change([thread], RowChange(RowAct.RESOLVE), second(3))
    left = await talk.thread(thread)
    assert (left.claimed_by, left.claimed_at) == ("", None)


async def test_a_claim_goes_back_some_time_after_its_operator_left(talk: Talk, store: Store) -> None:
    thread, other = [(await talk.says(who)).conversation.id for who in ("li", "han")]
    await store.claims.claim(thread, "wang", second(1))
    await store.claims.claim(other, "zhao", second(1))
    assert await store.claims.follow(["wang", "zhao"], second(2), second(99)) == []
    assert await store.claims.follow(["zhao"], second(5), second(10)) == [thread]
    assert (await talk.thread(thread)).claim_until == second(10)
    assert await store.claims.follow(["zhao"], second(6), second(11)) == []
    assert await store.claims.follow(["zhao", "wang"], second(7), second(12)) == [thread]
    assert (await talk.thread(thread)).claim_until is None
    await store.claims.follow(["zhao"], second(8), second(10))
    assert await store.claims.follow(["zhao"], second(10), second(15)) == [thread]
    assert await store.claims.follow(["zhao"], second(11), second(16)) == []
    assert sorted(await names(talk, store)) == ["", "zhao"]


async def test_a_row_stands_under_the_chips_of_each_operator_as_it_matches(talk: Talk, store: Store) -> None:
    said = [await talk.hears(incoming(who, "hi")) for who in ("li", "han", "zhou")]
    threads = [one.conversation.id for one in said]
    await store.claims.claim(threads[0], "wang", second(1))
    await store.claims.claim(threads[1], "zhao", second(1))
    for thread in threads:
        await store.outbox.take_over(thread, Takeover(None), second(2))
    everybody = await store.inbox.page(InboxFilter.ANY_STATUS)
    for me in ("wang", "zhao", ""):
        for chip in (InboxFilter.MINE, InboxFilter.NOBODYS, InboxFilter.NEEDS_HUMAN):
            shown = {row.conversation.id for row in await store.inbox.page(chip, me=me)}
            assert shown == {row.conversation.id for row in everybody if matches(row, chip, me)}
        counts = await store.inbox.counts(me)
        assert (counts.mine, counts.nobodys, counts.needs_human) == ((1, 1, 2) if me else (0, 1, 3))
    assert await store.claims.busy() == {"wang": 1, "zhao": 1}
    assert await store.claims.unclaimed() == []  # a rule may answer yet
    for one in said:
        await talk.decides(one.message, outcome=Outcome.UNMATCHED)
    assert await store.claims.unclaimed() == [threads[2]]


@pytest.mark.campaign
async def test_of_two_who_claim_at_once_one_wins(talk: Talk, store: Store, sized: Sized) -> None:
    """As in 58 double claims of one day that others report; both hear the same winner."""
    thread = (await talk.says("li")).conversation.id
    for n in range(sized(25, 200, 1000)):
        at = second(n)
        found = await asyncio.gather(*(store.claims.claim(thread, name, at) for name in ("wang", "zhao", "lin")))
        assert found == [found[0]] * 3
        assert found[0][1] == at
        assert await store.claims.give_back(thread, found[0][0])
        assert (await talk.thread(thread)).claimed_by == ""
