"""Two operators at two desks beside one server: who has a conversation, and what each sees of the other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Sized
from tests.desk.team.test_desks_of_a_team import Team, team
from tests.desk.team.test_operators import operators, sign_in, staffed
from tests.flow.conftest import sandbox
from tests.store.chats import add_reply
from wxdesk.app import open_window_desk
from wxdesk.config.reading import Config, StoreSettings
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.claim import RETURNS_AFTER, Sight
from wxdesk.core.errors import ClaimedByColleague, NotAllowed
from wxdesk.core.events import AttentionChanged, AttentionRaised, ColleagueCalled, Event, MessageKept, ReplyChanged
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.operator import Role
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.presence import PresenceSignals
from wxdesk.desk.conversations.presence import DESK_LOST_AFTER
from wxdesk.desk.desk import Desk
from wxdesk.desk.operators import Operators, hashed
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.team.hosting import ClaimKeeper
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.team_desk import TeamDesk

__all__ = ["operators", "sandbox", "staffed", "team"]


@dataclass
class Pair:
    """小王 at the desk of the team, 小李 at another one, and a customer who has written."""

    team: Team
    wang: Desk
    li: Desk
    events: asyncio.Queue[Event]
    """Of 小李's desk."""
    thread: int

    async def seen_by_li(self) -> Conversation:
        [row] = await self.li.inbox.rows([self.thread])
        return row.conversation


@pytest.fixture
async def pair(staffed: Team, operators: Operators, tmp_path: Path) -> AsyncIterator[Pair]:
    store, clock = staffed.server.store.operators, staffed.server.desk.clock
    await store.add("小李", Role.OPERATOR, await hashed("li's own 12"), clock())
    await sign_in(operators, "小王")
    url = staffed.server.desk.configuration.now.config.store.url
    other = await open_window_desk(Setup(tmp_path / "other", Config(store=StoreSettings(url))))
    assert isinstance(other, TeamDesk)
    assert other.desk.operators is not None
    await other.desk.operators.sign_in("小李", "li's own 12")
    heard: asyncio.Queue[Event] = asyncio.Queue()
    other.desk.bus.subscribe(heard.put_nowait)
    await staffed.server.desk.preferences.set(Preferences(undo_seconds=0))
    await staffed.sandbox.say(LI_LEI.openid, "hello")
    kept = await staffed.until(MessageKept)
    yield Pair(staffed, staffed.desk.desk, other.desk, heard, kept.conversation_id)
    await other.stop()


@pytest.mark.campaign
async def test_of_two_claims_at_once_one_wins_and_the_other_is_told_whose(pair: Pair, sized: Sized) -> None:
    for _ in range(sized(3, 20, 200)):
        begun = [desk.conversations.take_over(pair.thread) for desk in (pair.wang, pair.li)]
        first, second = await asyncio.gather(*begun, return_exceptions=True)
        refused = first if first is not None else second
        assert [first, second].count(None) == 1
        assert isinstance(refused, ClaimedByColleague)
        owner = (await pair.seen_by_li()).claimed_by
        assert refused.values["name"] == owner == ("小王" if first is None else "小李")
        await (pair.wang if first is None else pair.li).claims.give_back(pair.thread)


async def test_nothing_is_sent_into_a_colleagues_conversation_unasked(pair: Pair) -> None:
    mine = await pair.wang.replies.write(pair.thread, "mine")
    assert (await pair.seen_by_li()).claimed_by == "小王"
    with pytest.raises(ClaimedByColleague, match="小王 took this customer"):
        await pair.li.replies.write(pair.thread, "unasked")
    for nothing_unasked in (pair.li.replies.retry(mine.id), pair.li.replies.edit(mine.id, "unasked")):
        with pytest.raises(ClaimedByColleague):
            await nothing_unasked
    asked: list[ClaimedByColleague] = []

    async def agree(error: ClaimedByColleague) -> bool:
        asked.append(error)
        return True

    pair.li.colleagues.may_join = agree
    for text in ("meant", "and more"):
        await pair.li.replies.write(pair.thread, text)
    assert len(asked) == 1
    assert (await pair.seen_by_li()).claimed_by == "小王"
    async with asyncio.timeout(10):
        while len(pair.team.sandbox.sent) < 3:
            await pair.events.get()
    assert [one.text for one in pair.team.sandbox.sent] == ["mine", "meant", "and more"]


async def test_a_lead_may_take_a_claim_and_handing_on_calls_the_colleague(pair: Pair, operators: Operators) -> None:
    await pair.wang.claims.hand_to(pair.thread, "小李", "wants a refund")
    async with asyncio.timeout(10):
        while (event := await pair.events.get()) != ColleagueCalled(pair.thread, "小李", "小王", "wants a refund"):
            assert not isinstance(event, ColleagueCalled)
    found = await pair.seen_by_li()
    assert (found.claimed_by, found.contact.note) == ("小李", "小王 → @小李: wants a refund")
    with pytest.raises(NotAllowed, match="Only a lead"):
        await pair.wang.claims.take(pair.thread)
    await sign_in(operators, "组长")
    await pair.wang.claims.take(pair.thread)
    assert (await pair.seen_by_li()).claimed_by == "组长"
    async with asyncio.timeout(10):
        while await pair.events.get() != ColleagueCalled(pair.thread, "小李", "组长", taken=True):
            pass


async def test_a_claimed_conversation_rings_for_its_owner_alone_until_given_back(pair: Pair) -> None:
    server = pair.team.server

    async def heard(kind: type[AttentionRaised | AttentionChanged]) -> None:
        async with asyncio.timeout(10):
            while not isinstance(event := await pair.events.get(), kind) or event.conversation_id != pair.thread:
                pass

    await pair.wang.conversations.take_over(pair.thread)
    await pair.team.sandbox.say(LI_LEI.openid, "hello?")
    await heard(AttentionRaised)
    await pair.team.until(AttentionRaised)
    assert pair.wang.attention.ringing == {pair.thread}
    assert pair.li.attention.ringing == frozenset()
    keeper = ClaimKeeper(server.store, server.desk)
    keeper._knows_from -= DESK_LOST_AFTER
    await server.store.claims.follow([], server.desk.clock(), server.desk.clock())  # nobody is at 小王's desk
    await keeper.follow_presence()
    await heard(AttentionChanged)
    assert pair.li.attention.ringing == {pair.thread}


async def test_what_a_lost_desk_was_editing_is_free_for_the_others(pair: Pair) -> None:
    server, store = pair.team.server.desk, pair.team.server.store
    changed = asyncio.Event()
    server.bus.subscribe(lambda _: changed.set())
    await pair.wang.presence.report(PresenceSignals())
    async with asyncio.timeout(15):
        while "小王" not in server.presence.operators():
            changed.clear()
            await changed.wait()
    new = NewReply(pair.thread, Author.RULE, Content(text="one moment"), ReplyState.DRAFT)
    draft = await add_reply(store, new, server.clock() - RETURNS_AFTER)
    await store.outbox.lock_for_edit(draft.id, server.clock() - RETURNS_AFTER, "小王")
    keeper = ClaimKeeper(store, server)
    keeper._knows_from -= DESK_LOST_AFTER
    await keeper.follow_presence()
    assert (await store.replies.get(draft.id)).by == "小王"
    await pair.team.desk.stop()
    server.presence._elsewhere = {
        desk: (state, at - DESK_LOST_AFTER, name) for desk, (state, at, name) in server.presence._elsewhere.items()
    }
    server.presence.judge()
    await keeper.follow_presence()
    async with asyncio.timeout(15):
        while not isinstance(event := await pair.events.get(), ReplyChanged) or event.reply_id != draft.id:
            pass
    assert (await store.replies.get(draft.id)).by == ""


async def test_a_colleagues_call_waits_until_it_is_seen(pair: Pair) -> None:
    """By a note or by handing over, also while nobody is at that desk; and it goes with the customer."""
    await pair.wang.conversations.describe(pair.thread, ContactChange(note="@小李 please look"))
    called = ColleagueCalled(pair.thread, "小李", "小王", "@小李 please look")
    assert await pair.li.claims.unseen("小李") == [called]
    assert await pair.wang.claims.unseen("小王") == []
    await pair.wang.claims.see(pair.thread)
    assert await pair.li.claims.unseen("小李") == [called]
    await pair.li.claims.see(pair.thread)
    assert await pair.li.claims.unseen("小李") == []
    await pair.wang.claims.hand_to(pair.thread, "小李", "wants a refund")
    assert [call.text for call in await pair.li.claims.unseen("小李")] == ["wants a refund"]
    await pair.team.server.store.person_rows.erase(pair.thread)
    assert await pair.li.claims.unseen("小李") == []


async def test_colleagues_actions_and_presence_are_seen_at_once_by_name(pair: Pair) -> None:
    """Else automatic replies would cross theirs, and what they have would go back while they are there."""
    server, changed = pair.team.server.desk, asyncio.Event()
    server.bus.subscribe(lambda _: changed.set())
    await pair.wang.presence.report(PresenceSignals())
    await pair.wang.colleagues.look_at(pair.thread)
    await pair.wang.colleagues.type_in(pair.thread)
    await pair.wang.typing.show(pair.thread)
    assert pair.thread in server.typing.written_in
    assert pair.thread in pair.wang.typing.written_in
    async with asyncio.timeout(10):
        while Sight("小王", pair.thread, typing=True) not in pair.li.colleagues.now:
            await pair.events.get()
    async with asyncio.timeout(10):
        while pair.thread not in pair.li.typing.written_in:
            await pair.events.get()
    await pair.wang.claims.claim(pair.thread)
    async with asyncio.timeout(15):
        while "小王" not in server.presence.operators():
            changed.clear()
            await changed.wait()
    keeper = ClaimKeeper(pair.team.server.store, server)
    keeper._knows_from -= DESK_LOST_AFTER
    await keeper.follow_presence()
    assert (await pair.seen_by_li()).claim_until is None
    await pair.wang.presence.report(None)
    async with asyncio.timeout(15):
        while "小王" in server.presence.operators():
            changed.clear()
            await changed.wait()
    await keeper.follow_presence()
    assert (await pair.seen_by_li()).claim_until is not None
