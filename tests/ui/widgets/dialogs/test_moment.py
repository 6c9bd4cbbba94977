"""A moment is asked for by this computer's clock, also in the night in which that is changed."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QApplication, QDateTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.look.appearance import apply
from wxdesk.ui.look.theme import Theme
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.moment import MomentField, ask_moment

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can only be set on POSIX")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def answered(qtbot: QtBot, host: QWidget, now: datetime, clock: str) -> datetime:
    """The moment that is asked for at `now` and answered with a wall clock's time of that day."""
    taken: list[datetime] = []
    ask_moment(host, "When", "Then", now, taken.append)
    qtbot.waitUntil(lambda: host.findChild(ConfirmDialog) is not None)
    asked = host.findChild(ConfirmDialog)
    assert asked is not None
    field = asked.findChild(QDateTimeEdit)
    assert field is not None
    shown = field.dateTime()
    shown.setTime(shown.time().fromString(clock, "HH:mm"))
    field.setDateTime(shown)
    asked.accept()
    [moment] = taken
    return moment


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("now", "clock", "moment"),
    [
        (datetime(2026, 10, 25, 0, 10, tzinfo=UTC), "02:45", timedelta(minutes=35)),  # the first time that it is two
        (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "02:45", timedelta(minutes=35)),  # the second time
        (datetime(2026, 10, 24, 23, 50, tzinfo=UTC), "03:30", timedelta(hours=2, minutes=40)),
        (datetime(2026, 3, 29, 0, 50, tzinfo=UTC), "03:30", timedelta(minutes=40)),  # an hour is left out
    ],
)
def test_a_moment_in_a_night_with_two_clocks_is_still_to_come(
    qtbot: QtBot, host: QWidget, now: datetime, clock: str, moment: timedelta
) -> None:
    assert answered(qtbot, host, now, clock) - now == moment


@pytest.mark.usefixtures("berlin")
def test_an_hour_is_typed_before_its_minutes_and_a_time_that_has_passed_is_not_taken(
    qtbot: QtBot, host: QWidget
) -> None:
    taken: list[datetime] = []
    now = datetime(2026, 11, 30, 19, 11, tzinfo=UTC)
    ask_moment(host, "When", "Then", now, taken.append)
    asked = host.findChild(ConfirmDialog)
    assert asked is not None
    field = asked.findChild(QDateTimeEdit)
    assert field is not None
    field.setFocus()
    field.setSelectedSection(QDateTimeEdit.Section.HourSection)
    qtbot.keyClicks(field, "20")
    assert field.dateTime() == QDateTime.fromString("2026-11-30 20:11", "yyyy-MM-dd HH:mm")
    assert asked.text.text() == "This time has passed."
    asked.action.click()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert taken == []
    field.setSelectedSection(QDateTimeEdit.Section.MinuteSection)
    qtbot.keyClicks(field, "40")
    assert asked.text.text() == "By this computer's clock."
    asked.action.click()
    assert taken == [now + timedelta(minutes=29)]


@pytest.mark.usefixtures("berlin")
def test_typing_begins_at_the_day_and_goes_on_to_the_hour(qtbot: QtBot, host: QWidget) -> None:
    taken: list[datetime] = []
    host.show()
    ask_moment(host, "When", "Then", datetime(2026, 11, 20, 19, 11, tzinfo=UTC), taken.append)
    asked = host.findChild(ConfirmDialog)
    assert asked is not None
    field = asked.findChild(QDateTimeEdit)
    assert field is not None
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "210945")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert taken == [datetime(2026, 11, 21, 8, 45, tzinfo=UTC)]


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_weekends_have_a_colour_of_the_look(qtbot: QtBot, qapp: QApplication, scheme: Qt.ColorScheme) -> None:
    apply(qapp, scheme)
    field = MomentField(datetime(2026, 11, 30, 12, tzinfo=UTC), "When")
    qtbot.addWidget(field)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        shown = field.calendarWidget().weekdayTextFormat(day).foreground().color()
        assert shown == Theme.of(scheme).color("failed")
