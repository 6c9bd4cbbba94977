"""Whatever happens in whatever order, the human has the last word: thousands of schedules, judged by WeChat's count.

Each schedule mixes messages of two contacts, the operator's clicks, jumps of the clock, crashes and what WeChat
answers. After every step it holds what the simulated WeChat has accepted against what may have left.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.flow.supervised import OPENINGS, PENDING, Contact, World
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model import Author, Reply, ReplyMode, ReplyState
from wxdesk.core.parts import needs_word
from wxdesk.desk.handoff import Handoff
from wxdesk.sandbox.faults import Fault, FaultKind

SCHEDULES = int(os.environ.get("WXDESK_SCHEDULES", "2000"))
"""How many schedules are tried; they are the same each time, unless more are asked for."""

PARTS = 8
STEPS = 6

RESERVE = 2
ALLOWED = 5

ANSWERS = (
    Fault(FaultKind.ERRCODE, errcode=-1),
    Fault(FaultKind.ERRCODE, errcode=45047),
    Fault(FaultKind.ERRCODE, errcode=45015),
    Fault(FaultKind.ERRCODE, errcode=40003),
    Fault(FaultKind.ERRCODE, errcode=45011),
    Fault(FaultKind.RESET_BEFORE),
    Fault(FaultKind.RESET_AFTER),
    Fault(FaultKind.GATEWAY),
    Fault(FaultKind.GATEWAY_TIMEOUT, delivered=True),
    Fault(FaultKind.TRUNCATED),
)
"""What WeChat may answer to the next reply."""

SPANS = (1, 4, 11, 61, 301, 1801, 48 * 3600)
"""Seconds that may pass at once: less and more than each wait, limit and window."""

NOT_ARRIVED = {ReplyState.FAILED, ReplyState.UNKNOWN}
NEEDS_HUMAN = NOT_ARRIVED | {ReplyState.DRAFT, ReplyState.HELD}

who = st.sampled_from((0, 1))
which = st.integers(0, 30)


class Supervision(RuleBasedStateMachine):
    """One schedule. `world` outlives it; the contacts are new each time."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.contacts = [self.world.new_contact(), self.world.new_contact()]
        self.by_human: set[int] = set()
        self.sent_again: Counter[int] = Counter()
        self.was_unknown: set[int] = set()
        self.written_at: dict[str, int] = {}
        self.silenced: dict[str, set[str]] = {}
        self.still: set[str] | None = None
        self.known: defaultdict[str, set[int]] = defaultdict(set)
        self.serial = 0
        self.first_move = len(self.world.moves)

    # -- what contacts do

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes(self, i: int, opening: str) -> None:
        self._note_writing(i)
        self.world.says(self.contacts[i], opening)

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_while_he_is_taken_over(self, i: int, opening: str) -> None:
        self._note_writing(i)
        contact = self.contacts[i]
        meanwhile = self._take_over(contact) if contact.conversation_id else None
        self.world.says(contact, opening, meanwhile)

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_while_everything_is_paused(self, i: int, opening: str) -> None:
        self._note_writing(i)
        self.world.paused = True
        self.world.says(self.contacts[i], opening, self._pause())

    def _note_writing(self, i: int) -> None:
        contact = self.contacts[i]
        self.written_at[contact.openid] = len(self.world.received(contact))

    # -- what the operator does

    @rule(i=who)
    def take_over(self, i: int) -> None:
        """Rather the one for whom something waits."""
        waited_for = [contact for contact in self.contacts if self._waiting(contact)]
        contact = waited_for[0] if waited_for else self.contacts[i]
        if contact.conversation_id:
            self.world.does(self._take_over(contact), self.contacts)

    def _waiting(self, contact: Contact) -> list[Reply]:
        return [reply for reply in self.world.replies(contact) if reply.state in PENDING]

    @rule(i=who)
    def hand_back(self, i: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.silenced.pop(contact.openid, None)
            self.world.does(self.handoff.hand_back(contact.conversation_id), self.contacts)

    @rule()
    def pause(self) -> None:
        self.world.paused = True
        self.world.does(self._pause(), self.contacts)

    @precondition(lambda self: self.world.paused)
    @rule()
    def resume(self) -> None:
        self.still = None
        self.world.paused = False
        self.world.does(self.handoff.resume(), self.contacts)

    @rule(i=who)
    def write_by_hand(self, i: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.serial += 1
            text = f"by hand {contact.openid[-6:]}-{self.serial}"
            self.world.does(self.handoff.write(contact.conversation_id, text), self.contacts)

    @rule(i=who, mode=st.sampled_from((None, *ReplyMode)))
    def set_mode(self, i: int, mode: ReplyMode | None) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.world.does(self.handoff.set_mode(contact.conversation_id, mode), self.contacts)

    @rule(i=who, n=which, click=st.sampled_from(("release", "release_answer", "cancel", "keep", "edit")))
    def click_on_what_waits(self, i: int, n: int, click: str) -> None:
        waiting = self._waiting(self.contacts[i])
        if not waiting:
            return
        reply = waiting[n % len(waiting)]
        self.by_human |= self._decided_with(i, reply, click)
        self._click(reply, click)

    @rule(i=who, n=which, click=st.sampled_from(("retry", "confirm", "cancel")))
    def settle(self, i: int, n: int, click: str) -> None:
        ended = [
            one for one in self.world.replies(self.contacts[i]) if one.state in (ReplyState.FAILED, ReplyState.UNKNOWN)
        ]
        if not ended:
            return
        reply = ended[n % len(ended)]
        self.by_human |= self._decided_with(i, reply, click)
        if click == "retry":
            self.sent_again[reply.id] += 1
        self._click(reply, click)

    def _decided_with(self, i: int, reply: Reply, click: str) -> set[int]:
        """What the human decides on by this click: the reply, and the later parts that wait to follow it."""
        if click not in ("release", "release_answer", "retry", "confirm"):
            return {reply.id}
        later = [one for one in self.world.replies(self.contacts[i]) if one.id > reply.id and _one_answer(one, reply)]
        asking = {one.id for one in later if click == "release_answer" and needs_word(one)}
        return {reply.id, *asking, *(one.id for one in later if one.state is ReplyState.QUEUED)}

    def _click(self, reply: Reply, click: str) -> None:
        try:
            if click == "edit":
                self.serial += 1
                self.world.does(self.handoff.edit(reply.id, f"edited {reply.id}-{self.serial}"), self.contacts)
            else:
                self.world.does(getattr(self.handoff, click)(reply.id), self.contacts)
        except MoveNotAllowed:
            return

    async def _take_over(self, contact: Contact) -> None:
        await self.handoff.take_over(contact.conversation_id)
        self.silenced[contact.openid] = self._may_have_left(contact)

    async def _pause(self) -> None:
        await self.handoff.pause()
        if self.still is None:
            self.still = set().union(*(self._may_have_left(contact) for contact in self.contacts))

    def _may_have_left(self, contact: Contact) -> set[str]:
        """What he has by now, and the replies whose call has begun."""
        under_way = {f"#{reply_id}" for reply_id in self.world.under_way()}
        return {*self.world.received(contact), *under_way}

    @property
    def handoff(self) -> Handoff:
        return self.world.opened.desk.handoff

    # -- what else happens

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: int) -> None:
        self.world.passes(timedelta(seconds=seconds), self.contacts)

    @rule(fault=st.sampled_from(ANSWERS))
    def wechat_will_answer(self, fault: Fault) -> None:
        self.world.sandbox.faults.plan(fault)

    @rule(kind=st.sampled_from((FaultKind.DUPLICATE, FaultKind.RETRY, FaultKind.RETRY_SAME_NONCE)))
    def wechat_will_push_twice(self, kind: FaultKind) -> None:
        self.world.sandbox.faults.plan(Fault(kind, call="push"))

    @rule()
    def restart(self) -> None:
        self.world.restarts(self.contacts)

    @rule()
    def crash(self) -> None:
        self.world.crashes(self.contacts)

    # -- what must hold

    @invariant()
    def the_human_has_the_last_word(self) -> None:
        told = self.world.moves[self.first_move :]
        for contact in self.contacts:
            replies, received = self.world.replies(contact), self.world.received(contact)
            automatic = [reply for reply in replies if reply.author is Author.RULE and reply.id not in self.by_human]
            self._nothing_is_lost(contact, replies)
            self._nothing_is_said_twice(replies, received)
            self._states_do_not_lie(replies, received)
            self._nothing_leaves_in_silence(contact, automatic, received)
            self._the_reserve_is_kept(contact, automatic, received)
            self._order_holds(replies, told)

    def _nothing_is_lost(self, contact: Contact, replies: list[Reply]) -> None:
        ids = {reply.id for reply in replies}
        assert ids >= self.known[contact.openid]
        self.known[contact.openid] = ids
        self.was_unknown |= {reply.id for reply in replies if reply.state is ReplyState.UNKNOWN}
        assert all(reply.by for reply in replies if reply.state is ReplyState.CANCELLED)

    def _nothing_is_said_twice(self, replies: list[Reply], received: list[str]) -> None:
        times = Counter(received)
        for reply in replies:
            assert times[reply.content.text] <= 1 + self.sent_again[reply.id], reply

    def _states_do_not_lie(self, replies: list[Reply], received: list[str]) -> None:
        for reply in replies:
            if reply.id in self.was_unknown:
                continue
            assert (reply.content.text in received) is (reply.state is ReplyState.SENT), reply

    def _nothing_leaves_in_silence(self, contact: Contact, automatic: list[Reply], received: list[str]) -> None:
        for allowed in (self.silenced.get(contact.openid), self.still):
            if allowed is not None:
                late = [one for one in automatic if one.content.text in received and not _in(one, allowed)]
                assert late == []

    def _the_reserve_is_kept(self, contact: Contact, automatic: list[Reply], received: list[str]) -> None:
        texts = {reply.content.text for reply in automatic}
        since = received[self.written_at.get(contact.openid, 0) :]
        assert sum(text in texts for text in since) <= ALLOWED - RESERVE

    def _order_holds(self, replies: list[Reply], told: list[tuple[int, ReplyState]]) -> None:
        """None is claimed before an older one that is queued, unless a pause keeps that one back, or it is a later part
        of an answer whose earlier one needs its human; and no part behind one that may not have arrived."""
        automatic = {reply.id: reply.author is Author.RULE for reply in replies}
        known = {reply.id: reply for reply in replies}
        now: dict[int, ReplyState] = {}
        for reply_id, state in told:
            if reply_id in automatic:
                if state is ReplyState.SENDING:
                    queued = [one for one, its in now.items() if one < reply_id and its is ReplyState.QUEUED]
                    older = [one for one in queued if not _earlier(known, one, now) & NEEDS_HUMAN]
                    assert not _earlier(known, reply_id, now) & NOT_ARRIVED, reply_id
                    assert all(automatic[one] and not automatic[reply_id] for one in older), (reply_id, older)
                now[reply_id] = state

    def teardown(self) -> None:
        """Let all that still waits have its time, so that what should not leave shows; then clear away."""
        self.world.sandbox.faults.clear()
        for seconds in (11, 61):
            self.world.passes(timedelta(seconds=seconds), self.contacts)
        self.the_human_has_the_last_word()
        self.world.paused = False
        self.world.does(self._clear_away(), [])

    async def _clear_away(self) -> None:
        await self.handoff.resume()
        for contact in self.contacts:
            if contact.conversation_id:
                await self.handoff.take_over(contact.conversation_id)
        for account in self.world.opened.out.rests.shut():
            self.world.opened.out.rests.end(account)


def _earlier(known: dict[int, Reply], part: int, now: dict[int, ReplyState]) -> set[ReplyState]:
    """The states of the earlier parts of its answer."""
    return {state for one, state in now.items() if one < part and _one_answer(known[one], known[part])}


def _one_answer(one: Reply, other: Reply) -> bool:
    return (one.part_of or one.id) == (other.part_of or other.id)


def _in(reply: Reply, allowed: set[str]) -> bool:
    return reply.content.text in allowed or f"#{reply.id}" in allowed


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.open(tmp_path)
    yield made
    made.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_human_has_the_last_word(world: World, part: int) -> None:
    """The parts differ by their seeds and can run side by side."""
    machine = type("Supervision", (Supervision,), {"world": world})
    run = settings(
        max_examples=SCHEDULES // PARTS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(seed(part)(machine), settings=run)
