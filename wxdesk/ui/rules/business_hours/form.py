"""Form of one calendar: name, time zone, week and special days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.rules.business_hours import Weekday
from wxdesk.i18n import tr
from wxdesk.timezones import zone_names
from wxdesk.ui.rules.business_hours.draft import CalendarDraft, CalendarFieldPath, CalendarMistake, SpecialDaysDraft
from wxdesk.ui.rules.business_hours.rows import DayRow, SpecialDaysRow
from wxdesk.ui.rules.business_hours.text import utc_offset_text
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.labels import PlainLabel, small_label

LONGEST_NAME = 60


class CalendarForm(ColumnScroll):
    """Form that shows a draft and returns it as edited.

    Signals:
        edited: a field has changed.
    """

    edited = Signal()

    def __init__(self, now: datetime, parent: QWidget) -> None:
        super().__init__(parent)
        self._id = 0
        self._inside = inside = QWidget()
        self.name = LabelledField(tr("Name"), tr("for example: shop"))
        self.name.edit.setMaxLength(LONGEST_NAME)
        self.zone = self._make_zone(now)
        self.state = PlainLabel(role="secondary", wrap=True)
        self.days = [DayRow(number, inside) for number in range(len(Weekday))]
        self.week_error = small_label(role="failed", wrap=True)
        self.special: list[SpecialDaysRow] = []
        self.add_special = Button(tr("Add an exception"), icon="plus", then=self._add_special)
        self._special_column = vbox(spacing=4)
        self._lay_out(inside)
        self.setWidget(inside)
        inside.setAutoFillBackground(False)  # the dialog's own ground shows through
        self.viewport().setAutoFillBackground(False)
        self.name.edited.connect(self.edited)
        self.zone.activated.connect(self.edited)
        for day in self.days:
            day.edited.connect(self.edited)
            day.copy_asked.connect(self._copy)

    def _make_zone(self, now: datetime) -> ChoiceField:
        own = tr("As the account ({offset})", offset=utc_offset_text(now.astimezone()))
        self._zones = [("", own), *((name, name) for name in zone_names())]
        zone = ChoiceField(None, tr("Time zone"), self._zones, shortest=20)
        zone.setMaxVisibleItems(14)
        zone.setToolTip(tr("The account's; where it has none, this computer's"))
        return zone

    def _lay_out(self, inside: QWidget) -> None:
        zone = vbox(small_label(tr("Time zone")), self.zone, STRETCH, spacing=3)
        head = hbox((self.name, 1), (zone, 1), spacing=16)
        add = hbox(self.add_special, STRETCH)
        vbox(
            head,
            self.state,
            6,
            PlainLabel(tr("Every week"), strong=True),
            *self.days,
            self.week_error,
            6,
            PlainLabel(tr("Holidays and exceptions"), strong=True),
            self._special_column,
            add,
            STRETCH,
            spacing=6,
            margins=(0, 0, 12, 0),
            within=inside,
        )

    def show_draft(self, draft: CalendarDraft) -> None:
        """Show `draft` without a signal."""
        self._id = draft.id
        with QSignalBlocker(self.name):
            self.name.edit.setText(draft.name)
        if draft.zone not in dict(self._zones):
            self._zones.append((draft.zone, draft.zone))  # a newer or older machine may know other names
            self.zone.offer(self._zones)
        self.zone.show_value(draft.zone)
        for row, spans in zip(self.days, draft.days, strict=True):
            row.show_spans(spans)
        for special in tuple(self.special):
            self._drop(special)
        for one in draft.special:
            self._append(one)
        self.verticalScrollBar().setValue(0)

    def draft(self) -> CalendarDraft:
        """Return the draft as written."""
        days = tuple(row.draft() for row in self.days)
        special = tuple(row.draft() for row in self.special)
        return CalendarDraft(self.name.edit.text(), self.zone.value, days, special, self._id)

    def show_calendar_mistakes(self, slips: Sequence[CalendarMistake]) -> None:
        """Show these mistakes at their fields, and no others."""
        reasons = defaultdict[CalendarFieldPath, dict[str, str]](dict)
        for slip in slips:
            reasons[slip.where[:-1]][str(slip.where[-1])] = slip.reason
        self.name.show_error(reasons[()].get("name", ""))
        self.week_error.show_if_any(reasons[()].get("days", ""))
        for day, row in enumerate(self.days):
            for index, span in enumerate(row.fields):
                span.show_errors(reasons["days", day, index])
        for index, special in enumerate(self.special):
            special.show_errors(reasons["special", index])

    def field(self, where: CalendarFieldPath) -> QWidget:
        """Return the field at a path, or the button that adds hours."""
        found: QWidget = self.name.edit
        match where:
            case ("days", int(day), int(index), str(which)):
                found = getattr(self.days[day].fields[index], which)
            case ("special", int(index), ("opens" | "closes") as which):
                found = getattr(self.special[index].span, which)
            case ("special", int(index), str(which)):
                found = getattr(self.special[index], which)
            case ("days",):
                found = self.days[0].add
        return found

    def focus_on(self, slip: CalendarMistake) -> None:
        """Focus the field of a mistake."""
        field = self.field(slip.where)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(field)

    def _copy(self, number: int) -> None:
        spans = self.days[number].draft()
        for row in self.days:
            if row is not self.days[number]:
                row.show_spans(spans)
        self.edited.emit()

    def _append(self, special: SpecialDaysDraft) -> SpecialDaysRow:
        row = SpecialDaysRow(special, self._inside)
        row.edited.connect(self.edited)
        row.remove_asked.connect(self._remove_special)
        self.special.append(row)
        self._special_column.addWidget(row)
        return row

    def _drop(self, row: SpecialDaysRow) -> None:
        self.special.remove(row)
        discard(row)

    def _add_special(self) -> None:
        self._append(SpecialDaysDraft()).first.setFocus()
        self.edited.emit()

    def _remove_special(self, row: SpecialDaysRow) -> None:
        self._drop(row)
        self.add_special.setFocus()
        self.edited.emit()
