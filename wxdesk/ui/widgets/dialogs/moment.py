"""Questions for a day and an hour to come, and for a range of days."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent, QTextCharFormat
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from wxdesk import i18n
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import color_of
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import paint_arrow


class MomentField(QDateTimeEdit):
    """A field for a day, with another `pattern` for a moment, and its calendar."""

    def __init__(self, shown: datetime, name: str, pattern: str = "yyyy-MM-dd") -> None:
        super().__init__(_local(shown))
        self.setLocale(QLocale(i18n.language()))
        self.setDisplayFormat(pattern)
        self.setCalendarPopup(True)
        self.setAccessibleName(name)
        weekend = QTextCharFormat()  # Qt's own red is too faint on both grounds
        weekend.setForeground(color_of("failed"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendarWidget().setWeekdayTextFormat(day, weekend)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.currentSectionIndex() == 0:  # where Qt begins; year and month are mostly those of today
            self.setSelectedSection(self.Section.DaySection)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_arrow(self)


def ask_moment(parent: QWidget, title: str, action: str, now: datetime, then: Callable[[datetime], None]) -> None:
    """Ask for a moment after `now`, at most a year ahead; call `then` with it."""
    field = MomentField(now + timedelta(hours=1), title, "yyyy-MM-dd  HH:mm")
    midnight = datetime.combine(now.astimezone(), time())  # a bound of `now` would refuse an hour before its minutes
    field.setDateTimeRange(_local(midnight), _local(now + timedelta(days=365)))
    by_clock = tr("By this computer's clock.")
    question = ConfirmDialog(parent.window(), title, by_clock, action, field=field)

    def chosen() -> datetime:
        shown: datetime = field.dateTime().toPython()  # type: ignore[assignment]
        twice = (shown.replace(fold=fold).astimezone() for fold in (0, 1))  # an hour that comes twice, in autumn
        return next((moment for moment in twice if moment > now), shown.astimezone())

    def judge() -> None:
        passed = chosen() <= now
        question.text.setText(tr("This time has passed.") if passed else by_clock)
        question.text.set_role("failed" if passed else "secondary")
        question.action.setEnabled(not passed)

    field.dateTimeChanged.connect(judge)
    question.ask(lambda: then(chosen()))


def ask_days(
    parent: QWidget, title: str, action: str, shown: tuple[date, date], then: Callable[[date, date], None]
) -> None:
    """Ask for the first and the last of some days; call `then` with them."""
    names = tr("First day"), tr("Last day")
    first, last = (MomentField(datetime.combine(day, time()), name) for day, name in zip(shown, names, strict=True))
    both = QWidget()
    hbox(first, PlainLabel("–", parent=both), last, STRETCH, within=both, spacing=8)
    both.setFocusProxy(first)
    question = ConfirmDialog(parent.window(), title, tr("The first and the last day."), action, field=both)
    question.ask(lambda: then(*(date.fromisoformat(one.date().toString("yyyy-MM-dd")) for one in (first, last))))


def _local(at: datetime) -> QDateTime:
    local = at.astimezone().replace(second=0, microsecond=0, tzinfo=None)
    return QDateTime.fromString(local.isoformat(), "yyyy-MM-ddTHH:mm:ss")
