"""Two fields for the opening and the closing time of a span."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.rules.business_hours.draft import SpanDraft, read_span
from wxdesk.ui.rules.business_hours.text import end_note
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel

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
        self.crossing = PlainLabel(role="pending", size=Size.SMALL, parent=self)
        self.error = PlainLabel(role="failed", size=Size.SMALL, parent=self)
        self.error.hide()
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self.opens, PlainLabel("–", role="secondary", parent=self), self.closes, self.crossing):
            row.addWidget(widget)
        if removable:
            self.remove = SmallButton("close", tr("{day}: remove these hours", day=day), self)
            self.remove.clicked.connect(self._ask_removal)
            row.addWidget(self.remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.error)
        self._say()

    def draft(self) -> SpanDraft:
        """Return the span as written."""
        return SpanDraft(self.opens.text(), self.closes.text())

    def show_error(self, which: str, reason: str) -> None:
        """Say what is wrong with `opens` or `closes`."""
        self._mark(self.opens if which == "opens" else self.closes, reason)

    def clear_complaints(self) -> None:
        """Clear all complaints."""
        self._mark(self.opens, "")
        self._mark(self.closes, "")

    def _mark(self, edit: QLineEdit, reason: str) -> None:
        set_wrong(edit, bool(reason))
        edit.setAccessibleDescription(reason)
        reasons = (self.opens.accessibleDescription(), self.closes.accessibleDescription())
        self.error.setText(next(filter(None, reasons), ""))
        self.error.setVisible(any(reasons))

    def _clock(self, text: str, name: str) -> QLineEdit:
        edit = QLineEdit(text, self)
        edit.setAccessibleName(name)
        edit.setFont(font(Size.BODY, tabular=True))
        edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        edit.setMaxLength(LONGEST)
        edit.setFixedSize(CLOCK, HEIGHT)
        edit.textEdited.connect(self._changed)
        return edit

    def _say(self) -> None:
        self.crossing.setText(end_note(read_span(self.draft())))

    def _changed(self) -> None:
        self._say()
        self.edited.emit()

    def _ask_removal(self) -> None:
        self.remove_asked.emit(self)
