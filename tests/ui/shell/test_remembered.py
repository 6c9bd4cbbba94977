"""What the next window still knows: the look, the widths of panes, when this one was last open, and emoticons."""

from pytestqt.qtbot import QtBot

from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


def test_the_look_is_remembered(window: MainWindow, appearance: Appearance, facts: InstallationFacts) -> None:
    assert WindowMemory(facts.home).word("look") == ""
    appearance.choose(Look.DARK)
    assert WindowMemory(facts.home).word("look") == Look.DARK


def test_the_widths_of_panes_are_remembered(window: MainWindow, facts: InstallationFacts) -> None:
    assert WindowMemory(facts.home).panes == (0, 0)
    window.inbox.regions.restore((400, 350))
    window.finish()
    assert WindowMemory(facts.home).panes == (400, 350)


def test_an_open_window_notes_its_place_so_that_a_crash_forgets_little(
    window: MainWindow, facts: InstallationFacts
) -> None:
    """After any end, the desk tells who wrote since then."""
    assert WindowMemory(facts.home).moment("left_at") is None
    assert window.keeping_place.isActive()
    window.keeping_place.timeout.emit()
    assert WindowMemory(facts.home).moment("left_at") is not None


def test_the_last_emoticons_are_remembered(
    qtbot: QtBot, window: MainWindow, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    picker = window.inbox.chat.writing.templates.emoticons
    offered = [one for one in picker._find("") if one.text.split() == [one.text]]
    assert offered == picker._find(""), "none has a blank"
    for number in (30, 40, 30):
        picker.chosen.emit(offered[number])
    window.finish()
    again = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(again, before_close_func=lambda _: again.finish())
    found = again.inbox.chat.writing.templates.emoticons._find("")
    assert list(found[:2]) == [offered[30], offered[40]]
    assert len(found) == len(offered)
