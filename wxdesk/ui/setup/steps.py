"""Column of the steps at the left, each with its state."""

from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.setup.facts import SETUP_STEPS, AccountSetup
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.setup.sentences import text
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.setup.text import state_of, step_title
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.buttons import EnterButton
from wxdesk.ui.widgets.labels import set_tip
from wxdesk.ui.widgets.painting import CENTER, paint_box, paint_icon, paint_text, painting

_TINTS = {"accent": "accent_tint", "secondary": "chip", "pending": "pending_tint", "failed": "failed_tint"}

HEIGHT = 60
DISC = 26
LEFT = 20


class StepColumn(QWidget):
    """The five steps; Up and Down go through them.

    Signals:
        chosen: the `Check` of the step that the operator wants to see.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, accessibleName=tr("Steps"))
        self.items = {step: StepItem(number, step, self) for number, step in enumerate(SETUP_STEPS, 1)}
        for step, item in self.items.items():
            item.clicked.connect(partial(self.chosen.emit, step))
        vbox(*self.items.values(), within=self, spacing=0)

    def show_setup(self, setup: AccountSetup) -> None:
        """Show the state of each step."""
        for step, item in self.items.items():
            item.show_finding(setup.finding(step))

    def show_step(self, step: Check) -> None:
        """Mark the present step."""
        self.items[step].setChecked(True)


class StepItem(EnterButton):
    """One step: its number or state in a disc, its name, and a word on its state."""

    def __init__(self, number: int, step: Check, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        self._step = step
        self.look = state_of(Finding(step, CheckVerdict.UNKNOWN))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(step_title(step))

    def show_finding(self, finding: Finding) -> None:
        """Show what was found about the step last."""
        self.look = state_of(finding)
        set_tip(self, text(finding))
        self.setAccessibleDescription(f"{self.look.word}: {text(finding)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self.isChecked() or self.underMouse():
                painter.fillRect(self.rect(), color_of("selection" if self.isChecked() else "hover"))
            if self.isChecked():
                painter.fillRect(0, 0, 3, HEIGHT, color_of("accent_fill"))
            if self.hasFocus():
                paint_box(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), 6, line="accent", thick=1.5)
            self._paint_disc(painter)
            left = LEFT + DISC + 12
            room = self.width() - left - 12
            title = step_title(self._step)  # a bold one is too wide for the narrow column
            paint_text(painter, QRect(left, 11, room, 20), title, font(Size.BODY), color_of("text"))
            role = "secondary" if self.look.role in {"faint", "accent", "secondary"} else self.look.role
            paint_text(painter, QRect(left, 31, room, 18), self.look.word, font(Size.SMALL), color_of(role))

    def _paint_disc(self, painter: QPainter) -> None:
        disc = QRectF(LEFT + 0.5, (HEIGHT - DISC) / 2 + 0.5, DISC - 1, DISC - 1)
        role = self.look.role
        if role == "faint":
            painter.setPen(QPen(color_of("faint" if not self.isChecked() else "accent"), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc)
            ink = color_of("secondary" if not self.isChecked() else "accent")
            paint_text(painter, disc.toAlignedRect(), str(self._number), font(Size.SMALL, strong=True), ink, CENTER)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color_of("panel" if self.isChecked() else _TINTS[role]))
        painter.drawEllipse(disc)
        paint_icon(painter, (disc.center() - QPointF(8, 8)).toPoint(), self.look.icon, role, 16)
