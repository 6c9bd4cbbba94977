"""The check, the unmatched and the dry run, as the operator meets them on the rules page."""

import asyncio
import io
import itertools
from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.bench.dry_run import fill
from tests.ui.world import World
from wxdesk.core.errors import BadInput
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.rules.lint.clustering import MessageGroup
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.desk.rules.review.dry_run import SLICE
from wxdesk.store import Store
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.rules.review.panel import ReviewPanel
from wxdesk.ui.rules.review.text import suggested_rule
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog

SAID = (Action(ActionKind.REPLY, text="Hello."),)


def ended(panel: ReviewPanel) -> bool:
    return panel.bar.isHidden()


def choose(panel: ReviewPanel, row: int, qtbot: QtBot) -> None:
    at = panel.view.visualRect(panel.rows.index(row)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_rule_that_never_answers_is_counted_named_and_shown(page: RulesPage, world: World, qtbot: QtBot) -> None:
    assert page.list.check.text() == "Check"
    hidden = Rule("Money back", when=Condition(any=("my refund",)), then=SAID)
    saved = world.call(world.desk.rules.rulebook.save(hidden))
    qtbot.waitUntil(lambda: page.list.check.text() == "Check · 1")
    page.list.check.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    [row] = panel.rows.rows()
    assert (row.head, "“Refunds” above it" in row.text, row.role) == ("Money back", True, "failed")
    choose(panel, 0, qtbot)
    assert page.editor.isVisible()
    assert page.editor.saved.id == saved.id


def test_unmatched_sentences_become_a_rule_with_their_words(page: RulesPage, world: World, qtbot: QtBot) -> None:
    for who, text in enumerate(("怎么开发票", "开发票")):
        world.say(f"oUnmatched{who}", text)
    page.list.unmatched.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel))
    [row] = panel.rows.rows()
    assert (row.head, row.text) == ("开发票", "2 messages")
    choose(panel, 0, qtbot)
    assert page.editor.isVisible()
    written = page.editor.record()
    assert (written.id, written.when) == (0, Condition(any=("开发票",)))
    assert page.unsaved


def test_staying_with_unsaved_changes_keeps_the_list_of_unmatched_messages(
    page: RulesPage, world: World, qtbot: QtBot
) -> None:
    world.say("oUnmatched1", "开发票")
    page.editor.head.title.setText("Another name")
    page.list.unmatched.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel))
    choose(panel, 0, qtbot)
    [asked] = page.window().findChildren(LeaveDialog)
    asked.stay.click()
    assert panel.isVisible()
    assert [row.head for row in panel.rows.rows()] == ["开发票"]
    panel.back.click()
    assert page.editor.record().name == "Another name"
    page.list.unmatched.click()
    qtbot.waitUntil(lambda: ended(panel))
    choose(panel, 0, qtbot)
    [again] = [one for one in page.window().findChildren(LeaveDialog) if one.isVisible()]
    again.discard.click()
    assert page.editor.isVisible()
    assert page.editor.record().when == Condition(any=("开发票",))


def test_messages_without_words_are_unmatched_too(page: RulesPage, world: World, qtbot: QtBot, bridge: Bridge) -> None:
    default = next(one for one in world.call(world.desk.rules.rulebook.all()) if one.default)
    world.call(world.desk.rules.rulebook.set_enabled(default.id, False))
    sent = ["？？", "😀", "/::)", "13800138000", "https://a.cn/b", "\u200b"]
    for who, text in enumerate(sent):
        world.say(f"oUnmatched{who}", text)
    held = io.BytesIO()
    Image.new("RGB", (3, 2)).save(held, "PNG")
    world.show("oPicture1", held.getvalue())
    world.push("oVoice1", MsgType="voice", MediaId="m", Format="amr")
    page.list.unmatched.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel))
    assert [(row.head, row.text) for row in panel.rows.rows()] == [
        ("[Voice message]", "1 message · anything else"),
        ("[Image]", "1 message · a picture"),
        ("[Empty message]", "1 message · nothing in it"),
        ("https://a.cn/b", "1 message · a link alone"),
        ("13800138000", "1 message · a number alone"),
        ("/::)", "1 message · no words"),
        ("😀", "1 message · no words"),
        ("？？", "1 message · no words"),
    ]
    choose(panel, 7, qtbot)
    assert page.editor.record().when == Condition(exact=("??",))
    page.editor.revert()
    for group in world.call(world.desk.rules.review.unmatched()):
        made = replace(suggested_rule(group), then=SAID)  # each answers what it was made of
        saved = world.call(world.desk.rules.rulebook.save(made))
        left = [one.newest.id for one in world.call(world.desk.rules.review.unmatched())]
        assert group.newest.id not in left
        assert saved.on == {group.newest.type}
    assert world.call(world.desk.rules.review.unmatched()) == []
    page.list.unmatched.click()
    qtbot.waitUntil(lambda: panel.sentence.full_text() == "The present rules would answer everything.")


def test_a_changed_rule_is_tried_on_history_before_it_is_saved(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.say("oHistory1", "where is my refund")
    world.push("oHistory2", MsgType="voice", MediaId="m", Format="amr")
    kinds = frozenset({MessageType.TEXT, MessageType.OTHER})
    page.editor.write(Rule("Refunds", on=kinds, when=Condition(none=("parcel",)), then=SAID))
    page.editor.head.dry_run.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    assert panel.sentence.full_text().startswith("It would have answered 2 of 2 messages; 0 of them")
    assert {row.head for row in panel.rows.rows()} == {"where is my refund", "[Voice message]"}
    said = {(row.text, row.more) for row in panel.rows.rows()}
    assert ("Said: A colleague will help you.", "Would say: Hello.") in said
    panel.back.click()
    assert page.editor.isVisible()
    assert page.unsaved


def test_a_rule_tried_on_history_is_saved_by_the_save_key(
    page: RulesPage, world: World, qtbot: QtBot, bridge: Bridge
) -> None:
    world.say("oHistory1", "where is my refund")
    page.editor.write(Rule("Refunds", when=Condition(any=("refund",)), then=SAID))
    page.editor.head.dry_run.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    qtbot.keyClick(panel.back, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Refunds" in {rule.name for rule in world.call(world.desk.rules.rulebook.all())})
    assert page.editor.isVisible()
    qtbot.waitUntil(lambda: not page.unsaved and bridge.is_idle)


def test_a_dry_run_of_a_switched_off_rule_says_what_it_supposed(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.say("oHistory1", "where is my refund")
    page.list.view.setCurrentIndex(page.rules.index(0))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.editor.saved.enabled)
    page.editor.head.dry_run.click()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    assert panel.sentence.full_text().splitlines()[:2] == [
        "It would have answered 1 of 1 message; 0 of them you answered differently.",
        "The rule is switched off; it was tried as if it were on.",
    ]


def test_a_dry_run_can_be_cancelled(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.say("oHistory1", "where is my refund")
    page.editor.head.dry_run.click()
    panel = page.reviews.panel
    assert panel.back.text() == "Cancel"
    panel.back.click()
    assert page.editor.isVisible()
    qtbot.waitUntil(lambda: page.reviews._bridge.is_idle)
    assert page.editor.isVisible()
    assert panel.rows.rows() == ()


@pytest.fixture
def long_history(world: World) -> int:
    """So many messages in the store; trying a rule on them takes some slices."""
    store = world.store
    assert isinstance(store, Store)
    world.call(store._db.write(fill, 5 * SLICE))
    return 5 * SLICE


def running(world: World) -> int:
    """How many dry runs the desk works on."""

    async def count() -> int:
        names = [str(task.get_coro()) for task in asyncio.all_tasks()]
        return sum("over_history" in name for name in names)

    return world.call(count())


def test_a_dry_run_is_cancelled_halfway_and_the_desk_goes_on(
    long_history: int, page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, pages, go_on = world.desk.rules.dry_run._past, itertools.count(), asyncio.Event()
    read = past.messages

    async def read_two(after: int, limit: int) -> Sequence[PastMessage]:
        if next(pages) == 2:
            await go_on.wait()
        return await read(after, limit)

    monkeypatch.setattr(past, "messages", read_two)
    page.editor.write(Rule("Refunds", when=Condition(any=("退款",)), then=SAID))
    page.editor.head.dry_run.click()
    panel, course = page.reviews.panel, page.reviews._course
    qtbot.waitUntil(lambda: panel.bar.isVisible() and 0 < panel.bar.value() < panel.bar.maximum() == long_history)
    assert running(world) == 1
    halfway = world.say("oHalfway", "what are your opening hours?")
    assert panel.bar.isVisible()
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert page.editor.isVisible()
    assert page.unsaved
    world.loop.call_soon_threadsafe(go_on.set)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert running(world) == 0
    assert 0 < course.done < long_history
    stopped_at = course.done
    afterwards = world.say("oAfterwards", "refund please")
    assert course.done == stopped_at
    assert not page.reviews._looking.isActive()
    assert panel.rows.rows() == ()
    decisions = [world.call(world.desk.timeline.snapshot(thread)).latest for thread in (halfway, afterwards)]
    assert [decision and decision.rule_name for decision in decisions] == ["Hours", "Refunds"]


def test_the_whole_list_is_tried_on_history(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.say("oHistory1", "where is my refund")
    world.say("oHistory2", "opening hours?")
    page.list.try_all.trigger()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    assert panel.sentence.full_text().startswith("It would have answered 2 of 2 messages; 0 of them")
    assert {row.head for row in panel.rows.rows()} == {"where is my refund", "opening hours?"}


def test_the_edited_rule_clicked_in_the_list_is_back_in_place_of_a_review(page: RulesPage, qtbot: QtBot) -> None:
    page.list.check.click()
    qtbot.waitUntil(page.reviews.panel.isVisible)
    view = page.list.view
    at = view.visualRect(view.currentIndex()).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.editor.isVisible()


async def _refused() -> None:
    raise BadInput(reason="The disk is full.")


def test_a_review_that_fails_gives_the_editor_back_and_says_why(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    reviews = page.reviews
    reviews._begin("Check", "Looking…")
    with qtbot.waitSignal(bridge.failed) as told:
        reviews._ask(_refused(), reviews._show_findings)
    assert str(told.args[0]) == "The disk is full."
    assert page.editor.isVisible()


def test_an_older_review_that_fails_leaves_the_newer_one(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    reviews = page.reviews
    reviews._begin("Try on history", "Asking…")
    reviews._ask(_refused(), reviews._show_report)
    page.list.check.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert reviews.panel.isVisible()
    assert reviews.panel.title.full_text() == "Check"


def test_an_older_review_that_ends_late_does_not_show_in_the_newer_one(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    may_end, reviews = asyncio.Event(), page.reviews

    async def late() -> list[MessageGroup]:
        await may_end.wait()
        return []

    reviews._begin("Unmatched", "Gathering…")
    reviews._ask(late(), reviews._show_groups)
    page.list.check.click()
    qtbot.waitUntil(lambda: ended(reviews.panel))
    said = reviews.panel.sentence.full_text()
    world.loop.call_soon_threadsafe(may_end.set)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert reviews.panel.sentence.full_text() == said


def test_a_row_of_a_dry_run_can_be_read_whole_and_leads_to_its_conversation(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge
) -> None:
    long = "refund " + "please, for this one too " * 40
    thread = world.say("oHistory1", long)
    world.call(world.desk.rules.rulebook.save(Rule("Refunds", when=Condition(any=("refund",)), then=SAID)))
    page = window.pages.rules.widget
    window.rail.items[1].click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() > 0)
    page.list.try_all.trigger()
    panel = page.reviews.panel
    qtbot.waitUntil(lambda: ended(panel) and panel.isVisible())
    [row] = panel.rows.rows()
    assert (row.text, row.more) == ("Said: nothing", "Would say: Hello.")
    assert panel.view.accessibleName() == "Try on history"
    tip = panel.rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert long.strip() in tip
    assert "Would say: Hello." in tip
    assert panel.view.visualRect(panel.rows.index(0)).height() == 76
    choose(panel, 0, qtbot)
    qtbot.waitUntil(lambda: window.open_conversation_id == thread)
    window.rail.items[1].click()
    assert panel.isVisible()  # the list of messages has stayed
