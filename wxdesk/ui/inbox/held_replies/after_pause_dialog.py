"""Dialog about replies that waited through a pause: decide each, all, or later."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.desk.conversations.inbox_queries import HeldReply, one_per_answer
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_replies.commands import HeldReplyCommands
from wxdesk.ui.inbox.held_replies.delegate import ROW_HEIGHT
from wxdesk.ui.inbox.held_replies.feed import HeldRepliesFeed
from wxdesk.ui.inbox.held_replies.model import HeldModel
from wxdesk.ui.inbox.held_replies.view import HeldView
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.labels import PlainLabel

WIDTH = 520
ROWS_AT_MOST = 6


class AfterPauseDialog(Dialog):
    """Lists the held replies that ask, until none is left; Esc leaves all undecided.

    Signals:
        picked, edit_wanted: a `HeldReply` that the operator wants to see, or to change, first; the dialog closes.
    """

    picked = Signal(object)
    edit_wanted = Signal(object)

    def __init__(self, feed: HeldRepliesFeed, deciding: HeldReplyCommands, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent, tr("What waited"))
        self.setFixedWidth(min(WIDTH, parent.window().width() - 48))
        self._feed = feed
        self._deciding = deciding
        self.model = HeldModel(clock, parent=self)
        self.view = HeldView(self.model, clock, self)
        self.view.setProperty("class", "card")
        self.title = PlainLabel(size=Size.TITLE, strong=True, wrap=True, parent=self)
        self.later = Button(tr("Later"), key_hint="Esc", parent=self)
        self.discard = Button(kind=ButtonKind.DANGER, parent=self)
        self.send = Button(kind=ButtonKind.PRIMARY, parent=self)
        self._arrange()
        self.later.clicked.connect(self.reject)
        self.discard.clicked.connect(self._discard_all)
        self.send.clicked.connect(self._send_all)
        deciding.serve(self.view)
        self.view.picked.connect(self._pick)
        self.view.edit_wanted.connect(self._edit)
        self.view.left.connect(self.reject)
        feed.read.connect(self._show)
        self._show()
        self.view.focus_first()

    def _arrange(self) -> None:
        buttons = hbox(self.later, STRETCH, self.discard, self.send, spacing=8)
        words = tr("None of them leaves by itself. Press one to see its conversation first.")
        sentence = PlainLabel(words, role="secondary", wrap=True, parent=self)
        parts = (self.title, sentence, self.view, 4, buttons)
        self._column = vbox(*parts, within=self, spacing=12, margins=(24, 20, 24, 20))

    def _show(self) -> None:
        asking = self._feed.asking()
        if not asking:
            self.accept()
            return
        count, rows = len(asking), one_per_answer(asking)
        self.model.show(rows)
        self.title.setText(ntr("{n} reply waited and asks you", "{n} replies waited and ask you", count))
        self.discard.setText(ntr("Discard {n}", "Discard all {n}", count) if count > 1 else tr("Discard it"))
        self.send.setText(ntr("Send {n}", "Send all {n}", count) if count > 1 else tr("Send it"))
        self.view.setFixedHeight(ROW_HEIGHT * min(len(rows), ROWS_AT_MOST) + 2)
        self.setFixedHeight(self._column.totalHeightForWidth(self.width()))

    def _ids(self) -> list[int]:
        return sorted(one.reply.id for one in self._feed.asking())

    def _send_all(self) -> None:
        self._deciding.send_these(self._ids())
        self.accept()

    def _discard_all(self) -> None:
        self._deciding.stop_these(self._ids())
        self.accept()

    def _pick(self, held: HeldReply) -> None:
        self.picked.emit(held)
        self.accept()

    def _edit(self, held: HeldReply) -> None:
        self.edit_wanted.emit(held)
        self.accept()
