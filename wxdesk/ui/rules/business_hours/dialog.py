"""Editor of business hours: calendars at the left, the chosen one at the right."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from wxdesk.core.errors import BadInput, CalendarChanged, CalendarInUse
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.desk.desk import Desk
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.i18n import explain, tr
from wxdesk.ui.rules.business_hours.draft import CalendarDraft, CalendarMistake, draft_of, read_draft
from wxdesk.ui.rules.business_hours.form import CalendarForm
from wxdesk.ui.rules.business_hours.text import state_text
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.runtime.debounce import VisibleTick
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog, LeaveDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.labels import PlainLabel

WIDTH, HEIGHT = 820, 640
LIST, ROW = 188, 32


class CalendarDialog(Dialog):
    """Dialog of all calendars; it asks on closing unsaved.

    `opened` are the calendars at the start.

    Signals:
        save_asked: the calendars to store.
    """

    save_asked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, tr("Business hours"))
        self._clock = desk.clock
        self._rulebook = desk.rules.rulebook
        self._calendars = self._rulebook.calendars
        self.opened = tuple(self._calendars.all)
        self._drafts = [draft_of(calendar) for calendar in self.opened] or [CalendarDraft()]
        self._opened = tuple(self._drafts)
        self._judged = False
        self.list = QListWidget(self)
        self.list.setProperty("class", "card")
        self.list.setAccessibleName(tr("Calendars"))
        self.list.setFixedWidth(LIST)
        self.new = Button(tr("New"), icon="plus", parent=self, then=self._begin)
        self.delete = Button(tr("Delete"), kind=ButtonKind.DANGER, parent=self, then=self._delete)
        self.form = CalendarForm(self._clock(), self)
        self.trouble = PlainLabel(role="failed", wrap=True, parent=self)
        self.cancel = Button(tr("Cancel"), key_hint="Esc", parent=self, then=self.reject)
        self.save_button = Button(tr("Save"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+S", parent=self, then=self.save)
        self._lay_out()
        self._connect()
        self._fit_into_window(WIDTH, HEIGHT)
        self._fill(0)

    def _lay_out(self) -> None:
        below = hbox(self.new, self.delete, STRETCH, spacing=8)
        left = vbox((self.list, 1), below, spacing=8)
        middle = hbox(left, (self.form, 1), spacing=20)
        foot = hbox((self.trouble, 1), self.cancel, self.save_button, spacing=8)
        vbox((middle, 1), foot, spacing=16, margins=(24, 20, 24, 20), within=self)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show)
        self.form.edited.connect(self._edited)
        VisibleTick(self, self._show_state)
        bind(self, "Ctrl+S", self.save)

    @property
    def unsaved(self) -> bool:
        """True if closing now would lose changes."""
        return tuple(self._drafts) != self._opened

    def save(self) -> None:
        """Ask to store the calendars, or show the first mistake."""
        self._judged = True
        for row in (self.list.currentRow(), *range(len(self._drafts))):
            slips = self._read(row)[1]
            if slips:
                self.list.setCurrentRow(row)
                self.form.show_calendar_mistakes(slips)
                self.form.focus_on(slips[0])
                return
        calendars = tuple(self._read(row)[0] for row in range(len(self._drafts)))
        self.save_button.setEnabled(False)
        self.save_asked.emit(calendars)

    def refuse(self, reason: str) -> None:
        """Say why nothing was stored, and let the operator go on."""
        self.save_button.setEnabled(True)
        self.trouble.setText(reason)

    def reject(self) -> None:
        """Close, after the operator has decided about unsaved changes."""
        if not self.unsaved:
            super().reject()
            return
        slip = next((slip for row in range(len(self._drafts)) for slip in self._read(row)[1]), None)
        why = tr("It cannot be saved as it is: {reason}", reason=slip.reason) if slip else ""
        LeaveDialog(self, tr("Business hours"), why).ask(self.save, super().reject, self.activateWindow)

    def _read(self, row: int) -> tuple[Calendar, tuple[CalendarMistake, ...]]:
        if not 0 <= row < len(self._drafts):
            return Calendar(""), ()  # every calendar has been deleted
        others = {draft.name.strip() for at, draft in enumerate(self._drafts) if at != row}
        return read_draft(self._drafts[row], others)

    def _fill(self, row: int) -> None:
        """List the drafts and show the one of `row`."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for draft in self._drafts:
                item = QListWidgetItem(_title(draft))
                item.setSizeHint(QSize(0, ROW))
                self.list.addItem(item)
            self.list.setCurrentRow(row)
        self._show(row)

    def _show(self, row: int) -> None:
        there = 0 <= row < len(self._drafts)
        self.form.setVisible(there)
        self.delete.setEnabled(there)
        self.trouble.setText("")
        if there:
            self.form.show_draft(self._drafts[row])
            self.form.show_calendar_mistakes(self._read(row)[1] if self._judged else ())
            self._show_state()

    def _edited(self) -> None:
        row = self.list.currentRow()
        self._drafts[row] = self.form.draft()
        self.list.item(row).setText(_title(self._drafts[row]))
        self.trouble.setText("")
        slips = self._read(row)[1]
        # An empty field is being filled in; it is wrong only once it has been sent off.
        self.form.show_calendar_mistakes(slips if self._judged else [slip for slip in slips if self._is_written(slip)])
        self._show_state()

    def _is_written(self, slip: CalendarMistake) -> bool:
        """Return True if its field is full, so that it is wrong rather than unfinished."""
        field = self.form.field(slip.where)
        if field is self.form.name.edit:
            return bool(self.form.name.text().strip())
        return not isinstance(field, QLineEdit) or len(field.text()) >= field.maxLength()

    def _show_state(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.form.state.setText(state_text(self._calendars.schedule_of(self._read(row)[0]), self._clock()))

    def _begin(self) -> None:
        self._judged = False
        self._drafts.append(CalendarDraft())
        self._fill(len(self._drafts) - 1)
        self.form.name.edit.setFocus()

    def _delete(self) -> None:
        row = self.list.currentRow()
        users = [rule.name for rule in self._rulebook.stored if self._drafts[row].id in rule.when.calendars]
        if users:
            self.trouble.setText(explain(CalendarInUse(users, calendar=_title(self._drafts[row]))))
            return
        del self._drafts[row]
        self._fill(min(row, len(self._drafts) - 1))
        self.list.setFocus()


def _title(draft: CalendarDraft) -> str:
    return draft.name.strip() or tr("New hours")


class BusinessHoursControl(QObject):
    """Opens the editor of business hours for rule conditions and the settings page.

    Signals:
        saved: the calendars have changed.
    """

    saved = Signal()

    def __init__(self, bridge: WindowBridge, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._host = host
        self._rulebook = bridge.desk.rules.rulebook
        self._overwrites = False
        self._dialog: CalendarDialog | None = None

    def choices(self, rule_names: Callable[[], Sequence[str]]) -> ConditionChoices:
        """Return the names for conditions: the calendars of now, and `rule_names`."""
        book, accounts = self._rulebook, self._bridge.desk.accounts
        return ConditionChoices(lambda: book.calendars.stored, rule_names, self.open, lambda: book.rule_names, accounts)

    def open(self) -> None:
        """Show the editor; returns at once."""
        if self._dialog is not None:
            return  # asked for twice
        self._overwrites = False
        self._dialog = CalendarDialog(self._bridge.desk, self._host.window())
        self._dialog.save_asked.connect(self._save)
        self._dialog.finished.connect(self._forget)
        self._dialog.open()

    def _save(self, calendars: Sequence[Calendar]) -> None:
        if self._dialog is not None:
            edit = BusinessHoursEdit(calendars, self._dialog.opened, self._overwrites)
            self._bridge.ask(self._bridge.desk.rules.business_hours.save(edit), self._kept, self._refused)

    def _kept(self, _nothing: None) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._bridge.notices.toast(tr("Business hours saved"))
        self.saved.emit()

    def _refused(self, error: Exception) -> None:
        # The operator was told, and saves again.
        self._overwrites = self._overwrites or isinstance(error, CalendarChanged)
        if self._dialog is not None:
            self._dialog.refuse(explain(error))
        if not isinstance(error, BadInput):
            self._bridge.failed.emit(error)

    def _forget(self) -> None:
        self._dialog = None
