"""Rows of the calendar editor: a weekday with its spans, and special days."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.rules.business_hours.draft import SpanDraft, SpecialDaysDraft, read_span
from wxdesk.ui.rules.business_hours.text import end_note
from wxdesk.ui.widgets.boxes import AT_TOP, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.menu_button import SingleChoiceButton
from wxdesk.ui.wording.times import weekday_text

CLOCK, HEIGHT = 64, 32
LONGEST = 5


class SpanField(QWidget):
    """Fields of a span, with a note if it ends after midnight, and mistakes below.

    `day` names the day for screen readers. Without `removable` the span cannot be removed.

    Signals:
        edited: the span has changed.
        remove_asked: the operator wants to remove it; carries this field.
    """

    edited = Signal()
    remove_asked = Signal(object)

    def __init__(self, span: SpanDraft, day: str, *, removable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opens = self._clock(span.opens, tr("{day}: opens at", day=day))
        self.closes = self._clock(span.closes, tr("{day}: closes at", day=day))
        self.crossing = small_label(role="pending", parent=self)
        self.error = small_label(role="failed", parent=self)
        self.error.hide()
        row = hbox(self.opens, PlainLabel("–", role="secondary", parent=self), self.closes, self.crossing, spacing=6)
        if removable:
            self.remove = SmallButton("close", tr("{day}: remove these hours", day=day), self)
            self.remove.clicked.connect(partial(self.remove_asked.emit, self))
            row.addWidget(self.remove)
        row.addStretch(1)
        vbox(row, self.error, spacing=2, within=self)
        self._show_crossing()

    def draft(self) -> SpanDraft:
        """Return the span as written."""
        return SpanDraft(self.opens.text(), self.closes.text())

    def show_errors(self, reasons: Mapping[str, str]) -> None:
        """Say what is wrong with `opens` and `closes`, by name."""
        _mark(self.error, {"opens": self.opens, "closes": self.closes}, reasons)

    def _clock(self, text: str, name: str) -> QLineEdit:
        edit = QLineEdit(text, self)
        edit.setAccessibleName(name)
        edit.setFont(font(Size.BODY, tabular=True))
        edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        edit.setMaxLength(LONGEST)
        edit.setFixedSize(CLOCK, HEIGHT)
        edit.textEdited.connect(self._changed)
        return edit

    def _show_crossing(self) -> None:
        self.crossing.setText(end_note(read_span(self.draft())))

    def _changed(self) -> None:
        self._show_crossing()
        self.edited.emit()


DAY = 44
DATE = 108
LONGEST_DATE = 10
LONGEST_LABEL = 40
ROW = 32


class DayRow(QWidget):
    """Row of a weekday, 0 for Monday, with any number of spans.

    Signals:
        edited: its hours have changed.
        copy_asked: all other days shall have the same hours; carries the day's number.
    """

    edited = Signal()
    copy_asked = Signal(int)

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = weekday_text(number)
        self.fields: list[SpanField] = []
        self.closed = PlainLabel(tr("closed"), role="faint", parent=self)
        self.closed.setFixedHeight(ROW)
        self.add = SmallButton("plus", tr("{day}: add hours", day=self._name), self, then=self._add)
        self.copy = SmallButton("copy", tr("{day}: copy these hours to all other days", day=self._name), self)
        self.copy.clicked.connect(partial(self.copy_asked.emit, number))
        for button in (self.add, self.copy):
            button.setFixedHeight(ROW)
        day = PlainLabel(self._name, parent=self)
        day.setFixedSize(DAY, ROW)
        self._column = vbox(self.closed, spacing=4)
        hbox((day, AT_TOP), (self._column, 1), (self.add, AT_TOP), (self.copy, AT_TOP), spacing=8, within=self)

    def show_spans(self, spans: tuple[SpanDraft, ...]) -> None:
        """Show these spans without a signal."""
        for field in tuple(self.fields):
            self._drop(field)
        for span in spans:
            self._append(span)

    def draft(self) -> tuple[SpanDraft, ...]:
        """Return the spans as written."""
        return tuple(field.draft() for field in self.fields)

    def _append(self, span: SpanDraft) -> SpanField:
        field = SpanField(span, self._name, parent=self)
        field.edited.connect(self.edited)
        field.remove_asked.connect(self._remove)
        self.fields.append(field)
        self._column.addWidget(field)
        self.closed.hide()
        return field

    def _drop(self, field: SpanField) -> None:
        self.fields.remove(field)
        discard(field)
        self.closed.setVisible(not self.fields)

    def _add(self) -> None:
        # A second span of a day is its afternoon or evening, and what that is nobody can guess.
        field = self._append(SpanDraft("", "") if self.fields else SpanDraft())
        field.opens.setFocus()
        field.opens.selectAll()
        self.edited.emit()

    def _remove(self, field: SpanField) -> None:
        self._drop(field)
        self.add.setFocus()
        self.edited.emit()


class SpecialDaysRow(QWidget):
    """Row of one or several days with other hours than the week's, or closed.

    Signals:
        edited: a field has changed.
        remove_asked: the operator wants to remove it; carries this row.
    """

    edited = Signal()
    remove_asked = Signal(object)

    def __init__(self, special: SpecialDaysDraft, parent: QWidget) -> None:
        super().__init__(parent)
        self.first = self._edit(special.first, tr("First day"), "2026-10-01", LONGEST_DATE)
        self.last = self._edit(special.last, tr("Last day"), tr("same day"), LONGEST_DATE)
        self.label = self._edit(special.label, tr("What for, such as a holiday"), tr("What for"), LONGEST_LABEL)
        for edit in (self.first, self.last):
            edit.setFixedWidth(DATE)
            edit.setFont(font(Size.BODY, tabular=True))
        self.state = SingleChoiceButton(
            [(False, tr("closed")), (True, tr("open"))], tr("Closed or open on these days"), self
        )
        self.state.setFixedHeight(ROW)
        self.state.set_value(special.span is not None)
        self.span = SpanField(special.span or SpanDraft(), tr("These days"), removable=False, parent=self)
        self.span.setVisible(special.span is not None)
        self.remove = SmallButton("close", tr("Remove this exception"), self)
        self.error = small_label(role="failed", parent=self)
        self.error.hide()
        self.state.chosen.connect(self._turned)
        self.span.edited.connect(self.edited)
        self.remove.clicked.connect(partial(self.remove_asked.emit, self))
        self._lay_out()

    def _lay_out(self) -> None:
        days = hbox(
            self.first,
            PlainLabel("–", role="secondary", parent=self),
            self.last,
            (self.label, 1),
            self.remove,
            spacing=6,
        )
        hours = hbox((self.state, AT_TOP), (self.span, 1), spacing=8)
        hours.addStretch(0)
        vbox(days, self.error, hours, spacing=4, margins=(0, 0, 0, 8), within=self)

    def draft(self) -> SpecialDaysDraft:
        """Return the special days as written."""
        span = self.span.draft() if self.state.value else None
        return SpecialDaysDraft(self.first.text(), self.last.text(), span, self.label.text())

    def show_errors(self, reasons: Mapping[str, str]) -> None:
        """Say what is wrong with `first`, `last`, `opens` and `closes`, by name."""
        self.span.show_errors(reasons)
        _mark(self.error, {"first": self.first, "last": self.last}, reasons)

    def _edit(self, text: str, name: str, hint: str, longest: int) -> QLineEdit:
        edit = QLineEdit(text, self)
        edit.setAccessibleName(name)
        edit.setPlaceholderText(hint)
        edit.setMaxLength(longest)
        edit.setFixedHeight(ROW)
        edit.textEdited.connect(self.edited)
        return edit

    def _turned(self) -> None:
        self.span.setVisible(self.state.value)
        self.edited.emit()


def _mark(error: PlainLabel, fields: Mapping[str, QLineEdit], reasons: Mapping[str, str]) -> None:
    """Mark the wrong ones of `fields`, and show below what is wrong with the first."""
    for name, field in fields.items():
        set_wrong(field, name in reasons)
        field.setAccessibleDescription(reasons.get(name, ""))
    error.show_if_any(next((reasons[name] for name in fields if name in reasons), ""))
