"""Rights of the operator here: what needs a role is disabled, and says so."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import OperatorsChanged
from wxdesk.core.model.operator import Role
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip, set_tip


class Rights(QObject):
    """Disables widgets and actions for whoever lacks the role; `says` tells so.

    The server refuses all the same: this only spares the attempt.
    """

    def __init__(
        self, bridge: Bridge, needed: Role, *widgets: QWidget | QAction, says: PlainLabel | None = None
    ) -> None:
        super().__init__(widgets[0])
        self._bridge = bridge
        self._needed = needed
        self._widgets = widgets
        self._says = says
        self._reason = ""
        self._before: list[str] = []
        bridge.follow(self, self._follow, OperatorsChanged)
        self._follow()

    def _follow(self) -> None:
        refused = self._bridge.desk.why_not(self._needed)
        reason = tr(refused) if refused else ""
        if reason == self._reason:
            return
        if not self._reason:
            self._before = [self._says.full_text() if self._says else "", *(one.toolTip() for one in self._widgets)]
        self._reason = reason
        said, *tips = self._before
        if self._says is not None:
            self._says.setText(reason or said)
        for widget, tip in zip(self._widgets, tips, strict=True):
            widget.setEnabled(not reason)
            if reason and isinstance(widget, QWidget):
                set_tip(widget, reason)
            else:
                widget.setToolTip(plain_tip(reason) if reason else tip)
