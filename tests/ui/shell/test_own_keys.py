"""Keys of one's own: chosen in the sheet, refused where they are taken, and drawn wherever a key is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.inbox.timeline.bubble_text import BubbleKey, offers_in
from wxdesk.ui.look import keys
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.rules.editor.editor import RuleEditorHead
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.places_card import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.traffic.page import TrafficPage
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.shortcut_sheet import KeyField, ShortcutSheet

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
    qtbot: QtBot, world: World, bridge: Bridge, facts: InstallationFacts, appearance: Appearance
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
    page = window.findChild(TrafficPage)
    window.show_page(window.stack.indexOf(page))
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.header.search.hasFocus)
    window.show_keys()
    groups = {group.title: [key.does for key in group.keys] for group in window.findChild(ShortcutSheet).groups}
    assert groups["Traffic"] == ["Filter by name, text or code"]


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


@pytest.mark.parametrize("stored", ["", "[]", "{", "F4=B F5", "F4=Ctrl+C"])
def test_what_is_no_table_of_keys_changes_none(stored: str) -> None:
    assert keys.read(stored) == {}
    assert keys.read(keys.stored({"F4": "Ctrl+B", "F5": "Alt+="})) == {"F4": "Ctrl+B", "F5": "Alt+="}
