"""Thousands of random schedules keep the invariants of `Judged`, above all that operators overrule rules.

Each schedule mixes messages of two contacts, the operator's clicks, jumps of the clock, crashes and what WeChat
answers. After every step it holds what the simulated WeChat has accepted against what may have left.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from tests.campaign.contact_actions import WrittenTo, when, who
from tests.campaign.moments import Jump, Meanwhile, Moment
from tests.campaign.shop import NAMES, OPENINGS, SLOWLY, Contact
from tests.campaign.supervised_desk import PENDING, World
from tests.conftest import Sized
from tests.postgresql import Postgres
from tests.store.recounted import assert_sums_are_a_count
from wxdesk.config.reading import StoreSettings
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, is_automatic
from wxdesk.desk.replies.operator_typing import GRACE, QUIET
from wxdesk.desk.runtime import lease_keeper
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.store.engine import lease

SCHEDULES = (64, 160, 20_000)
"""How many schedules are tried in each size of the campaign; they are the same each time."""

PARTS = 8
STEPS = 6

ANSWERS = (
    SimulatedFault(FaultKind.ERRCODE, errcode=-1),
    SimulatedFault(FaultKind.ERRCODE, errcode=45047),
    SimulatedFault(FaultKind.ERRCODE, errcode=45015),
    SimulatedFault(FaultKind.ERRCODE, errcode=40003),
    SimulatedFault(FaultKind.ERRCODE, errcode=45011),
    SimulatedFault(FaultKind.ERRCODE, errcode=42001),
    SimulatedFault(FaultKind.RESET_BEFORE),
    SimulatedFault(FaultKind.RESET_AFTER),
    SimulatedFault(FaultKind.GATEWAY),
    SimulatedFault(FaultKind.GATEWAY_TIMEOUT, delivered=True),
    SimulatedFault(FaultKind.TRUNCATED),
)
"""What WeChat may answer to the next reply."""

PUSHES = tuple(
    SimulatedFault(kind, call="push") for kind in (FaultKind.DUPLICATE, FaultKind.RETRY, FaultKind.RETRY_SAME_NONCE)
)
"""How it may push the next message: twice."""

SPANS = (1, 4, 11, 61, 301, 1801, 48 * 3600, -5, -120)
"""Seconds that may pass at once: less and more than each wait, limit and window. A clock may be set back, too."""

TAKE_OVERS = (
    UNTIL_HANDED_BACK,
    TakeoverDuration(span=timedelta(seconds=61)),
    TakeoverDuration(silence=timedelta(seconds=61)),
)


which = st.integers(0, 30)


def _waits(reply: Reply) -> bool:
    return reply.state in PENDING


def _of_a_rule_waits(reply: Reply) -> bool:
    return _waits(reply) and reply.author is Author.RULE


def _has_ended(reply: Reply) -> bool:
    return reply.state in (ReplyState.FAILED, ReplyState.UNKNOWN)


class Supervision(WrittenTo):
    """One schedule, in a world of its own that `opens` makes."""

    opens: Callable[[int], AbstractContextManager[World]]

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()

    @initialize(opening=st.sampled_from(OPENINGS), order=st.integers(0, 2**16))
    def begin(self, opening: str, order: int) -> None:
        """Somebody writes first: where nobody has, there is nothing to supervise."""
        self.world = self.open.enter_context(self.opens(order))
        self.contacts = [self.world.new_contact(), self.world.new_contact()]
        self.serial = 0
        self.begin_to_judge()
        self.contact_writes(0, opening)

    # -- what the operator does

    @rule(i=who, how=st.sampled_from(TAKE_OVERS))
    def take_over(self, i: int, how: TakeoverDuration) -> None:
        """Rather the one for whom something waits."""
        waited_for = [contact for contact in self.contacts if self._waiting(contact)]
        contact = waited_for[0] if waited_for else self.contacts[i]
        if contact.conversation_id:
            self.world.does(self.take_over_and_note(contact, how), self.contacts)

    def _waiting(self, contact: Contact) -> list[Reply]:
        return [reply for reply in self.world.replies(contact) if _waits(reply)]

    @rule(i=who)
    def hand_back(self, i: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.silenced.pop(contact.openid, None)
            self.world.does(self.desk.conversations.hand_back(contact.conversation_id), self.contacts)

    @rule(seconds=st.sampled_from((None, 61, 301)))
    def pause(self, seconds: int | None) -> None:
        until = None if seconds is None else self.world.clock.now + timedelta(seconds=seconds)
        self.world.does(self.pause_and_note(until), self.contacts)

    @precondition(lambda self: self.world.paused)
    @rule()
    def resume(self) -> None:
        self.still = None
        self.world.paused, self.world.paused_until = False, None
        self.world.does(self.desk.outbox.resume(), self.contacts)

    @rule(i=who, undo_seconds=st.sampled_from((0, 0, 3)))
    def write_by_hand(self, i: int, undo_seconds: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.serial += 1
            text = f"by hand {contact.openid[-6:]}-{self.serial}"
            self.talks_on(contact)
            self.world.does(self.write_and_note(contact, text, undo_seconds), self.contacts)

    # Where there is nothing to do about anything, somebody writes.

    @rule(n=which)
    def undo(self, n: int) -> None:
        found = self.one_that(can_be_undone, n)
        if found is None:
            self._somebody_writes(n)
            return
        contact, written = found
        silence = self.silenced.get(contact.openid)
        if silence is not None and silence.by_writing:
            del self.silenced[contact.openid]  # the takeover ends that what is taken back began
        self.click(written, "undo")

    @rule(i=who, mode=st.sampled_from((None, *ReplyMode)))
    def set_mode(self, i: int, mode: ReplyMode | None) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.world.does(self.set_mode_and_note(contact, mode), self.contacts)

    @rule(mode=st.sampled_from(ReplyMode))
    def set_account_mode(self, mode: ReplyMode) -> None:
        self.account_mode = mode
        self.speak_again()
        self.world.does(self.set_account_mode_and_note(mode), self.contacts)

    @rule(i=who, blocks=st.booleans())
    def block(self, i: int, blocks: bool) -> None:
        contact = self.contacts[i]
        if not contact.conversation_id:
            return
        if blocks:
            self.world.does(self.block_and_note(contact), self.contacts)
        else:
            self.blocked.pop(contact.openid, None)
            self.world.does(
                self.desk.conversations.change((contact.conversation_id,), RowChange(RowAct.UNBLOCK)), self.contacts
            )

    @rule(name=st.sampled_from(NAMES), on=st.booleans())
    def switch_a_rule(self, name: str, on: bool) -> None:
        self.world.does(self.switch_on(name) if on else self.switch_off_and_note(name), self.contacts)

    @rule(i=who, seconds=st.sampled_from((None, 61, 1801)))
    def resolve_or_snooze(self, i: int, seconds: int | None) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            span = None if seconds is None else timedelta(seconds=seconds)
            self.world.does(self.set_aside(contact, span), self.contacts)

    @rule(i=who, of_the_account=st.booleans())
    def contact_writes_and_gets_hold_before_the_last_part_leaves(self, i: int, of_the_account: bool) -> None:
        self.contact_writes(i, SLOWLY)
        if of_the_account:
            self.set_account_mode(ReplyMode.HOLD)
        else:
            self.set_mode(i, ReplyMode.HOLD)

    @rule(i=who, stops=st.booleans())
    def type(self, i: int, stops: bool) -> None:
        """A key is pressed there, and perhaps the reply emptied again; what is held waits for so long at least."""
        contact = self.contacts[i]
        if not contact.conversation_id:
            return
        held = [reply for reply in self.world.replies(contact) if reply.state is ReplyState.HELD]
        waits = {reply.content.text for reply in held if is_automatic(reply)}
        self.typed[contact.openid] = (waits, self.world.clock.now + (GRACE if stops else QUIET + GRACE))
        self.world.does(self.type_and_note(contact, stops=stops), self.contacts)

    @rule(release=st.booleans())
    def decide_on_all_that_is_held(self, release: bool) -> None:
        if release:
            for i, contact in enumerate(self.contacts):
                for reply in self.world.replies(contact):
                    if reply.state is ReplyState.HELD and not can_be_undone(reply):
                        self.by_human |= self.decided_with(self.contacts[i], reply, "release")
        self.world.does(self.desk.replies.release_held() if release else self.desk.replies.cancel_held(), self.contacts)

    @rule(n=which, click=st.sampled_from(("release", "release_answer", "cancel", "lock_for_edit", "edit")))
    def click_on_what_waits(self, n: int, click: str) -> None:
        found = self.one_that(_waits, n)
        if found is None:
            self._somebody_writes(n)
            return
        contact, reply = found
        self.by_human |= self.decided_with(contact, reply, click)
        self.click(reply, click)

    @rule(n=which, meanwhile=st.sampled_from(("nothing", "take_over", "write", "time")))
    def leave_it_as_it_was(self, n: int, meanwhile: str) -> None:
        """Open a reply for editing, do something else, and unlock it unchanged."""
        found = self.one_that(_of_a_rule_waits, n)
        if found is None:
            self._somebody_writes(n)
            return
        contact, before = found
        self.click(before, "lock_for_edit")
        match meanwhile:
            case "take_over":
                self.world.does(self.take_over_and_note(contact), self.contacts)
            case "write":
                self.write_by_hand(self.contacts.index(contact), 3)
            case "time":
                self._pass(SPANS[0])
        with suppress(MoveNotAllowed):
            self.world.does(self.desk.replies.unlock(before), self.contacts)

    @rule(n=which, click=st.sampled_from(("retry", "confirm", "cancel")))
    def settle(self, n: int, click: str) -> None:
        found = self.one_that(_has_ended, n)
        if found is None:
            self._somebody_writes(n)
            return
        contact, reply = found
        self.by_human |= self.decided_with(contact, reply, click)
        if click == "retry":
            self.sent_again[reply.id] += 1
        self.click(reply, click)

    def _somebody_writes(self, n: int) -> None:
        self.contact_writes(n % len(self.contacts), OPENINGS[n % len(OPENINGS)])

    # -- what else happens

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: int) -> None:
        self._pass(seconds)

    @rule(i=who, seconds=st.sampled_from(SPANS), moment=when)
    def time_passes_and_the_contact_is_taken_over(self, i: int, seconds: int, moment: Moment) -> None:
        """While what was due then leaves."""
        contact = self.contacts[i]
        self._pass(seconds, Meanwhile(lambda: self.take_over_and_note(contact), moment) if contact.written else None)

    @rule(seconds=st.sampled_from(SPANS), moment=when)
    def time_passes_and_everything_is_paused(self, seconds: int, moment: Moment) -> None:
        self._pass(seconds, Meanwhile(self.pause_and_note, moment))

    @rule(seconds=st.sampled_from([span for span in SPANS if span > 0]), steps=st.integers(1, 40))
    def the_clock_will_jump(self, seconds: int, steps: int) -> None:
        """In the midst of what happens next."""
        span = timedelta(seconds=seconds)
        self.expire(self.world.clock.now + span)
        self.world.jump = Jump(span, steps)

    def _pass(self, seconds: int, meanwhile: Meanwhile | None = None) -> None:
        span = timedelta(seconds=seconds)
        self.expire(self.world.clock.now + span)
        self.world.passes(span, self.contacts, meanwhile)

    @rule(fault=st.sampled_from(ANSWERS + PUSHES))
    def wechat_will_answer_or_push_so(self, fault: SimulatedFault) -> None:
        self.world.sandbox.faults.plan(fault)

    @rule(crashes=st.booleans())
    def the_program_ends_and_begins(self, crashes: bool) -> None:
        (self.world.crashes if crashes else self.world.restarts)(self.contacts)

    def teardown(self) -> None:
        """Let all that still waits have its time, so that what should not leave shows."""
        with self.open:
            if not hasattr(self, "world"):
                return
            self.world.sandbox.faults.clear()
            for seconds in (11, 61):
                self._pass(seconds)
            self.invariants_hold()
            self.world.loop.run_until_complete(assert_sums_are_a_count(self.world.opened.store))


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_random_schedules_keep_the_invariants(folders: Iterator[Path], part: int, sized: Sized) -> None:
    """The parts differ by their seeds and can run side by side."""
    try_schedules(lambda order: World.open(next(folders), order), part, sized(*SCHEDULES) // PARTS)


@pytest.mark.campaign
@pytest.mark.postgres
@pytest.mark.expects_log("database error: TimeoutError")
@pytest.mark.timeout(600)
def test_random_schedules_keep_the_invariants_on_postgresql(
    folders: Iterator[Path], postgres: Postgres, sized: Sized, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another process, whose order nobody draws, and whose time is not that of the schedule."""
    monkeypatch.setattr(lease, "LEASE_SECONDS", 24 * 3600.0)
    monkeypatch.setattr(lease_keeper, "RENEW_SECONDS", 48 * 3600.0)

    def opens(order: int) -> AbstractContextManager[World]:
        return World.open(next(folders), order, StoreSettings(postgres.emptied()))

    try_schedules(opens, PARTS, sized(8, 24, 1000))


def try_schedules(
    opens: Callable[[int], AbstractContextManager[World]], part: int, count: int, kind: type[Supervision] = Supervision
) -> None:
    machine = type(kind.__name__, (kind,), {"opens": staticmethod(opens)})
    run = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(seed(part)(machine), settings=run)
