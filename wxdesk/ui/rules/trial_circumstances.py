"""What a trial supposes beside the sentence: when it comes, from whom, and what went before."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from wxdesk.core.quota import AFTER_MESSAGE
from wxdesk.core.rules import Presence
from wxdesk.desk.supposing import Supposed
from wxdesk.i18n import tr
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.field import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import OneOf
from wxdesk.ui.widgets.number_field import NumberField
from wxdesk.ui.widgets.word_chips import split_words

MOMENT = "%Y-%m-%d %H:%M"
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
"""Also for buttons that set their arrow behind their words, which turns them round."""

MOST_DAYS = 3650
MOST_MESSAGES = 999


class TrialCircumstances(QWidget):
    """Fields for them, one a line. A time that cannot be read counts as now, and is marked.

    Signals:
        changed: something else is supposed now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moment = QLineEdit(self)
        self.moment.setPlaceholderText(tr("now; or such as {example}", example="2026-10-01 22:30"))
        self.moment_error = PlainLabel(size=Size.SMALL, role="failed", wrap=True, parent=self)
        self.moment_error.hide()
        self.wrote = OneOf(
            [(False, tr("never wrote before")), (True, tr("has written before"))],
            tr("Whether the customer wrote before"),
            self,
        )
        self.days = NumberField(0, MOST_DAYS, tr("Days since the customer last wrote"), self)
        self.number = NumberField(1, MOST_MESSAGES, tr("Which message since a person answered"), self)
        self.tags = QLineEdit(self)
        self.tags.setPlaceholderText(tr("none; parted by commas"))
        self.who = OneOf(
            [(Presence.PRESENT, tr("somebody")), (Presence.AWAY, tr("nobody"))],
            tr("Who is at the desk"),
            self,
        )
        self.left = OneOf(
            [(None, tr("what WeChat gives")), *((n, str(n)) for n in range(AFTER_MESSAGE[0] + 1))],
            tr("How many replies WeChat still allows"),
            self,
        )
        self.event_name = QLineEdit(self)
        self.event_name.setPlaceholderText(tr("such as {example}", example="user_authorize_invoice"))
        self._lay_out()
        for chosen in (self.wrote.chosen, self.who.chosen, self.left.chosen):
            chosen.connect(self._changed)
        for field in (self.moment, self.days, self.number, self.tags, self.event_name):
            field.textChanged.connect(self._changed)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, QWidget]] = [
            (tr("Time"), self.moment),
            ("", self.moment_error),
            (tr("Customer"), self.wrote),
            (tr("Days ago"), self.days),
            (tr("Message no."), self.number),
            (tr("Tags"), self.tags),
            (tr("At the desk"), self.who),
            (tr("May still be sent"), self.left),
            (tr("Event"), self.event_name),
        ]
        self._labels = {field: PlainLabel(name, size=Size.SMALL, role="secondary", parent=self) for name, field in rows}
        for row, (name, field) in enumerate(rows):
            grid.addWidget(self._labels[field], row, 0)
            narrow = isinstance(field, OneOf | NumberField)
            grid.addWidget(field, row, 1, LEFT if narrow else Qt.AlignmentFlag(0))
            if isinstance(field, QLineEdit) and not isinstance(field, NumberField):
                field.setAccessibleName(tr("{what} in this trial", what=name))
        self._labels[self.moment_error].hide()
        self._show_days()

    def supposed(self) -> Supposed:
        """All of it together."""
        return Supposed(
            at=self._at(),
            event=self.event_name.text().strip() or None,
            tags=tuple(split_words(self.tags.text())),
            operator=Presence(str(self.who.value)),
            quiet_days=self.days.value() if self.wrote.value else None,
            message_no=max(self.number.value(), 1),
            left=left if isinstance(left := self.left.value, int) else None,
        )

    def _at(self) -> datetime | None:
        try:
            # A naive time is the machine's own to astimezone.
            return datetime.strptime(self.moment.text().strip(), MOMENT).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def _show_days(self) -> None:
        for widget in (self._labels[self.days], self.days):
            widget.setVisible(bool(self.wrote.value))

    def _changed(self) -> None:
        wrong = bool(self.moment.text().strip()) and self._at() is None
        set_wrong(self.moment, wrong)
        self.moment_error.setText(tr("Write it as {example}. Until then it is now.", example="2026-10-01 22:30"))
        self.moment_error.setVisible(wrong)
        self._show_days()
        self.changed.emit()
