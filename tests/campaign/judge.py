"""What must hold after each step of a schedule, told by what the simulated WeChat has accepted."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.campaign.shop import Contact
from tests.campaign.supervised_desk import World
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState

RESERVE = 2
ALLOWED = 5

NOT_ARRIVED = {ReplyState.FAILED, ReplyState.UNKNOWN}
NEEDS_HUMAN = NOT_ARRIVED | {ReplyState.DRAFT, ReplyState.HELD}


@dataclass
class Silence:
    """What may have left before a human took the word, and how long that lasts at least."""

    allowed: set[str]
    until: datetime | None = None
    seconds: int | None = None
    by_writing: bool = False


class Judged(RuleBasedStateMachine):
    """A schedule's memory of what people have said, and the judge."""

    world: World
    contacts: list[Contact]

    def begin_to_judge(self) -> None:
        """Nobody has said anything yet."""
        self.by_human: set[int] = set()
        self.sent_again: Counter[int] = Counter()
        self.was_unknown: set[int] = set()
        self.written_at: dict[str, int] = {}
        self.made_before: dict[str, set[int]] = {}
        self.unheard: set[str] = set()
        self.silenced: dict[str, Silence] = {}
        self.muted: dict[str, Silence] = {}
        self.blocked: dict[str, Silence] = {}
        self.switched_off: dict[int, set[str]] = {}
        self.slowed: dict[str, set[str]] = {}
        self.typed: dict[str, tuple[set[str], datetime]] = {}
        self.modes: dict[str, ReplyMode | None] = {}
        self.account_mode = ReplyMode.AUTO
        self.still: set[str] | None = None
        self.known: defaultdict[str, set[int]] = defaultdict(set)
        self.first_move = len(self.world.moves)
        self.seen: dict[str, list[Reply]] = {}

    def one_that(self, holds: Callable[[Reply], bool], n: int) -> tuple[Contact, Reply] | None:
        """The `n`th, counted round, of the replies of which this held when the judge looked last, and to whom it is."""
        found = [(one, reply) for one in self.contacts for reply in self.seen.get(one.openid, ()) if holds(reply)]
        return found[n % len(found)] if found else None

    # -- what people have said

    def talks_on(self, contact: Contact) -> None:
        """Somebody writes: a takeover that ends in silence lasts so much longer."""
        silence = self.silenced.get(contact.openid)
        if silence is not None and silence.seconds is not None:
            silence.until = self.world.clock.now + timedelta(seconds=silence.seconds)

    def _is_mute(self, contact: Contact) -> bool:
        """Whether no automatic reply leaves by itself under the modes; a rule may say otherwise than its account."""
        mode = self.modes.get(contact.openid)
        return self.account_mode is ReplyMode.OFF if mode is None else mode in (ReplyMode.OFF, ReplyMode.DRAFT)

    def speak_again(self) -> None:
        for contact in self.contacts:
            if not self._is_mute(contact):
                self.muted.pop(contact.openid, None)
            if self._mode(contact) is not ReplyMode.HOLD:
                self.slowed.pop(contact.openid, None)

    def fall_silent(self) -> None:
        for contact in self.contacts:
            # A mode is about what is decided from now on: what WeChat is being asked to take may be tried again.
            allowed = self.may_have_left(contact) | {f"#{reply_id}" for reply_id in self.world.asked()}
            if self._is_mute(contact):
                self.muted.setdefault(contact.openid, Silence(allowed))
            if self._mode(contact) is ReplyMode.HOLD:
                self.slowed.setdefault(contact.openid, allowed)

    def _mode(self, contact: Contact) -> ReplyMode:
        return self.modes.get(contact.openid) or self.account_mode

    def may_have_left(self, contact: Contact) -> set[str]:
        """What the contact has by now, and the calls that have begun."""
        under_way = {self._call(reply_id) for reply_id in self.world.asked()}
        return {*self.world.received(contact), *under_way}

    def _call(self, reply_id: int) -> str:
        """The last call of a reply; one that is tried again is another one."""
        return f"#{reply_id}.{self.world.tries[reply_id]}"

    def expire(self, now: datetime) -> None:
        """What ends by then is over before anything can leave again."""
        self.silenced = {one: its for one, its in self.silenced.items() if its.until is None or its.until > now}
        self.typed = {one: its for one, its in self.typed.items() if its[1] > now}
        until = self.world.paused_until
        if not self.world.paused or (until is not None and until <= now):
            self.still = None

    # -- what must hold

    @invariant()
    def invariants_hold(self) -> None:
        self.expire(self.world.clock.now)
        told = self.world.moves[self.first_move :]
        for contact in self.contacts:
            replies, received = self.world.replies(contact), self.world.received(contact)
            self.seen[contact.openid] = replies
            automatic = [reply for reply in replies if reply.author is Author.RULE and reply.id not in self.by_human]
            self._nothing_is_lost(contact, replies)
            self._nothing_is_said_twice(replies, received)
            self._states_do_not_lie(replies, received)
            self._nothing_leaves_in_silence(contact, automatic, received)
            self._nothing_leaves_unheld(contact, automatic, received, told)
            self._the_reserve_is_kept(contact, automatic, received)
            self._who_is_not_answered_waits(contact, replies, received)
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
        silences = [its.get(contact.openid) for its in (self.silenced, self.muted, self.blocked)]
        for allowed in (*(one.allowed for one in silences if one is not None), self.still):
            if allowed is not None:
                late = [one for one in automatic if one.content.text in received and not self._is_among(one, allowed)]
                assert late == []
        unruled = [(one, self.switched_off[one.rule_id]) for one in automatic if one.rule_id in self.switched_off]
        assert [
            one for one, allowed in unruled if one.content.text in received and not self._is_among(one, allowed)
        ] == []
        waits, _ = self.typed.get(contact.openid, (set(), None))
        assert [one for one in automatic if one.content.text in waits and one.content.text in received] == []

    def _nothing_leaves_unheld(
        self, contact: Contact, automatic: list[Reply], received: list[str], told: list[tuple[int, ReplyState]]
    ) -> None:
        """Where replies are held, each that leaves by itself has been, also where it waited already for something."""
        allowed = self.slowed.get(contact.openid)
        if allowed is not None:
            held = {reply_id for reply_id, state in told if state is ReplyState.HELD}
            unheld = [one for one in automatic if one.content.text in received and one.id not in held]
            assert [one for one in unheld if not self._is_among(one, allowed)] == []

    def _is_among(self, reply: Reply, allowed: set[str]) -> bool:
        return not allowed.isdisjoint((reply.content.text, f"#{reply.id}", self._call(reply.id)))

    def _the_reserve_is_kept(self, contact: Contact, automatic: list[Reply], received: list[str]) -> None:
        texts = {reply.content.text for reply in automatic}
        since = received[self.written_at.get(contact.openid, 0) :]
        assert sum(text in texts for text in since) <= ALLOWED - RESERVE

    def _who_is_not_answered_waits(self, contact: Contact, replies: list[Reply], received: list[str]) -> None:
        """A reply made before a message is no answer to that, whenever it arrives, unless it is changed since.

        Of one that may have arrived only its human knows; and who is blocked is not heard.
        """
        if contact.openid in self.unheard or contact.openid not in self.made_before:
            return
        if self.was_unknown.intersection(reply.id for reply in replies):
            return
        before = self.made_before[contact.openid]
        no_answers = {one.content.text for one in replies if one.id in before and not one.edited}
        if no_answers.issuperset(received[self.written_at[contact.openid] :]):
            threads = self.world.opened.store.conversations
            thread = self.world.loop.run_until_complete(threads.get(contact.conversation_id))
            assert thread.waiting_since is not None or self._came_late(contact)

    def _came_late(self, contact: Contact) -> bool:
        """By WeChat's clock, set back with the desk's, the last message is older than another that is there."""
        said = sorted((one.id, one.at) for one in self.world.timeline(contact) if isinstance(one, Message))
        return said[-1][1] < max(at for _, at in said)

    def _order_holds(self, replies: list[Reply], told: list[tuple[int, ReplyState]]) -> None:
        """None is claimed before an older one that is queued, unless a pause keeps that one back and not this one, or
        it is a later part of an answer whose earlier one needs its human; and no part behind one that may not have
        arrived."""
        automatic = {reply.id: reply.author is Author.RULE for reply in replies}
        known = {reply.id: reply for reply in replies}
        now: dict[int, ReplyState] = {}
        for reply_id, state in told:
            if reply_id in automatic:
                if state is ReplyState.SENDING:
                    queued = [one for one, its in now.items() if one < reply_id and its is ReplyState.QUEUED]
                    older = [one for one in queued if not _earlier(known, one, now) & NEEDS_HUMAN]
                    assert not _earlier(known, reply_id, now) & NOT_ARRIVED, reply_id
                    by_hand = not automatic[reply_id] or reply_id in self.by_human
                    assert all(automatic[one] and by_hand for one in older), (reply_id, older)
                now[reply_id] = state


def _earlier(known: dict[int, Reply], part: int, now: dict[int, ReplyState]) -> set[ReplyState]:
    """The states of the earlier parts of its answer."""
    return {state for one, state in now.items() if one < part and one_answer(known[one], known[part])}


def one_answer(one: Reply, other: Reply) -> bool:
    return (one.part_of or one.id) == (other.part_of or other.id)
