"""What the bubbles of one answer in several parts say when one of them has not arrived."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.records import NOW, reply
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, accessible_entry, caption_of, notice_of, offers_in
from wxdesk.ui.inbox.timeline.bubbles.delegate import look_of
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry, entries_of, hold_reason_of_entry
from wxdesk.ui.wording.reply_status import no_hold_reason

S = ReplyState
WAITS = {"en": "Waits for the part before it", "zh_CN": "等前一条送到"}
SOON = NOW + timedelta(seconds=5)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    i18n.use("en")


def answer(*states: ReplyState, **fields: Any) -> list[TimelineEntry]:
    """The bubbles of an answer whose parts are in these states."""
    parts = [reply(n, state, part_of=1 if n > 1 else None, **fields) for n, state in enumerate(states, start=1)]
    return [entry for entry in entries_of(parts, NOW) if entry.kind is EntryKind.REPLY]


def caption(entry: TimelineEntry) -> str:
    return " | ".join(part.text for part in caption_of(entry, NOW, hold_reason_of_entry(entry, no_hold_reason)))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("state", [S.FAILED, S.UNKNOWN, S.DRAFT])
def test_a_part_says_first_that_it_waits(state: ReplyState, language: str) -> None:
    i18n.use(language)
    sent, stopped, *later = answer(S.SENT, state, S.QUEUED, S.QUEUED)
    assert [caption(entry).split(" | ")[0] for entry in later] == [WAITS[language]] * 2
    assert all(
        WAITS[language] in accessible_entry(entry, NOW, hold_reason_of_entry(entry, no_hold_reason)) for entry in later
    )
    assert WAITS[language] not in caption(sent) + caption(stopped)
    assert {look_of(entry).ground for entry in later} == {"pending_tint"}, "it does not look like one that has left"


def test_a_held_part_behind_a_failed_one_does_not_pretend_to_count_down() -> None:
    _, later = answer(S.FAILED, S.HELD, due_at=SOON)
    assert caption(later).startswith(WAITS["en"])
    _, follows = answer(S.HELD, S.HELD, due_at=SOON)
    assert caption(follows).startswith("Sends in 5 s")


@pytest.mark.parametrize(
    ("states", "english", "chinese"),
    [
        (
            (S.FAILED, S.QUEUED, S.QUEUED),
            "2 parts behind it wait. If you throw this one away, they go too.",
            "后面还有 2 条在等；丢弃这条，后面的也一起丢弃。",
        ),
        (
            (S.DRAFT, S.DRAFT),
            "1 part behind it waits. If you throw this one away, that goes too.",
            "后面还有 1 条在等；丢弃这条，后面的也一起丢弃。",
        ),
        (
            (S.UNKNOWN, S.QUEUED),
            "1 part behind it waits until you say whether this one arrived.",
            "后面还有 1 条在等，要您先确认这条是否送到。",
        ),
        ((S.HELD, S.HELD), "If you stop this one, 1 part behind it is stopped too.", "停下这条，后面 1 条也一起停下。"),
    ],
)
def test_a_failed_part_says_which_parts_wait_for_it(states: tuple[ReplyState, ...], english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh_CN", chinese)):
        i18n.use(language)
        first, *_, last = answer(*states)
        assert words in notice_of(first).splitlines()
        assert words not in notice_of(last)


@pytest.mark.parametrize(
    "states", [(S.SENT, S.QUEUED), (S.SENDING, S.QUEUED), (S.QUEUED, S.QUEUED), (S.FAILED, S.SENT)]
)
def test_an_answer_on_its_way_says_nothing_of_waiting_parts(states: tuple[ReplyState, ...]) -> None:
    for entry in answer(*states, author=Author.OPERATOR):
        assert WAITS["en"] not in caption(entry)
        assert "behind it" not in notice_of(entry)


GAP = Content(text="‹contact.alias›, hello", gaps=("contact.alias",))


def with_gap(place: int, count: int) -> list[TimelineEntry]:
    """The bubbles of drafts of one answer, one of which lacks a value."""
    made = [reply(n, S.DRAFT, part_of=1 if n > 1 else None) for n in range(1, count + 1)]
    made[place] = replace(made[place], content=GAP)
    return [entry for entry in entries_of(made, NOW) if entry.kind is EntryKind.REPLY]


def actions(entry: TimelineEntry) -> list[BubbleAction]:
    return [offer.action for offer in offers_in(entry)]


def test_behind_a_part_with_a_gap_nothing_can_be_sent_and_the_bubble_says_why() -> None:
    first, *later = with_gap(0, 3)
    assert actions(first)[0] is BubbleAction.EDIT
    assert first.asking == 3, "what is filled in there sends all of them"
    for entry in later:
        assert BubbleAction.SEND not in actions(entry)
        assert BubbleAction.EDIT in actions(entry)
        said = "Fill in “contact.alias” in the earlier part first. If you throw that one away, this one goes too."
        assert said in notice_of(entry)
    i18n.use("zh_CN")
    assert "请先在前面那条里补上「contact.alias」" in notice_of(later[0])


def test_an_answer_with_a_gap_in_a_later_part_is_not_sent_whole() -> None:
    first, gap, last = with_gap(1, 3)
    assert actions(first)[0] is BubbleAction.SEND
    assert (first.asking, gap.lacking, last.lacking) == (0, "", "contact.alias")


def test_a_gap_in_a_part_that_was_stopped_holds_nothing_up() -> None:
    parts = [replace(reply(1, S.CANCELLED), content=GAP), reply(2, S.DRAFT, part_of=1)]
    [_, last] = [entry for entry in entries_of(parts, NOW) if entry.kind is EntryKind.REPLY]
    assert (last.lacking, BubbleAction.SEND in actions(last)) == ("", True)


PARTS = ("First part. " * 120, "Second part. " * 120, "Third part. " * 120)


@pytest.mark.parametrize(
    ("action", "after", "arrives"),
    [(BubbleAction.RETRY, ReplyState.SENT, 3), (BubbleAction.DISCARD, ReplyState.CANCELLED, 0)],
)
def test_waiting_parts_are_shown_and_settled_with_the_part_before_them(
    qtbot: QtBot,
    world: World,
    page: InboxPage,
    opened: Callable[[int], None],
    action: BubbleAction,
    after: ReplyState,
    arrives: int,
) -> None:
    conversation_id = world.say("oCustomer0000000000000001", "hello")
    opened(conversation_id)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=87014))
    first, *later = world.call(world.desk.replies.write_split(conversation_id, "\n\n".join(PARTS), 3))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.FAILED) is not None)
    assert [caption(entry).split(" | ")[0] for entry in _shown(page, later)] == [WAITS["en"]] * 2
    page.chat.act(action, f"r{first.id}")
    qtbot.waitUntil(lambda: _states(page, (first, *later)) == [after] * 3)
    assert len(world.sandbox.sent) == arrives
    assert all(WAITS["en"] not in caption(entry) for entry in _shown(page, later))


def _shown(page: InboxPage, replies: list[Reply]) -> list[TimelineEntry]:
    keys = {f"r{reply.id}" for reply in replies}
    return [entry for entry in page.session.model.rows() if entry.key in keys]


def _states(page: InboxPage, replies: tuple[Reply, ...]) -> list[ReplyState]:
    return [entry.reply.state for entry in _shown(page, list(replies)) if entry.reply is not None]


TWO = Rule(
    "Two",
    when=Condition(any=("hours",)),
    then=(Action(ActionKind.REPLY, text="At 9."), Action(ActionKind.REPLY, text="Not on Sundays.")),
)


def test_the_strip_says_of_a_part_behind_one_that_failed_what_its_bubble_says(
    qtbot: QtBot, world: World, page: InboxPage
) -> None:
    world.call(world.desk.rules.rulebook.save(TWO))
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=87014))
    world.say("oCustomer0000000000000001", "hours?")
    strip = page.list.strip
    qtbot.waitUntil(lambda: strip.earliest.full_text() == "first in 10 min")
    world.call(world.desk.replies.release(1))
    qtbot.waitUntil(lambda: strip.earliest.full_text() == "waits for the part before it")
    spoken = strip.model.data(strip.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert WAITS["en"] in spoken


def test_the_row_of_an_answer_that_asks_does_not_count_down(qtbot: QtBot, world: World, page: InboxPage) -> None:
    world.call(world.desk.rules.rulebook.save(TWO))
    world.say("oCustomer0000000000000001", "hours?")
    model = page.list.model
    qtbot.waitUntil(lambda: model.rowCount() == 1 and "Sends in 10 min" in model.index(0).data())
    qtbot.waitUntil(lambda: len(page.list.strip.model.rows()) == 2)  # read beside the list
    first, second = (one.reply.id for one in page.list.strip.model.rows())
    world.call(world.desk.replies.lock_for_edit(first))
    qtbot.waitUntil(lambda: "1 draft to review" in model.index(0).data())
    assert "Sends in" not in model.index(0).data()
    world.call(world.desk.replies.cancel(first))
    world.wait_until(second, lambda reply: reply.state is ReplyState.CANCELLED)
