"""Who of a team has a conversation: claiming, asking, handing on, and what absence and idleness do."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, timed_desk
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.claim import Sight, called_in
from wxdesk.core.errors import ClaimedByColleague, StoreError
from wxdesk.core.events import AttentionChanged, ColleagueCalled, ConversationChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.operator import ACTING, Operator, Role
from wxdesk.core.preferences import Preferences
from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.desk.conversations import presence as colleagues_room
from wxdesk.desk.conversations.presence import DESK_LOST_AFTER, Colleagues
from wxdesk.desk.team.hosting import MOST_HANDED_OUT, ClaimKeeper
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
NO_CALLS = "CREATE TRIGGER no BEFORE INSERT ON settings WHEN NEW.key LIKE 'call:%' BEGIN SELECT RAISE(ABORT, ''); END"
MINUTE = timedelta(minutes=1)


@contextmanager
def acting(name: str) -> Iterator[None]:
    """What is called in here is what this operator asked for."""
    token = ACTING.set(Operator(1, name, Role.OPERATOR))
    yield
    ACTING.reset(token)


class Shop:
    """A server of a team, with a clock and what it told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store, parts = desk.opened.store, desk.opened.desk
        self.claims, self.presence, self.preferences = parts.claims, parts.presence, parts.preferences
        self.keeper = ClaimKeeper(self.store, parts)

    def later(self, span: timedelta) -> datetime:
        self.desk.clock.now += span
        return self.desk.clock.now

    async def customer(self, openid: str) -> int:
        """A customer writes, and no rule answers."""
        await self.desk.says(openid, "hi")
        return (await self.desk.thread(openid)).id

    async def thread(self, thread: int) -> Conversation:
        return await self.store.conversations.get(thread)

    async def owner(self, thread: int) -> str:
        return (await self.thread(thread)).claimed_by

    async def attends(self, name: str, reason: AwayReason | None = None) -> None:
        with acting(name):
            await self.presence.attend(f"desk of {name}", PresenceState(self.desk.clock.now, reason))

    def calls(self) -> list[ColleagueCalled]:
        return [event for event in self.desk.events if isinstance(event, ColleagueCalled)]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with timed_desk(tmp_path, "") as desk:
        yield Shop(desk)


async def test_without_sign_in_nothing_is_claimed(shop: Shop) -> None:
    thread = await shop.customer(LI)
    await shop.claims.claim(thread)
    await shop.claims.claim_to_write(thread)
    assert await shop.owner(thread) == ""


async def test_the_second_claim_is_told_who_was_first(shop: Shop) -> None:
    thread = await shop.customer(LI)
    with acting("wang"):
        await shop.claims.claim_to_write(thread)
    assert shop.desk.events[-1] == ConversationChanged(thread)
    shop.later(timedelta(seconds=1))
    with acting("zhao"), pytest.raises(ClaimedByColleague, match=r"^wang took this customer 1 s ago\.$"):
        await shop.claims.claim_to_write(thread)
    shop.later(5 * MINUTE)
    with acting("zhao"), pytest.raises(ClaimedByColleague, match="5 min ago"):
        await shop.claims.claim(thread)


async def test_a_confirmed_message_leaves_the_claim_with_its_owner(shop: Shop) -> None:
    thread = await shop.customer(LI)
    with acting("wang"):
        await shop.claims.claim(thread)
    with acting("zhao"):
        await shop.claims.join(thread)
        await shop.claims.claim_to_write(thread)
    assert await shop.owner(thread) == "wang"
    with acting("lin"):
        await shop.claims.take(thread)
        await shop.claims.take(thread)
    assert shop.calls() == [ColleagueCalled(thread, "wang", "lin", taken=True)], "told once, and not to themselves"
    with acting("zhao"), pytest.raises(ClaimedByColleague):
        await shop.claims.claim_to_write(thread)  # it was asked about wang


async def test_a_claim_is_handed_on_with_a_note_that_stays(shop: Shop) -> None:
    thread = await shop.customer(LI)
    with acting("wang"):
        await shop.claims.hand_to(thread, "zhao", "wants a refund")
    assert await shop.owner(thread) == "zhao"
    assert (await shop.thread(thread)).contact.note == "wang → @zhao: wants a refund"
    assert shop.calls() == [ColleagueCalled(thread, "zhao", "wang", "wants a refund")]
    with acting("wang"), pytest.raises(ClaimedByColleague):
        await shop.claims.hand_to(thread, "lin")


@pytest.mark.expects_log("database error")
async def test_a_claim_is_not_handed_on_if_the_call_cannot_be_stored(shop: Shop) -> None:
    """Claim, note and call are one change: a colleague who never hears of it would let the customer wait."""
    thread = await shop.customer(LI)
    await shop.store.operators.add("zhao", Role.OPERATOR, "", shop.desk.clock.now)
    await shop.store._db.write(lambda one: one.exec_driver_sql(NO_CALLS))
    with acting("wang"):
        for act in (
            shop.claims.hand_to(thread, "zhao", "wants a refund"),
            shop.desk.opened.desk.conversations.describe(thread, ContactChange(note="@zhao please")),
        ):
            with pytest.raises(StoreError):
                await act
    assert (await shop.owner(thread), (await shop.thread(thread)).contact.note) == ("", "")
    assert shop.calls() == []


async def test_absence_gives_back_after_a_time_that_can_be_seen(shop: Shop) -> None:
    thread = await shop.customer(LI)
    with acting("wang"):
        await shop.claims.claim(thread)
    await shop.keeper.follow_presence()  # nobody has told yet who is there
    assert (await shop.thread(thread)).claim_until is None
    shop.later(DESK_LOST_AFTER)
    await shop.attends("wang")
    await shop.keeper.follow_presence()
    assert (await shop.thread(thread)).claim_until is None
    await shop.attends("wang", AwayReason.LOCKED)
    await shop.keeper.follow_presence()
    assert (await shop.thread(thread)).claim_until == shop.desk.clock.now + 3 * MINUTE
    await shop.attends("wang")
    await shop.keeper.follow_presence()
    assert (await shop.thread(thread)).claim_until is None
    shop.later(DESK_LOST_AFTER)  # the desk is gone without a word
    shop.presence.judge()
    await shop.keeper.follow_presence()
    shop.later(3 * MINUTE)
    await shop.keeper.follow_presence()
    assert await shop.owner(thread) == ""
    assert shop.desk.events[-2:] == [ConversationChanged(thread), AttentionChanged(thread)]


async def test_a_waiting_customer_goes_to_the_least_busy_operator_present(shop: Shop) -> None:
    threads = [await shop.customer(f"oCustomer00000000000000000{n:02}") for n in range(4)]
    with acting("zhao"):
        await shop.claims.claim(threads[0])
    shop.later(DESK_LOST_AFTER)
    await shop.attends("wang")
    await shop.attends("zhao")
    await shop.attends("lin", AwayReason.SAID)
    await shop.keeper.follow_presence()
    assert [await shop.owner(thread) for thread in threads] == ["zhao", "", "", ""]  # not wanted
    await shop.preferences.set(Preferences(hands_out=True))
    await shop.keeper.follow_presence()
    assert [await shop.owner(thread) for thread in threads] == ["zhao", "wang", "wang", "zhao"]
    assert [call.name for call in shop.calls()] == ["wang", "wang", "zhao"]
    with acting("wang"):
        await shop.claims.give_back(threads[1])
    await shop.keeper.follow_presence()
    assert await shop.owner(threads[1]) == "zhao"  # not to who has just given it back


async def test_no_operator_is_handed_more_than_the_limit(shop: Shop) -> None:
    threads = [await shop.customer(f"oCustomer00000000000000000{n:02}") for n in range(MOST_HANDED_OUT + 2)]
    shop.later(DESK_LOST_AFTER)
    await shop.attends("wang")
    await shop.preferences.set(Preferences(hands_out=True))
    await shop.keeper.follow_presence()
    assert [await shop.owner(one) for one in threads] == ["wang"] * MOST_HANDED_OUT + ["", ""]


def test_a_note_calls_by_name() -> None:
    names = ["小王", "小王二", "li", "赵"]
    assert called_in("@小王二请看 @li, 邮箱 a@b.c", names) == {"小王二", "li"}
    assert called_in("小王 @ 赵", names) == set()


class Desks:
    """Desks that whisper to one another, each with its colleagues."""

    def __init__(self, *names: str) -> None:
        self.changed = asyncio.Event()
        here, told = lambda: False, lambda _: self.changed.set()
        self.all = {name: Colleagues(self._whisper, here, told, partial(str, name)) for name in names}

    async def _whisper(self, text: str) -> None:
        for desk in self.all.values():
            assert desk.receive(text)

    async def until(self, name: str, *expected: Sight) -> None:
        async with asyncio.timeout(10):
            while self.all[name].now != expected:
                self.changed.clear()
                await self.changed.wait()


async def test_colleagues_see_who_looks_and_types_until_a_desk_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colleagues_room, "SIGHT_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(colleagues_room, "SIGHT_LOST_SECONDS", 0.5)
    monkeypatch.setattr(colleagues_room, "TYPES_FOR_SECONDS", 0.2)
    desks = Desks("wang", "zhao")
    wang, zhao = (asyncio.create_task(desk.run()) for desk in desks.all.values())
    await desks.until("zhao", Sight("wang"))
    await desks.all["wang"].look_at(7)
    await desks.until("zhao", Sight("wang", 7))
    await desks.all["wang"].type_in(7)
    await desks.until("zhao", Sight("wang", 7, typing=True))
    await desks.until("zhao", Sight("wang", 7))  # no further key
    wang.cancel()
    await desks.until("zhao")
    await desks.until("wang", Sight("zhao"))
    zhao.cancel()
    await asyncio.gather(wang, zhao, return_exceptions=True)


def test_hints_of_other_kinds_are_not_taken_for_sights() -> None:
    assert not Desks("wang").all["wang"].receive("push")
