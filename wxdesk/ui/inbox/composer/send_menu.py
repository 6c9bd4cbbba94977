"""Menu beside the send button: send later, send and resolve, and where to go then."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from wxdesk.core.preferences import AfterSending
from wxdesk.i18n import tr
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.sending import ReplySending
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.moment import ask_moment
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.status import later_choices


class SendMenu(QObject):
    """Opens the menu, and resolves a conversation once its reply is stored.

    Signals:
        resolve_wanted: the open conversation is to be resolved.
    """

    resolve_wanted = Signal()

    def __init__(self, composer: Composer, sending: ReplySending, bridge: Bridge, notices: Notices) -> None:
        super().__init__(composer)
        self._composer = composer
        self._sending = sending
        self._bridge = bridge
        self._notices = notices
        self._resolves: tuple[int, str] | None = None
        composer.foot.more.clicked.connect(self.open)

    def open(self) -> None:
        """Open the menu over its button."""
        anchor = self._composer.foot.more
        menu = QMenu(anchor)
        menu.setAccessibleName(tr("More ways to send"))
        resolve = menu.addAction(tr("Send and resolve\tCtrl+Shift+Enter"), self.send_and_resolve)
        resolve.setEnabled(self._composer.can_send)
        later = menu.addMenu(tr("Send later"))
        later.setEnabled(self._composer.can_send)
        now, written = self._bridge.desk.clock(), self._written
        for words, at in later_choices(now):
            later.addAction(words, partial(self.send_later, at, written))
        then = partial(self.send_later, written=written)
        ask = partial(ask_moment, anchor, tr("Send later"), tr("Send then"), now, then)
        later.addAction(tr("At another time…"), ask)
        menu.addSeparator()
        group = QActionGroup(menu)
        for value, words in _after_sending():
            action = group.addAction(menu.addAction(words))
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value is self._bridge.desk.preferences.now.after_sending)
        group.triggered.connect(self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), -menu.sizeHint().height() - 4)))

    def send_and_resolve(self) -> None:
        """Send what is written, and resolve the conversation once that is stored."""
        if self._composer.can_send:
            self._resolves = self._written
            self._composer.submit()

    def send_later(self, at: datetime, written: tuple[int, str]) -> None:
        """Let the desk send at a time what was `written`, if that is still open."""
        if written != self._written:
            self._notices.toast(tr("Nothing was planned, because something else is open now."))
        elif self._composer.can_send:
            thread, text = written
            self._sending.hand_over(thread, text, self._bridge.desk.replies.write(thread, text, at))

    def note_sent(self, text: str) -> None:
        """Resolve if it was this text that should be the last."""
        if self._resolves == (self._composer.conversation_id, text):
            self.resolve_wanted.emit()
        self._resolves = None

    @property
    def _written(self) -> tuple[int, str]:
        return self._composer.conversation_id, self._composer.text()

    def _choose(self, action: QAction) -> None:
        preferences = self._bridge.desk.preferences
        self._bridge.ask(preferences.set(replace(preferences.now, after_sending=AfterSending(action.data()))))


def _after_sending() -> list[tuple[AfterSending, str]]:
    return [
        (AfterSending.STAY, tr("After sending, stay here")),
        (AfterSending.LONGEST, tr("After sending, go to who waits longest")),
        (AfterSending.UNREAD, tr("After sending, go to the next unread")),
    ]
