"""Tags of a contact as chips: press one to remove it, the plus to add one."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts import LONGEST_TAG
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import discard
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import literal, set_tip

WIDEST = 130
"""Most pixels of a tag's text, so that its chip fits into one row."""


class TagRow(QWidget):
    """The tags of one contact.

    Signals:
        changed: a tag was added or removed; `tags` has the new ones.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tags: tuple[str, ...] = ()
        self._chips: list[Chip] = []
        self.field = _TagField()
        self.plus = Chip("＋", checkable=False)
        self.plus.setAccessibleName(tr("Add a tag"))
        self.plus.setToolTip(tr("Add a tag"))
        self._flow = FlowLayout(self, self.field, self.plus, gap=4, line_gap=4)
        self.field.hide()
        self.plus.clicked.connect(self._open_field)
        self.field.done.connect(self._add)

    def tags(self) -> tuple[str, ...]:
        """Return the tags in order."""
        return self._tags

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Show these tags."""
        if tags != self._tags:
            self._tags = tags
            discard(*self._chips)
            self._chips = [self._chip(tag) for tag in tags]
            self._flow.set_widgets((*self._chips, self.field, self.plus))
            self.updateGeometry()

    def _chip(self, tag: str) -> Chip:
        chip = Chip(checkable=False, parent=self)
        chip.setText(literal(QFontMetrics(chip.font()).elidedText(tag, Qt.TextElideMode.ElideRight, WIDEST)))
        chip.setAccessibleName(tr("Take away the tag {tag}", tag=tag))
        set_tip(chip, f"{tag} · {tr('Press to take it away')}")
        chip.clicked.connect(partial(self._take_away, tag))
        chip.show()
        return chip

    def finish(self) -> None:
        """Add a tag that is being written."""
        if not self.field.isHidden():
            self._add()

    def _open_field(self) -> None:
        self.plus.hide()
        self.field.clear()
        self.field.show()
        self.field.setFocus()

    def _add(self) -> None:
        self.field.hide()
        self.plus.show()
        tag = " ".join(self.field.text().split())
        if tag and tag not in self._tags:
            self.show_tags((*self._tags, tag))
            self.changed.emit()

    def _take_away(self, gone: str) -> None:
        self.show_tags(tuple(tag for tag in self._tags if tag != gone))
        self.changed.emit()


class _TagField(QLineEdit):
    """Field for one tag; Enter or leaving it adds the tag, Esc gives up."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__(maxLength=LONGEST_TAG)
        self.setFont(font(Size.SMALL))
        self.setFixedWidth(96)
        self.setAccessibleName(tr("New tag"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        if event.key() in ENTER or event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self.done.emit()
