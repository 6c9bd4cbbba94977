"""Questions for a day and an hour to come, and for a range of days."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QLocale
from PySide6.QtWidgets import QDateEdit, QDateTimeEdit, QWidget

from wxdesk import i18n
from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import PlainLabel

FARTHEST = timedelta(days=365)


def ask_moment(parent: QWidget, title: str, action: str, now: datetime, then: Callable[[datetime], None]) -> None:
    """Ask for a moment after `now`, at most a year ahead; call `then` with it."""
    field = QDateTimeEdit(_shown(now + timedelta(hours=1)))
    field.setLocale(QLocale(i18n.language()))
    field.setDisplayFormat("yyyy-MM-dd  HH:mm")
    field.setCalendarPopup(True)
    field.setDateTimeRange(_shown(now + timedelta(minutes=1)), _shown(now + FARTHEST))
    field.setAccessibleName(title)
    question = ConfirmDialog(parent.window(), title, tr("By this computer's clock."), action, field=field)

    def take() -> None:
        chosen: datetime = field.dateTime().toPython()  # type: ignore[assignment]
        twice = (chosen.replace(fold=fold).astimezone() for fold in (0, 1))  # an hour that comes twice, in autumn
        then(next((moment for moment in twice if moment > now), chosen.astimezone()))

    question.ask(take)


def ask_days(
    parent: QWidget, title: str, action: str, shown: tuple[date, date], then: Callable[[date, date], None]
) -> None:
    """Ask for the first and the last of some days; call `then` with them."""
    fields = []
    for day, name in zip(shown, (tr("First day"), tr("Last day")), strict=True):
        field = QDateEdit(QDate(day.year, day.month, day.day))
        field.setLocale(QLocale(i18n.language()))
        field.setDisplayFormat("yyyy-MM-dd")
        field.setCalendarPopup(True)
        field.setAccessibleName(name)
        fields.append(field)
    both = QWidget()
    first, last = fields
    hbox(first, PlainLabel("–", parent=both), last, STRETCH, within=both, spacing=8)
    both.setFocusProxy(first)
    question = ConfirmDialog(parent.window(), title, tr("The first and the last day."), action, field=both)
    question.ask(lambda: then(*(date.fromisoformat(one.date().toString("yyyy-MM-dd")) for one in fields)))


def _shown(at: datetime) -> QDateTime:
    local = at.astimezone().replace(second=0, microsecond=0, tzinfo=None)
    return QDateTime.fromString(local.isoformat(), "yyyy-MM-ddTHH:mm:ss")
