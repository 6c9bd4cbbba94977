"""Deeds of customers, operators and the clock with four conversations, and what the store then tells of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, matches, sort_key
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.errors import WxdeskError
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Content, Reply, ReplyState, UnsentContent
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.model.statistics import Figures, RuleFigures, TimeSpan
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

PEOPLE = [f"oCustomer000000000000000000{n}" for n in range(4)]
RULES = (
    Rule(
        "Refund",
        when=Condition(any=("refund",)),
        then=(Action(ActionKind.REPLY, text="Somebody comes."), Action(ActionKind.TAKE_OVER)),
    ),
    Rule("Thanks", when=Condition(any=("thanks",)), then=(Action(ActionKind.RESOLVE),)),
    HOURS,
    Rule("Default", default=True, then=(Action(ActionKind.REPLY, text="We have it."),)),
)
SAYINGS = ("refund", "opening?", "thanks", "hello")
DEEDS = (
    *SAYINGS, "enter", "write", "fail", "lose", "write later", "begin a draft", "undo", "take", "take for a while",
    "back", "release", "release all", "stop", "stop all", "edit", "lock", "retry", "confirm", "only drafts",
    "usual mode", "resolve", "reopen", "snooze", "block", "unblock", "unread", "pin", "pause", "resume", "wait",
    "wait long", "look",
)  # fmt: skip

type Look = Callable[[int], object]
"""Opens a conversation by its id."""

type Pair = tuple[object, object]
"""Two values that shall be equal."""


@contextmanager
def open_shop(home: Path) -> Iterator[World]:
    """A desk by a clock that is moved by hand, which holds what its rules answer; four customers have written."""
    with open_world(home, ReplyMode.HOLD, HandClock()) as made:
        for rule in RULES:
            made.call(made.desk.rules.rulebook.save(rule))
        for one in PEOPLE:
            made.say(one, "opening?")
        yield made


def do(world: World, look: Look, deed: str, who: int) -> None:
    """Do one of `DEEDS` with the conversation of a customer, if it is possible just now."""
    at = world.clock()
    [thread] = [row.conversation.id for row in everybody(world) if row.conversation.contact.openid == PEOPLE[who]]
    every = _with_customer(world, PEOPLE[who]) | _with_conversation(world, thread, at) | _with_replies(world, thread)
    every |= {
        "pause": lambda: world.call(world.desk.outbox.pause(None)),
        "resume": lambda: world.call(world.desk.outbox.resume()),
        "wait": lambda: world.move_to(at + timedelta(seconds=61)),
        "wait long": lambda: world.move_to(at + timedelta(minutes=31)),
        "look": lambda: look(thread),
    }
    with suppress(WxdeskError):
        every.get(deed, lambda: None)()
    world.sandbox.faults.clear()


def _with_customer(world: World, openid: str) -> dict[str, Callable[[], object]]:
    def enter() -> None:
        world.move_to(world.clock() + timedelta(seconds=1))  # WeChat's copy of an event has the same second
        world.enter(openid, "goods/1")

    return {"enter": enter} | {text: partial(world.say, openid, text) for text in SAYINGS}


def _with_conversation(world: World, thread: int, at: datetime) -> dict[str, Callable[[], object]]:
    desk = world.desk
    acts = (RowAct.RESOLVE, RowAct.REOPEN, RowAct.BLOCK, RowAct.UNBLOCK, RowAct.UNREAD, RowAct.PIN)

    def change(act: RowAct, until: datetime | None = None) -> None:
        world.call(desk.conversations.change((thread,), RowChange(act, until)))

    def write(*faults: SimulatedFault) -> None:
        for fault in faults:
            world.sandbox.faults.plan(fault)
        world.wait_until_sent(world.call(desk.replies.write(thread, "by hand")).id)

    def lose() -> None:
        write(SimulatedFault(FaultKind.RESET_AFTER))
        world.move_to(world.clock() + timedelta(minutes=2))
        write()  # else the account tries nothing any more

    deeds: dict[str, Callable[[], object]] = {
        "write": write,
        "fail": lambda: write(SimulatedFault(FaultKind.ERRCODE, errcode=45015)),
        "lose": lose,
        "write later": lambda: world.call(desk.replies.write(thread, "later", at + timedelta(minutes=30))),
        "begin a draft": lambda: world.call(desk.drafts.keep({thread: (UnsentContent(Content(text="begun")),)})),
        "take": lambda: world.call(desk.conversations.take_over(thread)),
        "take for a while": lambda: world.call(
            desk.conversations.take_over(thread, TakeoverDuration(timedelta(seconds=90)))
        ),
        "back": lambda: world.call(desk.conversations.hand_back(thread)),
        "only drafts": lambda: world.call(desk.conversations.set_mode(thread, ReplyMode.DRAFT)),
        "usual mode": lambda: world.call(desk.conversations.set_mode(thread, None)),
        "snooze": lambda: change(RowAct.SNOOZE, at + timedelta(hours=1)),
    }
    return deeds | {act.value: partial(change, act) for act in acts}


def _with_replies(world: World, thread: int) -> dict[str, Callable[[], object]]:
    desk = world.desk
    items = world.call(desk.timeline.snapshot(thread)).items
    replies = [item for item in items if isinstance(item, Reply)]
    held = [one.reply.id for one in world.call(desk.inbox.held_replies()) if one.reply.conversation_id == thread]
    waiting = [one.id for one in replies if one.state in {ReplyState.HELD, ReplyState.DRAFT, ReplyState.QUEUED}]
    unsettled = [one.id for one in replies if one.state in {ReplyState.FAILED, ReplyState.UNKNOWN}]
    every: dict[str, Callable[[], object]] = {
        "release all": lambda: world.call(desk.replies.release_held()),
        "stop all": lambda: world.call(desk.replies.cancel_held()),
    }
    if held:
        every["release"] = lambda: world.wait_until_sent(world.call(desk.replies.release(held[0])).id)
        every["edit"] = lambda: world.call(desk.replies.edit(held[0], "better"))
    if waiting:
        every["stop"] = lambda: world.call(desk.replies.cancel(waiting[-1]))
        every["lock"] = lambda: world.call(desk.replies.lock_for_edit(waiting[-1]))
        every["undo"] = lambda: world.call(desk.replies.undo(waiting[-1]))
    if unsettled:
        every["retry"] = lambda: world.wait_until_sent(world.call(desk.replies.retry(unsettled[-1])).id)
        every["confirm"] = lambda: world.call(desk.replies.confirm(unsettled[-1]))
    return every


def everybody(world: World) -> list[InboxRow]:
    """All conversations."""
    return world.call(world.store.inbox.page(InboxFilter.ANY_STATUS))


def figures_of(world: World) -> Figures:
    """Statistics of all that has happened."""
    span = TimeSpan(START - timedelta(hours=11), world.clock() + timedelta(seconds=1))
    return world.call(world.store.statistics.over(span, ZoneInfo("UTC")))


def stored(world: World, rows: list[InboxRow]) -> dict[str, Pair]:
    """The store's pages, counts and statistics, each beside what the rows say."""
    figures, counts = figures_of(world), world.call(world.store.inbox.counts())
    rules = world.call(world.store.decision_history.rule_figures(START - timedelta(hours=11)))
    unresolved = [row for row in rows if row.conversation.waiting_since and not row.conversation.resolved_at]
    return {
        f"page {chip}": (
            [row.conversation.id for row in world.call(world.store.inbox.page(chip))],
            [row.conversation.id for row in sorted(rows, key=lambda row: sort_key(row, chip)) if matches(row, chip)],
        )
        for chip in InboxFilter
    } | {
        "waiting": (counts.waiting, sum(matches(row, InboxFilter.WAITING) for row in rows)),
        "unanswered": (figures.messages.unanswered > 0, bool(unresolved)),
        "rules": (
            {one.rule_id: (one.hits, one.corrected) for one in figures.rules},
            {one: (its.hits, its.corrected) for one, its in rules.items() if its != RuleFigures(last_at=its.last_at)},
        ),
    }


def apart(pairs: dict[str, Pair]) -> list[str]:
    """The pairs that differ, in words."""
    return [f"{place}: {ours} is not {theirs}" for place, (ours, theirs) in pairs.items() if ours != theirs]
