"""Question for a day and an hour to come, by this computer's clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from wxdesk import i18n
from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog

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
        then(chosen.astimezone())

    question.ask(take)


def _shown(at: datetime) -> QDateTime:
    local = at.astimezone().replace(second=0, microsecond=0, tzinfo=None)
    return QDateTime.fromString(local.isoformat(), "yyyy-MM-ddTHH:mm:ss")
