"""Presence in the status bar: a quiet icon at the desk, amber text while away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.i18n import tr
from wxdesk.ui.presence.text import chip_words, presence_sentence
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.status_dot import StatusDot


class PresenceChip(QWidget):
    """Shows the operator's presence, and lets the operator change it.

    Signals:
        said: True for away, False for at the desk.
    """

    said = Signal(bool)

    def __init__(self, at_desk: PresenceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_desk = at_desk
        self.lamp = StatusDot(self, tabular=True)
        self.button = SmallButton("person", tr("Who is at the desk"), self)
        self.button.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.lamp)
        row.addWidget(self.button)
        self.show_presence(at_desk)

    def show_presence(self, at_desk: PresenceState) -> None:
        """Show the current presence."""
        self._at_desk = at_desk
        words = presence_sentence(at_desk)
        self.lamp.show_state("pending", chip_words(at_desk), words, short=tr("Away") if at_desk.away else "")
        self.button.setToolTip(words)
        self.button.setAccessibleName(words)

    def _choose(self) -> None:
        menu = PresenceMenu(self._at_desk, self)
        menu.said.connect(self.said)
        height = menu.sizeHint().height()
        menu.popup(self.button.mapToGlobal(QPoint(0, -height - 4)))


class PresenceMenu(QMenu):
    """Menu to choose between at the desk and away.

    Signals:
        said: True for away, False for at the desk.
    """

    said = Signal(bool)

    def __init__(self, at_desk: PresenceState, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Who is at the desk"))
        self._group = QActionGroup(self)
        self._add(tr("I am at the desk"), away=False, checked=not at_desk.away)
        self._add(tr("I am away until I say otherwise"), away=True, checked=at_desk.reason is AwayReason.SAID)
        self._group.triggered.connect(self._say)
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, text: str, *, away: bool, checked: bool) -> None:
        action = QAction(text, self._group, checkable=True, checked=checked)
        action.setData(away)
        self.addAction(action)

    def _say(self, action: QAction) -> None:
        self.said.emit(action.data())
