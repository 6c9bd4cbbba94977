"""Head of a record's editor: title, state, and the buttons for history and saving."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.record_model import Record
from wxdesk.ui.editing.revisions.revision import revision_title
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, set_tip


class RecordHead(QWidget):
    """Title, state and buttons of an editor.

    A subclass makes the `history` button and lays all out. `name` names the title's field, which takes `longest`
    characters. `refused` tells why nobody here may edit it, if so.
    """

    history: Button

    def __init__(self, name: str, longest: int) -> None:
        super().__init__()
        self.refused: Callable[[], str] = str
        self.title = TitleField(self)
        self.title.setPlaceholderText(name)
        self.title.setAccessibleName(name)
        self.title.setMaxLength(longest)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.state = PlainLabel(size=Size.SMALL, role="secondary", elide=True, parent=self)

    def _make_saving(self) -> None:
        """Make the buttons that revert and save; they are the last ones to get the focus."""
        self.revert = Button(tr("Revert"), icon="undo", parent=self)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self)
        self.save.setToolTip("Ctrl+S")

    def show_title(self, title: str) -> None:
        """Show another title, scrolled to its beginning."""
        self.title.setText(title)
        self.title.setCursorPosition(0)

    def show_state(self, stored: Record, now: datetime, text: str = "", role: str = "secondary") -> None:
        """Show why it cannot be edited here, else `text`, else the stored revision."""
        self.state.set_role(role)
        if not text and stored.id and stored.updated_at is not None:
            text = revision_title(stored.revision, stored.updated_at, now)
        refused = self.refused()
        self.state.setText(tr(refused) if refused else text or self._new_text(stored))

    def _new_text(self, stored: Record) -> str:
        return tr("New, not saved yet")

    def show_refusal(self, reason: str) -> None:
        """Say why the record was not stored, where no field is to blame."""
        self.state.set_role("pending")
        self.state.setText(reason)

    def allow(self, *, save: bool, revert: bool) -> None:
        """Enable or disable saving and reverting."""
        self.save.setEnabled(save)
        self.revert.setEnabled(revert)


class TitleField(QLineEdit):
    """One frameless line in title size; an underline shows that it can be edited.

    A title that does not fit is shown whole in its tooltip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "flat")
        self.setFont(font(Size.PAGE, strong=True))
        self.setTextMargins(-2, 0, 0, 0)  # the letters begin where the labels below do
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(32)
        self.textChanged.connect(self._tell_whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        wide = self.fontMetrics().horizontalAdvance(self.text())
        set_tip(self, self.text() if wide > self.width() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        wrong, focused = bool(self.property("wrong")), self.hasFocus()
        if not (wrong or focused or self.underMouse() or not self.text()):
            return
        role = "failed" if wrong else "accent" if focused else "line"
        painter = QPainter(self)
        painter.setPen(QPen(Theme.current().color(role), 2 if focused or wrong else 1))
        under = QRectF(self.rect()).adjusted(0, 0, 0, -1)
        painter.drawLine(under.bottomLeft(), under.bottomRight())
        painter.end()
