"""Opens the editor of business hours and stores its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadInput, CalendarChanged
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.i18n import explain, tr
from wxdesk.ui.rules.business_hours.dialog import CalendarContext, CalendarDialog
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices


class BusinessHoursControl(QObject):
    """Opens the editor of business hours for rule conditions and the settings page.

    Signals:
        saved: the calendars have changed.
    """

    saved = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = notices
        self._rules: Sequence[Rule] = ()
        self._host = host
        self._rulebook = bridge.desk.rules.rulebook
        self._overwrites = False
        self._dialog: CalendarDialog | None = None

    def choices(self, rule_names: Callable[[], Sequence[str]]) -> ConditionChoices:
        """Return the names for conditions: the calendars of now, and `rule_names`."""
        return ConditionChoices(self._names, rule_names, self.open, lambda: self._rulebook.rule_names)

    def _names(self) -> list[str]:
        return [calendar.name for calendar in self._rulebook.calendars.all]

    def open(self) -> None:
        """Load the rules that use calendars, then show the editor; returns at once."""
        self._bridge.ask(self._rulebook.all(), self._show)

    def _show(self, rules: Sequence[Rule]) -> None:
        if self._dialog is not None:
            return  # asked for twice
        self._rules, self._overwrites = rules, False
        calendars = self._rulebook.calendars
        around = CalendarContext(self._bridge.desk.clock, calendars.schedule_of, self._users)
        self._dialog = CalendarDialog(calendars.all, around, self._host.window())
        self._dialog.save_asked.connect(self._save)
        self._dialog.finished.connect(self._forget)
        self._dialog.open()

    def _users(self, calendar: str) -> list[str]:
        return [rule.name for rule in self._rules if calendar in rule.when.calendars]

    def _save(self, calendars: Sequence[Calendar], renamed: Mapping[str, str]) -> None:
        if self._dialog is not None:
            edit = BusinessHoursEdit(calendars, self._dialog.opened, renamed, self._overwrites)
            self._bridge.ask(self._bridge.desk.rules.business_hours.save(edit), self._kept, self._refused)

    def _kept(self, _nothing: None) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._notices.toast(tr("Business hours saved"))
        self.saved.emit()

    def _refused(self, error: Exception) -> None:
        self._overwrites = self._overwrites or isinstance(
            error, CalendarChanged
        )  # the operator was told, and saves again
        if self._dialog is not None:
            self._dialog.refuse(explain(error))
        if not isinstance(error, BadInput):
            self._notices.report(error)

    def _forget(self) -> None:
        self._dialog = None
