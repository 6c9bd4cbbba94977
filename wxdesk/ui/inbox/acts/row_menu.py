"""Menu of a row of the conversation list, or of several chosen ones."""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from wxdesk.core.conversations.row_change import RowAct, RowChange
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.status import ConversationStatus
from wxdesk.desk.desk import Desk
from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts.snooze_menu import DoToRows, SnoozeMenu
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog

LONGEST_TAG = 24
"""Most characters of a tag."""

_MOST_TAGS = 12


class RowMenu(QMenu):
    """Offers what can be done with `some` conversations, and does it by `do`.

    `known` are the tags in use, the commonest first.
    """

    def __init__(
        self, desk: Desk, some: Sequence[Conversation], known: Sequence[str], do: DoToRows, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._some, self._do, self._under = tuple(some), do, parent
        self.setAccessibleName(tr("What to do with these conversations"))
        read = [one for one in some if not one.unread]
        self._offer(tr("Mark as unread"), RowAct.UNREAD, read)
        self._offer(tr("Mark as read"), RowAct.READ, len(read) < len(some))
        self._offer(tr("Pin on top"), RowAct.PIN, any(not one.pinned for one in some))
        self._offer(tr("Take from the top"), RowAct.UNPIN, any(one.pinned for one in some))
        self.addSeparator()
        statuses = {one.status for one in some}
        self._offer(tr("Resolve"), RowAct.RESOLVE, statuses - {ConversationStatus.RESOLVED})
        self._offer(tr("Reopen"), RowAct.REOPEN, statuses - {ConversationStatus.OPEN})
        self.addMenu(SnoozeMenu(desk, some, do, self))
        self._add_tags(known)
        self.addSeparator()
        self._offer(tr("Block"), RowAct.BLOCK, any(not one.contact.blocked for one in some))
        self._offer(tr("Unblock"), RowAct.UNBLOCK, any(one.contact.blocked for one in some))
        if len(some) == 1:
            self._offer_copies(some[0])
        self.triggered.connect(self._choose)

    def _choose(self, action: QAction) -> None:
        chosen = action.data()
        if isinstance(chosen, RowChange):
            self._do(self._some, chosen)
        elif isinstance(chosen, str):
            QGuiApplication.clipboard().setText(chosen)

    def _offer(self, text: str, act: RowAct, offered: object) -> None:
        if offered:
            self.addAction(text).setData(RowChange(act))

    def _add_tags(self, known: Sequence[str]) -> None:
        menu = self.addMenu(tr("Tags"))
        for tag in known[:_MOST_TAGS]:
            action = menu.addAction(tag.replace("&", "&&"))
            action.setCheckable(True)
            everybody = all(tag in one.contact.tags for one in self._some)
            action.setChecked(everybody)
            action.setData(RowChange(RowAct.UNTAG if everybody else RowAct.TAG, tag=tag))
        menu.addAction(tr("New tag…")).triggered.connect(self._ask_tag)

    def _ask_tag(self) -> None:
        field = QLineEdit(maxLength=LONGEST_TAG)
        field.setAccessibleName(tr("New tag"))
        some, do = self._some, self._do

        def take() -> None:
            tag = " ".join(field.text().split())
            if tag:
                do(some, RowChange(RowAct.TAG, tag=tag))

        ConfirmDialog(self._under.window(), tr("New tag"), "", tr("Add the tag"), field=field).ask(take)

    def _offer_copies(self, one: Conversation) -> None:
        self.addSeparator()
        for text, value in ((tr("Copy the name"), one.contact.alias), (tr("Copy the openid"), one.contact.openid)):
            if value:
                self.addAction(text).setData(value)
