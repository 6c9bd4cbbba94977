"""Carries out changes of one or several conversations, with one undo."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal

from wxdesk.core.conversations.row_change import RowAct, RowChange, RowsChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.acts.row_menu import RowMenu
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.lists.rows_view import RowsView
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.row_changes import changed_text

_LEAVES = frozenset({RowAct.RESOLVE, RowAct.SNOOZE, RowAct.BLOCK})
"""Acts after which the operator goes on to another conversation."""


class RowActs(QObject):
    """Asks the desk for a change of conversations, and tells of it.

    Signals:
        begun: a change is asked for; no rows need to stay chosen for it.
        done: the ids of conversations that were set aside, the open one among them; the page goes on to another.
        back_wanted: the id of that one, to be opened again after undo.
        unread: the open conversation was marked unread, and is not looked at any more.
    """

    begun = Signal()
    done = Signal(object)
    back_wanted = Signal(int)
    unread = Signal()

    def __init__(self, bridge: Bridge, session: ChatSession, notices: Notices, edit: MessageEdit) -> None:
        super().__init__(edit)
        self._bridge = bridge
        self._session = session
        self._notices = notices
        self._edit = edit

    @property
    def composing(self) -> bool:
        """True while an input method composes a reply, whose end nothing may come before."""
        return self._edit.composing

    def do(self, some: Sequence[Conversation], change: RowChange) -> None:
        """Change these conversations, unless an input method is composing."""
        if some and not self._edit.composing:
            work = self._bridge.desk.conversations.change(tuple(one.id for one in some), change)
            self._bridge.ask(work, partial(self._changed, tuple(some), change, self._edit.toPlainText()))
            self.begun.emit()

    def open_menu(self, rows: RowsView, some: Sequence[Conversation], tags: Sequence[str], at: QPoint) -> None:
        """Open the menu of these conversations over their `rows`; `tags` are those in use."""
        menu = RowMenu(self._bridge.desk, some, tags, self.do, rows)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _changed(self, some: Sequence[Conversation], change: RowChange, written: str, result: RowsChanged) -> None:
        reached = [one for one in some if one.id in result.ids]
        if not reached:
            return
        here = self._session.conversation_id
        gone = here if here in result.ids and here not in result.unsettled and change.act in _LEAVES else None
        many = ntr("{n} conversation", "{n} conversations", len(reached))
        name = name_of(reached[0].contact) if len(reached) == 1 else many
        words = changed_text(change, result, name, self._bridge.desk.clock())
        if words and change.undo is not None:
            self._notices.offer(words, tr("Undo"), partial(self._undo, result.ids, change.undo, gone))
        elif words:
            self._notices.toast(words)
        if change.act is RowAct.UNREAD and here in result.ids:
            self.unread.emit()
        if gone is not None and self._edit.toPlainText() == written and not self._edit.composing:
            self.done.emit(frozenset(result.ids).difference(result.unsettled))

    def _undo(self, ids: tuple[int, ...], undo: RowChange, back: int | None) -> None:
        self._bridge.ask(self._bridge.desk.conversations.change(ids, undo))
        if back is not None:
            self.back_wanted.emit(back)
