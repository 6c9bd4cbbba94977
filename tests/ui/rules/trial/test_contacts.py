"""Try a sentence as a stored customer, or under circumstances that one sets: what the operator sees of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.world import World, open_world
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Presence, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.core.rules.conditions.surroundings import MOST_MINUTES
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD

RULES = """
[[rules]]
name = "Regulars"
when = { tags = { any = ["VIP"] }, message_no = { min = 2 } }
then = [{ reply = "Good to see you, {{ contact.alias }}." }]

[[rules]]
name = "After the hours"
when = { all = ["weekend"], last_rule_within = { rule = "Hours", minutes = 10 } }
then = [{ reply = "The same at weekends." }]

[[rules]]
name = "Hours"
when = { any = ["hours"] }
then = [{ reply = "We open at 9." }]

[[rules]]
name = "Goods"
on = ["enter_session"]
when = { session_from = { prefix = "goods" } }
then = [{ reply = "Welcome from {{ session_from.value }}." }]

[[rules]]
name = "Everything else"
default = true
then = [{ reply = "Thank you from {{ account }}." }]
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two mini programs."""
    with open_world(tmp_path, others=("outlet",)) as opened:
        yield opened


@pytest.fixture
def four_rules(world: World) -> list[Rule]:
    """The rules above, in the place of those of the other tests."""
    return list(world.call(world.desk.rules.exchange.take_in(RULES, "rules.toml")).left.rules)


@pytest.fixture
def li(world: World, four_rules: list[Rule]) -> int:
    """The conversation of Li Lei, a VIP who came from some goods, asked for the hours and was answered by a rule."""
    thread = world.enter(LI_LEI.openid, "goods/7")
    world.say(LI_LEI.openid, "hours")
    world.call(world.desk.conversations.describe(thread, ContactChange(alias="Li Lei", add=("VIP",))))
    return thread


@pytest.fixture
def wang(world: World, four_rules: list[Rule], li: int) -> int:
    """The conversation of Wang Fang, who wrote after Li Lei."""
    thread = world.say(WANG_FANG.openid, "Hello")
    world.call(world.desk.conversations.describe(thread, ContactChange(alias="Wang Fang")))
    return thread


def _says(page: RulesPage, qtbot: QtBot, *texts: str) -> None:
    qtbot.waitUntil(lambda: page.trial.bubbles.texts[1:] == list(texts))


def _found(page: RulesPage) -> list[str]:
    model = page.trial.writer.picker.model
    return [model.index(row).data().split(", ")[0] for row in range(model.rowCount())]


def _choose(page: RulesPage, qtbot: QtBot, part: str) -> None:
    """Type a part of a name and take the first that is found."""
    writer = page.trial.writer
    writer.name.selectAll()
    qtbot.keyClicks(writer.name, part)
    qtbot.waitUntil(writer.picker.isVisible)
    qtbot.keyClick(writer.name, Qt.Key.Key_Down)
    qtbot.keyClick(writer.name, Qt.Key.Key_Enter)
    qtbot.waitUntil(lambda: writer.known is not None)


def _pick(page: RulesPage, field: str, row: int) -> None:
    """Choose from the menu of one of the circumstances."""
    getattr(page.trial.around, field).popup_menu.actions()[row].trigger()


def test_a_stored_customer_is_found_by_a_part_of_the_name_and_supposed(
    li: int, wang: int, page: RulesPage, qtbot: QtBot
) -> None:
    trial, writer = page.trial, page.trial.writer
    trial.sentence.setText("Hello")
    _says(page, qtbot, "Thank you from shop.")
    assert not writer.isVisible()
    writer.name.selectAll()
    qtbot.keyClicks(writer.name, "li l")
    qtbot.waitUntil(writer.picker.isVisible)
    assert _found(page) == ["Li Lei"]
    qtbot.mouseClick(
        writer.picker.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=writer.picker.view.visualRect(writer.picker.model.index(0, 0)).center(),
    )
    _says(page, qtbot, "Good to see you, Li Lei.")
    assert not writer.picker.isVisible()
    verdicts = trial.verdicts.verdicts
    assert [ok for ok, _ in verdicts.index(0).data(RECORD).lines] == [True, True]
    assert writer.name.isReadOnly()
    told = writer.taken.full_text()
    assert told.startswith("From the conversation with Li Lei: tags VIP; last wrote ")
    for part in (
        "this is message no. 2",
        "“Hours” spoke last",
        "came from goods/7",
        "replies were allowed",
        "nobody is at the desk",
    ):
        assert part in told
    assert trial.around.tags.text() == "VIP"

    writer.nobody.click()
    _says(page, qtbot, "Thank you from shop.")
    assert (writer.name.text(), writer.name.isReadOnly(), writer.isVisible()) == ("li l", False, False)
    assert trial.around.tags.text() == ""
    assert trial.around.number.value() == 1


def test_a_customer_is_chosen_closed_and_dropped_by_keys(li: int, wang: int, page: RulesPage, qtbot: QtBot) -> None:
    writer = page.trial.writer
    page.trial.sentence.setText("Hello")
    qtbot.keyClick(writer.name, Qt.Key.Key_Down)
    qtbot.waitUntil(writer.picker.isVisible)
    assert sorted(_found(page)) == ["Li Lei", "Wang Fang"]
    qtbot.keyClick(writer.name, Qt.Key.Key_Escape)
    assert not writer.picker.isVisible()
    qtbot.keyClick(writer.name, Qt.Key.Key_Down)
    qtbot.waitUntil(writer.picker.isVisible)
    qtbot.keyClick(writer.name, Qt.Key.Key_Enter)  # none is marked
    assert not writer.picker.isVisible()
    assert writer.known is None
    qtbot.keyClick(writer.name, Qt.Key.Key_Down)
    qtbot.waitUntil(writer.picker.isVisible)
    for _ in range(_found(page).index("Li Lei") + 1):
        qtbot.keyClick(writer.name, Qt.Key.Key_Down)
    qtbot.keyClick(writer.name, Qt.Key.Key_Return)
    _says(page, qtbot, "Good to see you, Li Lei.")
    qtbot.keyClick(writer.name, Qt.Key.Key_Backspace)
    _says(page, qtbot, "Thank you from shop.")
    writer.name.button.trigger()
    qtbot.waitUntil(writer.picker.isVisible)
    page.trial.sentence.setFocus()
    qtbot.waitUntil(lambda: not writer.picker.isVisible())


def test_a_name_that_nobody_has_is_said_and_stays_a_name(li: int, page: RulesPage, qtbot: QtBot) -> None:
    writer = page.trial.writer
    page.trial.sentence.setText("Hello")
    writer.name.selectAll()
    qtbot.keyClicks(writer.name, "Zoe")
    qtbot.waitUntil(writer.picker.none.isVisible)
    assert writer.picker.none.full_text() == "No stored customer is called “Zoe”."
    qtbot.keyClick(writer.name, Qt.Key.Key_Enter)
    assert page.trial.message().alias == "Zoe"
    assert page.trial.message().around.known is None


def test_circumstances_set_by_hand_precede_the_customers_and_are_marked(li: int, page: RulesPage, qtbot: QtBot) -> None:
    trial, around, writer = page.trial, page.trial.around, page.trial.writer
    trial.sentence.setText("Hello")
    _choose(page, qtbot, "lei")
    _says(page, qtbot, "Good to see you, Li Lei.")
    assert around.who.value == Presence.AWAY  # no window has told of anybody
    assert trial.more.text() == "Circumstances"
    around.number.setValue(1)
    _says(page, qtbot, "Thank you from shop.")
    around.tags.clear()
    assert writer.changed.full_text() == "Supposed otherwise here: Message no., Tags"
    assert writer.changed.isVisible()
    assert trial.more.text() == "Circumstances · 2 set"
    around.number.setValue(2)
    around.tags.setText("VIP")
    assert not writer.changed.isVisible()
    _says(page, qtbot, "Good to see you, Li Lei.")


def test_changes_in_the_customers_conversation_count_for_the_trial(
    li: int, page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    trial, around = page.trial, page.trial.around
    trial.sentence.setText("Hello")
    _choose(page, qtbot, "lei")
    _says(page, qtbot, "Good to see you, Li Lei.")
    around.tags.setText("old")
    world.call(world.desk.conversations.take_over(li))
    said = "A person has taken this conversation over. The rules are not asked; this is what they would say."
    qtbot.waitUntil(lambda: trial.note.full_text() == said)
    assert trial.note.isVisible()
    assert "taken over until handed back" in trial.writer.taken.full_text()
    assert trial.verdicts.isVisible()
    _says(page, qtbot)
    assert around.tags.text() == "old"
    assert around.taken.value is True
    _pick(page, "taken", 0)
    _says(page, qtbot, "Thank you from shop.")
    world.say(LI_LEI.openid, "Anybody?")
    qtbot.waitUntil(lambda: around.number.value() == 3)
    assert around.taken.value is False


def test_another_customer_begins_afresh(li: int, wang: int, page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("Hello")
    _choose(page, qtbot, "lei")
    page.trial.around.tags.setText("old")
    page.trial.writer.choose(wang)
    qtbot.waitUntil(lambda: page.trial.writer.name.text() == "Wang Fang")
    assert page.trial.around.tags.text() == ""
    assert not page.trial.writer.changed.isVisible()


def test_session_from_of_a_stored_customer_is_tried_too(li: int, page: RulesPage, qtbot: QtBot) -> None:
    trial = page.trial
    trial.kind.set_value(MessageType.ENTER_SESSION)
    trial.kind.chosen.emit(MessageType.ENTER_SESSION)
    _choose(page, qtbot, "lei")
    _says(page, qtbot, "Welcome from goods/7.")
    trial.writer.nobody.click()
    _says(page, qtbot, "No rule answers; the message waits for a person.")
    trial.source.setText("goods/8")
    _choose(page, qtbot, "lei")
    assert trial.source.text() == "goods/8"
    _says(page, qtbot, "Welcome from goods/8.")


def test_a_rule_that_spoke_some_minutes_ago_can_be_supposed(page: RulesPage, qtbot: QtBot) -> None:
    around = page.trial.around
    page.trial.more.click()
    page.trial.sentence.setText("weekend")
    _says(page, qtbot, "Thank you from shop.")
    assert not around.minutes.isVisible()
    around.rule.fill()
    assert [one.text() for one in around.rule.popup_menu.actions() if not one.isSeparator()] == [
        "Regulars",
        "After the hours",
        "Hours",
        "Goods",
        "Everything else",
        "No rule",
    ]
    _pick(page, "rule", 2)
    assert around.minutes.isVisible()
    _says(page, qtbot, "The same at weekends.")
    around.minutes.setValue(10)
    _says(page, qtbot, "The same at weekends.")
    around.minutes.setValue(11)
    _says(page, qtbot, "Thank you from shop.")
    around.minutes.setValue(5)
    _says(page, qtbot, "The same at weekends.")
    around.rule.fill()
    around.rule.popup_menu.actions()[-1].trigger()
    _says(page, qtbot, "Thank you from shop.")


def test_the_trial_takes_whatever_minutes_a_rule_may_ask_for(page: RulesPage, qtbot: QtBot) -> None:
    around = page.trial.around
    page.trial.more.click()
    around.rule.fill()
    _pick(page, "rule", 2)
    around.minutes.selectAll()
    qtbot.keyClicks(around.minutes, str(MOST_MINUTES))
    assert around.minutes.value() == MOST_MINUTES


def test_a_takeover_can_be_supposed(page: RulesPage, qtbot: QtBot) -> None:
    trial = page.trial
    trial.sentence.setText("hours")
    _says(page, qtbot, "We open at 9.")
    _pick(page, "taken", 1)
    _says(page, qtbot)
    assert trial.note.full_text().startswith("A person has taken this conversation over.")
    _pick(page, "taken", 0)
    modes = [None, *ReplyMode]
    _pick(page, "mode", modes.index(ReplyMode.DRAFT))
    _says(page, qtbot, "We open at 9.", "It waits for you as a draft.")
    _pick(page, "mode", modes.index(ReplyMode.OFF))
    _says(page, qtbot)
    assert trial.note.full_text().startswith("This conversation is answered by hand.")
    _pick(page, "mode", 0)
    _says(page, qtbot, "We open at 9.")


def test_a_word_that_should_not_leave_is_the_reason_of_a_draft(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.call(world.desk.preferences.set(Preferences(guarded_words=("open at",), guards_rules=True)))
    page.trial.sentence.setText("hours")
    why = "It waits for you as a draft, because it has a word that should not leave by itself."
    _says(page, qtbot, "We open at 9.", why)


def test_a_trial_can_choose_the_mini_program_unless_a_customer_sets_it(li: int, page: RulesPage, qtbot: QtBot) -> None:
    around = page.trial.around
    page.trial.more.click()
    assert around.account.isVisible()
    page.trial.sentence.setText("Hello")
    _pick(page, "account", 1)
    _says(page, qtbot, "Thank you from outlet.")
    _choose(page, qtbot, "lei")
    around.number.setValue(1)
    _says(page, qtbot, "Thank you from shop.")
    assert not around.account.isEnabled()
    page.trial.writer.nobody.click()
    assert around.account.isEnabled()


def test_a_found_customer_is_told_with_the_time_the_account_and_the_last_message(
    li: int, wang: int, world: World, page: RulesPage, qtbot: QtBot
) -> None:
    picker = page.trial.writer.picker
    threads = world.call(world.store.inbox.customers("wang"))
    picker.show_found(page.trial.writer.name, "wang", threads, several=True)
    assert picker.model.index(0).data().startswith("Wang Fang, just now, shop · ")  # then what was said last
    picker.show_found(page.trial.writer.name, "wang", (), several=False)
    assert picker.model.rowCount() == 0
