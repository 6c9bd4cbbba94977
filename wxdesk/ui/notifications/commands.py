"""Commands behind a desktop notice's buttons, the same as the bubble's."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.i18n import tr
from wxdesk.ui.notifications.notice import NO_CONVERSATION, DesktopNotice, NoticeAction
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow


class NoticeCommands(QObject):
    """Runs the commands; one that comes too late changes nothing, and says so."""

    def __init__(self, bridge: Bridge, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window

    def give(self, notice: DesktopNotice, answer: NoticeAction) -> None:
        """Run the action that the operator chose."""
        if notice.conversation_id == NO_CONVERSATION:
            self._window.bring_to_front()
            self._window.show_settings()
        elif answer is NoticeAction.OPEN:
            self.open(notice.conversation_id)
        elif answer is NoticeAction.TAKE_OVER:
            self._bridge.ask(self._bridge.desk.conversations.take_over(notice.conversation_id))
            self.open(notice.conversation_id)  # taking over means writing something
        elif notice.reply_ids:
            self._act_on_held(notice.reply_ids, answer)

    def open(self, conversation_id: int) -> None:
        """Show a conversation, with the window in front."""
        self._window.bring_to_front()
        self._window.open_conversation(conversation_id)

    def _act_on_held(self, parts: Sequence[int], answer: NoticeAction) -> None:
        """Act on replies still held: cancelling a failed one would discard it unread."""
        replies = self._bridge.desk.replies
        if answer is NoticeAction.EDIT:
            self._window.bring_to_front()
        held = [one.reply for one in self._window.inbox.held.replies.held if one.reply.id in parts]
        if not held:
            self._say_too_late()
        elif answer is NoticeAction.EDIT:
            self._window.inbox.chat.writing.lock.lock_for_edit(held[0], self._window.inbox.held.edit, self._failed)
        elif answer is NoticeAction.SEND:
            send = partial(self._bridge.ask, done=self._say_if_none, failed=self._failed)
            self._window.inbox.held.replies.when_meant(parts, lambda: send(replies.release_held(parts)))
        elif answer is NoticeAction.STOP:
            self._bridge.ask(replies.cancel_held(parts), self._say_if_none, self._failed)

    def _say_if_none(self, count: int) -> None:
        if not count:
            self._say_too_late()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, MoveNotAllowed):
            self._say_too_late()
        else:
            self._bridge.failed.emit(error)

    def _say_too_late(self) -> None:
        self._window.notices.toast(tr("Too late: this reply has left already, or somebody has decided about it."))
