"""The card of preferences: each line can be set by mouse and by key, is stored and told."""

import shutil
from datetime import time
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.computer import autostart
from wxdesk.core.events import PreferencesChanged
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.preferences import BOUNDS, LastMoment, Preferences
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.ui.rules.business_hours.dialog import CalendarDialog
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.preference_lines import ChoiceLine, NumberLine, SwitchLine
from wxdesk.ui.settings.preferences_card import PreferencesCard
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.fixture
def card(qtbot: QtBot, world: World, bridge: WindowBridge, notices: Notices) -> PreferencesCard:
    world.call(world.desk.preferences.set(Preferences()))
    made = PreferencesCard(bridge)
    qtbot.addWidget(made)
    made.resize(700, 1000)
    made.show()
    return made


def kept(world: World) -> Preferences:
    return world.desk.preferences.now


OF_A_TEAM = {"hands_out"}


@pytest.mark.parametrize(
    "field",
    [name for name, value in asdict(Preferences()).items() if isinstance(value, bool) and name not in OF_A_TEAM],
)
def test_a_switch_holds_at_once(qtbot: QtBot, world: World, card: PreferencesCard, field: str) -> None:
    line = card.lines.get(field)
    assert isinstance(line, SwitchLine), f"give {field} a line in ui/settings/preferences_card.py"
    assert line.switch.accessibleName() != ""
    qtbot.keyClick(line.switch, Qt.Key.Key_Space)
    turned = replace(Preferences(), **{field: not getattr(Preferences(), field)})
    qtbot.waitUntil(lambda: kept(world) == turned)
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kept(world) == Preferences())


def test_names_stand_on_the_line_of_what_they_name(card: PreferencesCard) -> None:
    card.resize(700, 900)
    card.show()
    names = {one.full_text(): one for one in card.findChildren(PlainLabel)}
    undo, sound = card.lines["undo_seconds"], card.lines["sound"]
    assert isinstance(undo, NumberLine)
    assert isinstance(sound, SwitchLine)
    asked = names["When the time for replies is about to end, a held reply"]
    for name, line in ("Undo send", undo.number), ("Sound", sound.switch), ("Held replies", asked):
        there, here = (one.mapTo(card, one.rect().center()).y() for one in (line, names[name]))
        assert abs(there - here) <= 2, name


def test_an_event_of_an_earlier_change_turns_no_switch_back(
    qtbot: QtBot, world: World, bridge: Bridge, card: PreferencesCard
) -> None:
    line = card.lines["sound"]
    assert isinstance(line, SwitchLine)
    qtbot.keyClick(line.switch, Qt.Key.Key_Space)
    bridge.events.emit((PreferencesChanged(),))  # of an earlier change, told while this one is being stored
    assert not line.switch.isChecked()
    qtbot.waitUntil(lambda: not kept(world).sound)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not line.switch.isChecked()
    world.call(world.desk.preferences.set(Preferences()))  # by somebody else
    qtbot.waitUntil(line.switch.isChecked)


@pytest.mark.parametrize("field", BOUNDS)
def test_a_number_holds_at_once_or_says_what_it_takes(
    qtbot: QtBot, world: World, card: PreferencesCard, field: str
) -> None:
    line = card.lines.get(field)
    assert isinstance(line, NumberLine), f"give {field} a line in ui/settings/preferences_card.py"
    least, most, zero = BOUNDS[field]
    line.number.selectAll()
    QTest.keyClicks(line.number, str(most))
    qtbot.waitUntil(lambda: kept(world) == replace(Preferences(), **{field: most}))
    line.number.setText(str(most + 1))
    qtbot.keyClick(line.number, Qt.Key.Key_Return)
    assert line.error.full_text() == f"This takes a number from {0 if zero else least} to {most}."
    assert not line.error.isHidden()
    qtbot.keyClick(line.number, Qt.Key.Key_Down)  # steps back to what is taken
    qtbot.waitUntil(line.error.isHidden)
    assert getattr(kept(world), field) == most


def test_a_number_is_saved_when_it_is_meant_and_never_on_the_way(
    qtbot: QtBot, world: World, card: PreferencesCard, bridge: Bridge, notices: Notices
) -> None:
    line, heard = card.lines["takeover_minutes"], list[int]()
    assert isinstance(line, NumberLine)
    before = kept(world).takeover_minutes
    line.changed.connect(lambda _, number: heard.append(number))
    card.activateWindow()
    qtbot.waitUntil(card.isActiveWindow)
    line.number.setFocus()
    line.number.selectAll()
    qtbot.keyClick(line.number, Qt.Key.Key_Backspace)
    QTest.keyClicks(line.number, "45")
    qtbot.keyClick(line.number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept(world).takeover_minutes == 45 and bridge.is_idle)
    assert heard == [45]
    qtbot.mouseClick(notices._toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kept(world).takeover_minutes == before and bridge.is_idle)
    assert line.number.text() == str(before)
    line.number.setFocus()
    line.number.selectAll()
    qtbot.keyClick(line.number, Qt.Key.Key_Backspace)
    line.number.clearFocus()
    assert line.number.text() == str(before), "left empty, it is as it was"
    line.number.setFocus()
    line.number.selectAll()
    QTest.keyClicks(line.number, "60")
    line.number.clearFocus()
    qtbot.waitUntil(lambda: kept(world).takeover_minutes == 60)
    assert heard == [45, 60]


def test_what_somebody_else_has_set_before_it_was_known_here_stays(
    qtbot: QtBot, world: World, bridge: Bridge, card: PreferencesCard
) -> None:
    """Over a slow line the card stored all of its values, with the former one of what a colleague had changed."""
    world.call(world.desk.preferences.set(replace(Preferences(), warn_hours=7)))
    card.lines["guards_rules"].changed.emit("guards_rules", True)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert kept(world) == replace(Preferences(), guards_rules=True, warn_hours=7)


def test_words_that_are_being_typed_stay_when_another_preference_changes(
    qtbot: QtBot, world: World, card: PreferencesCard
) -> None:
    field = card.lines["guarded_words"].findChild(QLineEdit)
    qtbot.keyClicks(field, "refund,law")
    preferences = world.desk.preferences
    world.call(preferences.set_own(replace(preferences.now, away_minutes=77), preferences.now))
    line = card.lines["away_minutes"]
    assert isinstance(line, NumberLine)
    qtbot.waitUntil(lambda: line.number.value() == 77)
    qtbot.keyClicks(field, "yer")
    field.editingFinished.emit()
    qtbot.waitUntil(lambda: preferences.now.guarded_words == ("refund", "lawyer"))


def test_undoing_one_preference_leaves_another_set_since(
    qtbot: QtBot, world: World, card: PreferencesCard, bridge: Bridge, notices: Notices
) -> None:
    line = card.lines["sound"]
    assert isinstance(line, SwitchLine)
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: notices._toast.action.text() == "Undo" and bridge.is_idle)
    world.call(world.desk.preferences.set(replace(kept(world), takeover_minutes=77)))
    qtbot.mouseClick(notices._toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kept(world) == replace(Preferences(), takeover_minutes=77))


def test_the_last_moment_is_chosen(qtbot: QtBot, world: World, card: PreferencesCard) -> None:
    line = card.lines["last_moment"]
    assert isinstance(line, ChoiceLine)
    assert line.choice.currentText() == "waits for me"
    qtbot.keyClick(line.choice, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: kept(world).last_moment is LastMoment.SEND)


def test_a_calendar_is_asked_for_only_among_several(qtbot: QtBot, world: World, card: PreferencesCard) -> None:
    line = card.lines["calendar"]
    assert isinstance(line, ChoiceLine)
    assert line.isHidden()
    week = (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(18))),)
    world.call(
        world.desk.rules.business_hours.save(
            BusinessHoursEdit([Calendar("Shop", weekly=week), Calendar("Night", weekly=week)])
        )
    )
    card.show_all()
    assert not line.isHidden()
    qtbot.keyClick(line.choice, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: kept(world).calendar == world.desk.rules.rulebook.calendars.stored.ids["Night"])


def test_a_changed_preference_can_be_undone(
    qtbot: QtBot, world: World, card: PreferencesCard, notices: Notices
) -> None:
    line = card.lines["sound"]
    assert isinstance(line, SwitchLine)
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    toast = notices._toast
    qtbot.waitUntil(lambda: toast.action.text() == "Undo")
    assert not kept(world).sound
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: kept(world).sound)
    qtbot.waitUntil(line.switch.isChecked)


def test_the_business_hours_are_edited_from_here(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge
) -> None:
    window.show_settings()
    [card] = window.findChildren(PreferencesCard)
    calendar = card.lines["calendar"]
    assert isinstance(calendar, ChoiceLine)
    week = (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(18))),)
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([Calendar("Shop", weekly=week)])))
    asking = Rule("Open", when=Condition(any=("open",), hours=HoursTest("Shop")), then=(Action(ActionKind.SILENT),))
    world.call(world.desk.rules.rulebook.save(asking))
    card.hours.setFocus()
    qtbot.keyClick(card.hours, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(window.findChildren(CalendarDialog)) and bridge.is_idle)
    [dialog] = window.findChildren(CalendarDialog)
    dialog.delete.click()  # the page of rules has not been opened yet: it is known all the same that one asks for it
    assert dialog.trouble.full_text() == "“Shop” cannot be deleted; used by: Open"
    dialog.new.click()
    dialog.form.name.edit.setText("Night")
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    qtbot.waitUntil(lambda: bridge.is_idle and not calendar.isHidden())
    assert [calendar.choice.itemText(n) for n in range(calendar.choice.count())] == ["Shop", "Night"]
    assert window.stack.currentWidget() is window.pages.settings.widget


def test_starting_with_the_system_is_switched_by_the_file_that_it_reads(
    qtbot: QtBot, card: PreferencesCard, notices: Notices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    card.offer_autostart(tmp_path)
    line = card.findChildren(SwitchLine)[-1]
    assert not line.switch.isChecked()
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    assert autostart.is_on()
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    assert not autostart.is_on()
    shutil.rmtree(tmp_path / "config")
    (tmp_path / "config").touch()
    qtbot.mouseClick(line.switch, Qt.MouseButton.LeftButton)
    assert not line.switch.isChecked()
    assert "autostart" in notices._toast._label.full_text() + "".join(notices.bars.texts().values())
