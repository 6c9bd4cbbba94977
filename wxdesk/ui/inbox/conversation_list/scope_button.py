"""Button that switches the list to open, snoozed, resolved or all conversations."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.dialogs.legend import Legend
from wxdesk.ui.wording.figures import OF_A_TEAM, figure_texts

SCOPES = (InboxFilter.ALL, InboxFilter.SNOOZED, InboxFilter.RESOLVED, InboxFilter.ANY_STATUS)


def scope_name(part: InboxFilter) -> str:
    """Return the name of a scope of the list."""
    match part:
        case InboxFilter.SNOOZED:
            return tr("Snoozed")
        case InboxFilter.RESOLVED:
            return tr("Resolved")
        case InboxFilter.ANY_STATUS:
            return tr("All conversations")
        case _:
            return tr("Open conversations")


class ScopeButton(SmallButton):
    """Opens the menu of scopes, with the number of `snoozed` conversations.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("filter", tr("Show what is open, snoozed or resolved"), parent)
        self.part = InboxFilter.ALL
        self.snoozed = 0
        self.in_team = False
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        """Let the operator choose a scope."""
        menu = QMenu(self)
        menu.setAccessibleName(self.accessibleName())
        group = QActionGroup(menu)
        for part in SCOPES:
            word = scope_name(part)
            action = menu.addAction(f"{word} ({self.snoozed})" if part is InboxFilter.SNOOZED else word)
            action.setCheckable(True)
            action.setChecked(part is self.part)
            action.setData(part.value)
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(tr("What the figures mean…")).triggered.connect(self._explain)
        group.triggered.connect(self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(self.width() - menu.sizeHint().width(), self.height() + 4)))

    def _explain(self) -> None:
        texts = figure_texts().items()
        shown = [text for figure, text in texts if self.in_team or figure not in OF_A_TEAM]
        Legend(tr("What the figures mean"), shown, self).open()

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(InboxFilter(action.data()))
