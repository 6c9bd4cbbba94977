"""The editor of business hours, from the menu in a rule's condition to what the desk keeps and decides by."""

import gc
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.desk.rules.trial.scenario import TrialMessage, TrialScenario
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.ui.rules.business_hours.dialog import CalendarDialog
from wxdesk.ui.rules.business_hours.draft import read_draft
from wxdesk.ui.rules.editor.conditions.context_parts import HoursPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.row_list import RECORD

SHOP = Calendar("Shop", "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(21))),))
_DAYS = frozenset(Weekday)
BAR = Calendar(
    "Bar",
    "Asia/Shanghai",
    (WeeklySpan(_DAYS, OpenSpan(time(11), time(14))), WeeklySpan(_DAYS - {Weekday.SUN}, OpenSpan(time(18), time(2)))),
    (
        SpecialDays(date(2026, 10, 1), date(2026, 10, 7), None, "国庆"),
        SpecialDays(date(2026, 12, 31), date(2026, 12, 31), OpenSpan(time(20), time(0))),
    ),
)
WORKING = frozenset(tuple(Weekday)[:5])

type Opened = Callable[[], CalendarDialog]


@pytest.fixture
def opened(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> Opened:
    """Opens the editor and returns it, shown."""

    def open_it() -> CalendarDialog:
        qtbot.waitUntil(lambda: bridge.is_idle)
        page.hours.open()
        page.hours.open()  # whoever clicks twice gets one
        qtbot.waitUntil(lambda: bridge.is_idle)
        found = [one for one in page.window().findChildren(CalendarDialog) if one.isVisible()]
        assert len(found) == 1
        return found[0]

    return open_it


def _write(field: QLineEdit, text: str) -> None:
    """As a Chinese keyboard does, whose letters no simulated key has."""
    field.selectAll()
    field.insert(text)


def _save(dialog: CalendarDialog, bridge: Bridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    qtbot.waitUntil(lambda: bridge.is_idle)


def _discard(dialog: CalendarDialog) -> None:
    dialog.reject()
    for asking in dialog.findChildren(LeaveDialog):
        asking.discard.click()


def _kept(world: World) -> tuple[Calendar, ...]:
    """The calendars as a desk that starts now reads them, without their ids."""
    fresh = Calendars(world.store.settings)
    world.call(fresh.load())
    return tuple(replace(one, id=0) for one in fresh.all)


def _save_elsewhere(world: World, *calendars: Calendar) -> None:
    """Somebody else writes these hours, which get the ids of those that are there, in order."""
    there = world.desk.rules.rulebook.calendars.all
    ids = [*(one.id for one in there), *(0 for _ in calendars)]
    edit = BusinessHoursEdit([replace(one, id=number) for one, number in zip(calendars, ids, strict=False)], there)
    world.call(world.desk.rules.business_hours.save(edit))


def _with_calendar(world: World, bridge: Bridge, qtbot: QtBot) -> None:
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([SHOP])))
    qtbot.waitUntil(lambda: bridge.is_idle)


def _with_rule(world: World, bridge: Bridge, qtbot: QtBot, when: Condition) -> Rule:
    _with_calendar(world, bridge, qtbot)
    said = Action(ActionKind.REPLY, text="closed")
    rule = world.call(world.desk.rules.rulebook.save(Rule("Night", when=when, then=(said,))))
    qtbot.waitUntil(lambda: bridge.is_idle)
    return rule


def test_the_menu_of_the_condition_opens_it_and_offers_what_was_made(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    page.start_new()
    page.editor.when_card.add_condition("hours")
    part = page.editor.when_card.part("hours")
    assert isinstance(part, HoursPart)
    part.calendar.fill()
    part.calendar.popup_menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: bool(page.window().findChildren(CalendarDialog)))
    [dialog] = page.window().findChildren(CalendarDialog)
    _write(dialog.form.name.edit, "Shop")
    _save(dialog, bridge, qtbot)
    assert _kept(world) == (Calendar("Shop", "", (WeeklySpan(WORKING, OpenSpan(time(9), time(18))),)),)
    part.calendar.fill()
    assert part.calendar.popup_menu.actions()[0].text() == "Shop"
    page.editor.revert()


def test_spans_zones_and_exceptions_are_kept_and_read_again(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    dialog = opened()
    form = dialog.form
    _write(form.name.edit, "Bar")
    form.zone.show_value("Asia/Shanghai")
    form.zone.activated.emit(form.zone.currentIndex())
    monday = form.days[0]
    _write(monday.fields[0].opens, "11:00")
    _write(monday.fields[0].closes, "14:00")
    monday.add.click()
    _write(monday.fields[1].opens, "18：00")
    _write(monday.fields[1].closes, "02:00")
    assert monday.fields[1].crossing.full_text() == "until 02:00 next day"
    monday.copy.click()
    form.days[6].fields[1].remove.click()
    form.add_special.click()
    form.add_special.click()
    week, eve = form.special
    _write(week.first, "2026-10-01")
    _write(week.last, "2026-10-07")
    _write(week.label, "国庆")
    _write(eve.first, "2026-12-31")
    eve.state.popup_menu.actions()[1].trigger()
    _write(eve.span.opens, "20:00")
    _write(eve.span.closes, "24:00")
    _save(dialog, bridge, qtbot)
    assert _kept(world) == (BAR,)
    again = opened()
    assert replace(read_draft(again.form.draft())[0], id=0) == BAR
    assert again.form.special[1].span.closes.text() == "24:00"
    assert not again.unsaved
    again.reject()


@pytest.mark.parametrize(
    ("opens", "closes", "which", "reason"),
    [
        ("25:00", "18:00", "opens", "Write a time such as 09:00."),
        ("24:00", "18:00", "opens", "Write a time such as 09:00."),
        ("09:00", "18.30", "closes", "Write a time such as 18:00, or 24:00 for midnight."),
        ("", "18:00", "opens", "Write a time such as 09:00."),
    ],
)
def test_a_wrong_time_is_refused_at_its_field(
    opened: Opened, world: World, qtbot: QtBot, opens: str, closes: str, which: str, reason: str
) -> None:
    dialog = opened()
    _write(dialog.form.name.edit, "Shop")
    field = dialog.form.days[2].fields[0]
    _write(field.opens, opens)
    _write(field.closes, closes)
    dialog.save_button.click()
    assert getattr(field, which).property("wrong") is True
    assert field.error.full_text() == reason
    assert dialog.isVisible()
    assert _kept(world) == ()
    _write(field.opens, "09:00")
    _write(field.closes, "18:00")
    assert not field.error.isVisible()
    _discard(dialog)


def test_wrong_days_missing_and_double_names_and_no_hours_are_refused(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    _with_calendar(world, bridge, qtbot)
    dialog = opened()
    form = dialog.form
    dialog.new.click()
    dialog.save_button.click()
    assert form.name.error.full_text() == "A calendar needs a name."
    _write(form.name.edit, "Shop")
    assert form.name.error.full_text() == "There are two calendars of this name."
    _write(form.name.edit, "Other")
    form.add_special.click()
    row = form.special[0]
    _write(row.first, "2026-02-30")
    assert row.error.full_text() == "Write a date such as 2026-10-01."
    _write(row.first, "2026-03-02")
    _write(row.last, "2026-03-01")
    assert row.error.full_text() == "This is before the first day."
    row.remove.click()
    for day in form.days[:5]:
        day.fields[0].remove.click()
    assert form.week_error.full_text() == "It never opens: add hours to at least one day."
    dialog.save_button.click()
    assert dialog.isVisible()
    assert _kept(world) == (SHOP,)
    _discard(dialog)


def test_hours_that_a_rule_asks_for_cannot_be_deleted(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    _with_rule(world, bridge, qtbot, Condition(any=("x",), unless=Condition(hours=HoursTest("Shop"))))
    dialog = opened()
    dialog.delete.click()
    assert dialog.list.count() == 1
    assert dialog.trouble.full_text() == "“Shop” cannot be deleted; used by: Night"
    assert not dialog.unsaved
    dialog.reject()
    dialog.save_asked.emit(())  # as if the rule had been made elsewhere meanwhile
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _kept(world) == (SHOP,)


def test_unused_hours_are_deleted_with_the_next_saving(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    _with_calendar(world, bridge, qtbot)
    dialog = opened()
    dialog.delete.click()
    assert not dialog.form.isVisible()
    assert _kept(world) == (SHOP,)
    _save(dialog, bridge, qtbot)
    assert _kept(world) == ()


def test_a_renamed_calendar_keeps_its_rules(
    opened: Opened, page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    when = Condition(hours=HoursTest("Shop", inside=False), unless=Condition(hours=HoursTest("Shop")))
    rule = _with_rule(world, bridge, qtbot, when)
    page.list.view.chosen.emit(rule.id)
    dialog = opened()
    _write(dialog.form.name.edit, "Store")
    _save(dialog, bridge, qtbot)
    qtbot.waitUntil(lambda: bridge.is_idle)
    [stored] = [one for one in world.call(world.desk.rules.rulebook.all()) if one.id == rule.id]
    assert stored == rule
    assert [one.name for one in _kept(world)] == ["Store"]
    assert "“Store”" in page.rules.index(page.rules.row_of(rule.id)).data(RECORD).summary
    part = page.editor.when_card.part("hours")
    assert isinstance(part, HoursPart)
    assert part.calendar.value == "Store"
    assert page.editor.faults == ()


def test_a_rule_decides_by_the_hours_that_were_written(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    _with_rule(world, bridge, qtbot, Condition(hours=HoursTest("Shop", inside=False)))
    at = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # half past nine in the evening in Shanghai

    def speaks() -> str:
        rule = world.desk.rules.trials.try_message(TrialMessage("hello", around=TrialScenario(at=at))).answer.rule
        return "" if rule is None else rule.name

    assert speaks() == "Night"
    dialog = opened()
    tuesday = dialog.form.days[1]
    _write(tuesday.fields[0].closes, "22:00")
    _save(dialog, bridge, qtbot)
    assert speaks() == "Everything else"


def test_the_line_follows_what_is_written(opened: Opened) -> None:
    dialog = opened()
    for day in dialog.form.days[:5]:
        day.fields[0].remove.click()
    assert dialog.form.state.full_text() == "Closed, and never opens"
    dialog.form.days[0].add.click()
    assert dialog.form.state.full_text() != "Closed, and never opens"
    _discard(dialog)


def test_closing_asks_about_what_is_not_saved(opened: Opened, world: World, qtbot: QtBot) -> None:
    dialog = opened()
    _write(dialog.form.name.edit, "Shop")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    [asking] = dialog.findChildren(LeaveDialog)
    assert dialog.isVisible()
    asking.stay.click()
    assert dialog.isVisible()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert [one.name for one in _kept(world)] == ["Shop"]


def test_every_field_fits_the_smallest_window_and_has_a_name(
    page: RulesPage, opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    page.window().resize(900, 600)
    _with_calendar(world, bridge, qtbot)
    dialog = opened()
    dialog.form.add_special.click()
    assert dialog.width() <= 900
    assert dialog.height() <= 600
    for edit in dialog.findChildren(QLineEdit):
        assert edit.accessibleName(), edit
    right = dialog.form.viewport().width()
    for row in (*dialog.form.days, *dialog.form.special):
        assert row.mapTo(dialog.form.viewport(), QPoint(row.width(), 0)).x() <= right
    _discard(dialog)
    gc.collect()


def test_hours_saved_elsewhere_stay(opened: Opened, world: World, bridge: Bridge, qtbot: QtBot) -> None:
    _with_calendar(world, bridge, qtbot)
    dialog = opened()
    _save_elsewhere(world, SHOP, BAR)
    _write(dialog.form.name.edit, "Our shop")
    _save(dialog, bridge, qtbot)
    assert _kept(world) == (replace(SHOP, name="Our shop"), BAR)


def test_hours_changed_at_two_places_are_asked_about(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    _with_calendar(world, bridge, qtbot)
    dialog = opened()
    theirs = replace(SHOP, zone="Europe/Berlin")
    _save_elsewhere(world, theirs)
    _write(dialog.form.name.edit, "Our shop")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    said = "“Our shop” has been changed elsewhere meanwhile. Save again to keep what stands here."
    assert dialog.trouble.full_text() == said
    assert _kept(world) == (theirs,)
    _save(dialog, bridge, qtbot)
    assert _kept(world) == (replace(SHOP, name="Our shop"),)


def test_the_settings_go_by_the_same_hours_whatever_their_name(
    opened: Opened, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([BAR, SHOP])))
    preferences = world.desk.preferences
    shop = world.desk.rules.rulebook.calendars.stored.ids["Shop"]
    world.call(preferences.set(replace(preferences.now, calendar=shop)))
    dialog = opened()
    dialog.list.setCurrentRow(1)
    _write(dialog.form.name.edit, "Our shop")
    _save(dialog, bridge, qtbot)
    assert world.desk.rules.rulebook.calendars.stored.name_of(preferences.now.calendar) == "Our shop"
    fresh = CurrentPreferences(world.store.settings, lambda _: None)
    world.call(fresh.load())
    assert fresh.now.calendar == shop


def test_tab_goes_through_the_hours_as_they_are_seen_and_comes_to_saving_last(opened: Opened, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.form.name.edit.setFocus()
    stops: list[QWidget] = [dialog.form.name.edit]
    while stops[-1] is not dialog.save_button:
        qtbot.keyClick(stops[-1], Qt.Key.Key_Tab)
        stops.append(dialog.focusWidget())
    at = [one.mapTo(dialog, one.rect().center()).y() for one in stops]
    assert len(at) > 20
    assert all(after > before - 4 for before, after in pairwise(at))
    _discard(dialog)
