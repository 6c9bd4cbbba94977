"""Sums by hour equal a count of the rows after any changes in any order."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tests.store.chats import T0, Talk, resolve
from tests.store.recounted import assert_sums_are_a_count
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import WxdeskError
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message
from wxdesk.core.model.operator import ACTING, Operator, Role
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.model.statistics import FigureFilter, MessageCounts, TimeSpan
from wxdesk.core.replies.lifecycle import REPLY_MOVES, Move
from wxdesk.desk.messages import hourly_sums
from wxdesk.desk.runtime.bus import Bus
from wxdesk.store.reports.hourly import HOURS_AT_ONCE, _count_changed, _keep_sums
from wxdesk.store.schema.figures import changed_hours

WHO = ("a", "b", "c")


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    token = ACTING.set(Operator(1, name, Role.OPERATOR) if name else None)
    yield
    ACTING.reset(token)


class Chaos:
    """Some customers, rules and operators who do anything, at times that jump."""

    def __init__(self, talk: Talk, seed: int) -> None:
        self.talk, self.random, self.now = talk, random.Random(seed), T0
        self.undecided: list[Message] = []
        self.replies: dict[int, Reply] = {}
        self.threads: dict[str, int] = {}

    async def step(self) -> None:
        jump = self.random.choice((0, 0, 1, 1, 20, 300, 2000, 40_000, 300_000, -3000))
        self.now += timedelta(seconds=jump, microseconds=self.random.choice((0, self.random.randrange(1_000_000))))
        act = self.random.choice((self.says, self.says, self.decides, self.decides, *[self.moves] * 4, self.writes,
                                  self.edits, self.sets_aside, self.changes_rows, self.takes_over, self.forgets,
                                  self.decides_anew, self.recounts))  # fmt: skip
        with suppress(WxdeskError):  # not possible just now
            await act()

    async def says(self) -> None:
        who, late = self.random.choice(WHO), self.random.choice((0, 0, 0, 5000, 90_000))
        account = "shop" if who == "a" else "other"
        made = await self.talk.says(who, "在吗", self.now - timedelta(seconds=late), account)
        self.undecided.append(made.message)
        self.threads[who] = made.message.conversation_id

    async def decides(self) -> None:
        if self.undecided:
            message = self.undecided.pop(self.random.randrange(len(self.undecided)))
            outcome = self.random.choice((*Outcome, *[Outcome.REPLIED] * 20))
            texts = ("一", "二")[: self.random.randrange(1, 3)] if outcome is Outcome.REPLIED else ()
            state = self.random.choice((ReplyState.QUEUED, ReplyState.HELD, ReplyState.DRAFT))
            rule_id = self.random.choice((7, 8, None))
            made = await self.talk.decides(message, *texts, outcome=outcome, at=self.now, state=state, rule_id=rule_id)
            self.replies |= {reply.id: reply for reply in made}

    async def moves(self) -> None:
        if self.replies:
            reply = self.random.choice(list(self.replies.values()))
            possible = [move for state, move in REPLY_MOVES if state is reply.state]
            towards = [move for move in possible if move in (Move.RELEASE, Move.CLAIM, Move.ACCEPT, Move.CONFIRM)]
            if possible:
                [*_, move] = self.random.sample(towards * 5 + possible, 1)
                self.replies[reply.id] = await self.talk.store.outbox.move(reply.id, move, self.now)

    async def writes(self) -> None:
        if self.threads:
            with acting_as(self.random.choice(("", "小林", "小周"))):
                made = await self.talk.writes(self.random.choice(list(self.threads.values())), "在的", self.now)
            self.replies[made.id] = made

    async def edits(self) -> None:
        if self.replies:
            one = self.random.choice(list(self.replies))
            self.replies[one] = await self.talk.store.outbox.edit(one, Content(text="改"), self.now, "me")

    async def sets_aside(self) -> None:
        if self.threads:
            await resolve(self.talk.store, self.random.choice(list(self.threads.values())), self.now)

    async def changes_rows(self) -> None:
        if self.threads:
            act = self.random.choice((RowAct.REOPEN, RowAct.SNOOZE, RowAct.BLOCK, RowAct.UNBLOCK))
            thread, until = self.random.choice(list(self.threads.values())), self.now + timedelta(hours=1)
            await self.talk.store.rows.change((thread,), RowChange(act, until), self.now)

    async def takes_over(self) -> None:
        if self.threads:
            thread = self.random.choice(list(self.threads.values()))
            until = self.now + timedelta(minutes=10)
            await self.talk.store.outbox.take_over(thread, Takeover(until), self.now)

    async def forgets(self) -> None:
        if self.threads and self.random.random() < 0.2:
            who = self.random.choice(list(self.threads))
            thread = self.threads[who]
            await self.talk.store.person_rows.erase(thread)
            del self.threads[who]
            self.undecided = [one for one in self.undecided if one.conversation_id != thread]
            self.replies = {id_: one for id_, one in self.replies.items() if one.conversation_id != thread}

    async def decides_anew(self) -> None:
        await self.talk.store.decisions.reopen_skipped()

    async def recounts(self) -> None:
        await self.talk.store.hourly_sums.recount(self.now)


@pytest.mark.parametrize("seed", range(3))
async def test_sums_are_what_the_rows_say_after_anything(talk: Talk, seed: int) -> None:
    chaos = Chaos(talk, seed)
    for _ in range(80):
        await chaos.step()
    await assert_sums_are_a_count(talk.store)


async def test_a_filter_leaves_one_account_one_rule_or_one_operator(talk: Talk) -> None:
    for who, account, rule in (("a", "shop", 7), ("b", "shop", 8), ("c", "other", 7)):
        message = (await talk.says(who, "在吗", T0, account)).message
        [reply] = await talk.decides(message, "在", at=T0, rule_id=rule)
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=T0 + timedelta(seconds=3))
    for number, name in enumerate(("小林", "小周", "")):
        message = (await talk.says(f"d{number}", "在吗", T0, "shop")).message
        with acting_as(name):
            written = await talk.writes(message.conversation_id, "在的", T0)
        await talk.moves(written, Move.CLAIM, Move.ACCEPT, at=T0 + timedelta(minutes=1))

    span = TimeSpan(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    for counted in (False, True):
        if counted:
            await talk.store.hourly_sums.recount(span.until)
        found = {
            of: await talk.store.statistics.over(span, UTC, of=of)
            for of in (FigureFilter("other"), FigureFilter(rule_id=7), FigureFilter("shop", operator="小林"))
        }
        other, by_rule, operator = found.values()
        assert (other.messages.total, [one.hits for one in other.rules], other.sent_by_rule) == (1, [1], 1)
        assert {type(n) for day in other.week for n in day} == {int}, "charts compute with them"
        assert (by_rule.messages.by_rule, by_rule.messages.total, by_rule.first_response.count) == (2, 2, 2)
        if talk.store.lease.is_shared:  # a file has no operators
            assert (operator.messages.by_operator, operator.operators, operator.rules) == (1, (("小林", 1),), ())
            assert operator.human_wait.median == timedelta(minutes=1)
        assert dict(await talk.store.statistics.days(UTC, "other")) == {T0.date(): MessageCounts(by_rule=1)}
    assert dict(await talk.store.statistics.days(UTC)) == {T0.date(): MessageCounts(by_rule=3, by_operator=3)}


@pytest.mark.parametrize("counted", [False, True])
async def test_a_day_that_begins_within_an_hour_of_utc_has_its_own_messages(talk: Talk, counted: bool) -> None:
    zone = ZoneInfo("Australia/Lord_Howe")  # half an hour is put forward and back
    first = datetime(2026, 4, 4, 0, 7, tzinfo=zone).astimezone(UTC)
    for half_hours in range(48 + 49 + 48):
        await talk.says("o1", str(half_hours), at=first + half_hours * timedelta(minutes=30))
    while counted and await talk.store.hourly_sums.recount(first + timedelta(days=4)):
        pass
    found = await talk.store.statistics.days(zone)
    assert [(day.day, messages.total) for day, messages in found] == [(4, 48), (5, 49), (6, 48)]


async def test_an_account_that_is_renamed_while_hours_are_counted_keeps_its_figures(talk: Talk) -> None:
    await talk.says("a", "在吗", T0, "shop")
    marks, sums = await talk.store._db.read(_count_changed, datetime(2027, 1, 1, tzinfo=UTC), HOURS_AT_ONCE)
    await talk.store.account_rows.rename("shop", "store")
    await talk.store._db.write(_keep_sums, marks, sums)
    await assert_sums_are_a_count(talk.store)
    await talk.store.account_rows.rename("store", "shop")
    await assert_sums_are_a_count(talk.store)


async def test_an_hour_that_very_many_transactions_changed_is_counted(talk: Talk) -> None:
    await talk.says("a", "在吗", T0, "shop")
    notes = [{"hour": 400_000, "tx": number, "n": 1} for number in range(20_000)]
    await talk.store._db.write(lambda connection: connection.execute(changed_hours.insert(), notes))
    assert await talk.store.hourly_sums.recount(datetime(2027, 1, 1, tzinfo=UTC)) > len(notes)
    assert await talk.store.hourly_sums.recount(datetime(2027, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.expects_log("database error|cannot be used|changed_hours")
async def test_sums_that_cannot_be_renewed_twice_are_reported_until_they_are(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hourly_sums, "RECOUNT_SECONDS", 0.001)
    await talk.store._db.write(lambda connection: connection.execute(text("ALTER TABLE changed_hours RENAME TO gone")))
    bus, told = Bus(), asyncio.Queue[Any]()
    bus.subscribe(told.put_nowait)
    keeping = asyncio.create_task(hourly_sums.keep_sums(talk.store.hourly_sums, lambda: T0, bus.publish))
    try:
        assert "Insights are slow" in (await told.get()).text
    finally:
        back = text("ALTER TABLE gone RENAME TO changed_hours")  # the next test has the same database
        await talk.store._db.write(lambda connection: connection.execute(back))
    assert (await told.get()).text == ""
    keeping.cancel()
