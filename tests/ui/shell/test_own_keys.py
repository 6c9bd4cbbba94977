"""Keys of one's own: chosen in the sheet, refused where they are taken, and drawn wherever a key is."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.inbox.timeline.bubble_text import BubbleKey, offers_in
from wxdesk.ui.look import keys
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.rules.editor.editor import RuleEditorHead
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import KeyField, ShortcutSheet
from wxdesk.ui.window import reopen

LI = "oCustomer0000000000000001"


@pytest.fixture(autouse=True)
def _usual_again() -> Iterator[None]:
    yield
    keys.use({})


@pytest.fixture
def sheet(window: MainWindow) -> ShortcutSheet:
    window.show_keys()
    opened: ShortcutSheet = window.findChild(ShortcutSheet)
    return opened


def field(sheet: ShortcutSheet, usual: str) -> KeyField:
    return next(one for one in sheet.fields if one.usual == usual)


def press(sheet: ShortcutSheet, usual: str, key: str) -> str:
    """Press a key in the field of a command; what the field then shows."""
    pressed = QKeySequence(key)[0]  # type: ignore[index]
    QTest.keyClick(field(sheet, usual), pressed.key(), pressed.keyboardModifiers())
    return field(sheet, usual).text


def test_a_key_is_chosen_unless_it_is_taken_or_for_writing(sheet: ShortcutSheet, appearance: Appearance) -> None:
    chosen: list[dict[str, str]] = []
    sheet.chosen.connect(chosen.append)
    assert press(sheet, "F4", "Ctrl+B") == "Ctrl+B"
    assert sheet.note.full_text().startswith("To change a key")
    assert press(sheet, "F5", "Ctrl+B") == "F5"
    assert sheet.note.full_text() == "Ctrl+B is in use: Take over (a reply that waits is stopped), or hand back"
    assert press(sheet, "F5", "F8") == "F5", "of the whole window"
    assert press(sheet, "F5", "F4") == "F4", "which is free now"
    assert press(sheet, "F4", "Del") == "Ctrl+B", "the usual one is taken"
    for key in ("B", "Return", "Ctrl+C", "Shift+B"):
        assert press(sheet, "F2", key) == "F2"
        assert "for writing" in sheet.note.full_text() or "is in use" in sheet.note.full_text()
    for key in ("Alt+Up", "Ctrl+=", "Ctrl+Return", "Ctrl+Left"):
        assert press(sheet, "Ctrl+.", key) == "Ctrl+.", "of lists, of the whole window, and of a text"
        assert "is fixed or for writing" in sheet.note.full_text()
    assert press(sheet, "Ctrl+E", "Ctrl+U") == "Ctrl+U"
    assert not {"Enter", "Escape", "Ctrl+Z"} & {one.usual for one in sheet.fields}
    sheet.save.click()
    assert chosen == [{"F4": "Ctrl+B", "F5": "F4", "Ctrl+E": "Ctrl+U"}]
    assert appearance.differs
    appearance.take_back()


def test_all_are_as_usual_again_at_once(sheet: ShortcutSheet, appearance: Appearance) -> None:
    press(sheet, "F4", "Ctrl+B")
    sheet.usual.click()
    assert field(sheet, "F4").text == "F4"
    assert not sheet.save.isEnabled()
    QTest.keyClick(field(sheet, "F4"), Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert not appearance.differs


def test_own_keys_work_and_are_drawn_wherever_a_key_is(
    qtbot: QtBot, world: World, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    keys.use({"F4": "Ctrl+B", "F5": "F4", "Ctrl+E": "Ctrl+U", "Ctrl+1": "Ctrl+9", "Alt+Down": "Alt+N", "F8": "Ctrl+P"})
    world.call(world.desk.rules.rulebook.save(HOURS))
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.HOLD, 600))
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda _: window.finish())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    header = window.inbox.chat.header
    window.open_conversation(world.say(LI, "opening?"))
    qtbot.waitUntil(lambda: bridge.is_idle and window.inbox.session.model.rowCount() > 2)
    entry = window.inbox.session.model.rows()[-1]
    drawn = {offer.text: offer.key.label for offer in offers_in(entry)}
    assert (drawn["Edit"], drawn["Take over"]) == ("Ctrl+U", "Ctrl+B")
    assert header.resolve.toolTip() == "Resolve (F4)"
    assert window.rail.items[0].toolTip() == "Inbox (Ctrl+9)"
    window.inbox.chat.timeline.focus_last()
    QTest.keyClick(window.inbox.chat.timeline, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.inbox.chat.composer.editing is not None)
    QTest.keyClick(window.inbox.chat.composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.inbox.chat.composer.editing is None and bridge.is_idle)
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: header.hands_back)
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.pausing.paused)


def test_the_key_that_filters_the_traffic_stands_in_the_sheet(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page = window.pages.traffic.widget
    window.show_page(window.stack.indexOf(page))
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.header.search.hasFocus)
    window.show_keys()
    [several] = [one for one in window.findChild(ShortcutSheet).groups if one.title == "On several pages"]
    assert several.keys[0].does.splitlines() == [
        "Inbox: Find in this conversation",
        "Rules: Try a sentence",
        "Templates: Search templates",
        "Traffic: Filter by name, text or code",
    ]


def test_each_usual_key_is_one_command(sheet: ShortcutSheet) -> None:
    assert sorted(one.usual for one in sheet.fields) == sorted(keys.USUAL - {"Ctrl+7"}), "which only the simulator has"


def test_two_commands_exchange_their_keys(sheet: ShortcutSheet) -> None:
    assert not sheet.exchange.isVisible()
    press(sheet, "F4", "F5")
    assert sheet.note.full_text() == "F5 is in use: Resolve, or open again"
    sheet.exchange.click()
    assert (field(sheet, "F4").text, field(sheet, "F5").text) == ("F5", "F4")
    assert not sheet.exchange.isVisible()
    press(sheet, "F4", "Del")
    sheet.exchange.click()
    assert (field(sheet, "F4").text, sheet.save.isEnabled()) == ("F4", False)


@pytest.mark.parametrize(("answer", "is_chosen"), [("Discard", True), ("Stay", False)])
def test_unsaved_changes_are_asked_about_before_the_window_opens_again(
    qtbot: QtBot, window: MainWindow, sheet: ShortcutSheet, appearance: Appearance, answer: str, is_chosen: bool
) -> None:
    page = window.pages.templates.widget
    page.start_new()
    page.editor.head.title.setText("Hours")
    left: list[bool] = []
    window.closing.connect(lambda: left.append(True))
    appearance.reopening.connect(partial(reopen, window, appearance))
    press(sheet, "F4", "Ctrl+B")
    sheet.save.click()
    assert window.stack.currentWidget() is page
    assert not left
    question = window.findChild(LeaveDialog)
    next(one for one in question.findChildren(Button) if one.text() == answer).click()
    qtbot.waitUntil(lambda: bool(left) is is_chosen and not question.isVisible())
    assert appearance.keys == ({"F4": "Ctrl+B"} if is_chosen else {})
    appearance.take_back()


def test_keys_of_an_edited_file_that_cannot_be_are_told_once(
    qtbot: QtBot, qapp: QApplication, bridge: WindowBridge, facts: InstallationFacts
) -> None:
    memory = WindowMemory(facts.home)
    memory.keep({"keys": "F4=Ctrl+B F5=Ctrl+B F2=F3 F6=B F77=Ctrl+U F9=Ctrl+U nonsense"})
    chosen = Appearance(qapp, own_keys=memory.word("keys"))
    window = MainWindow(bridge, facts, chosen)
    qtbot.addWidget(window, before_close_func=lambda _: window.finish())
    window.show()
    assert keys.own_keys() == {"F9": "Ctrl+U"}
    assert memory.word("keys") == "F9=Ctrl+U"
    said = "the usual ones apply: F6=B F77=Ctrl+U nonsense F4=Ctrl+B F5=Ctrl+B F2=F3"
    assert said in window.notices.bars.texts()["keys"]
    next(one for one in window.notices.bars.findChildren(Button) if one.text() == "Keys").click()
    assert window.findChild(ShortcutSheet).isVisible()
    again = MainWindow(bridge, facts, chosen)
    qtbot.addWidget(again, before_close_func=lambda _: again.finish())
    assert "keys" not in again.notices.bars.texts()


def test_sentences_and_tooltips_name_own_keys_as_the_sheet_does(qtbot: QtBot) -> None:
    keys.use({"F5": "Ctrl+PgDown", "Alt+Down": "Ctrl+Down", "Ctrl+S": "Ctrl+B", "Ctrl+.": "Alt+."})
    assert i18n.tr("Resolve (F5)") == "Resolve (Ctrl+PgDown)"
    assert i18n.tr("Choose one from the list, or press Alt+↓ for the next.").endswith("press Ctrl+↓ for the next.")
    keys.use({**keys.own_keys(), "F4": "Alt+Shift+Down"})
    assert BubbleKey.F4.label == "Alt+Shift+↓"
    widths = {Button("Take over", key_hint=key).sizeHint().width() for key in ("F4", "Alt+Shift+↓")}
    assert len(widths) == 1
    head = RuleEditorHead()
    qtbot.addWidget(head)
    assert head.save.toolTip() == "Ctrl+B"
    assert head.mistakes.toolTip() == "Go to the next one (Alt+.)"


@pytest.mark.parametrize("stored", ["", "[]", "{", "F4=B F5", "F4=Ctrl+C", "F4=F5", "F4=Return", "F77=Ctrl+B"])
def test_a_broken_table_of_keys_changes_no_key(stored: str) -> None:
    assert keys.read(stored) == ({}, tuple(stored.split()))
    assert keys.read(keys.stored({"F4": "Ctrl+B", "F5": "Alt+="})) == ({"F4": "Ctrl+B", "F5": "Alt+="}, ())


def test_a_chain_of_keys_is_taken_whole_or_falls_back_to_the_usual_ones() -> None:
    chain = {"F4": "F5", "F5": "F6", "F6": "Ctrl+B"}
    assert keys.read(keys.stored(chain)) == (chain, ())
    assert keys.read("F4=F5 F5=F6")[0] == {}, "F6 is its own, so F5 stays, so F4 does"
