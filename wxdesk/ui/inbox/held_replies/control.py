"""Connects held replies with their strip, their commands and their bubbles."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.model.reply import Reply
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_replies.after_pause_dialog import AfterPauseDialog
from wxdesk.ui.inbox.held_replies.commands import HeldReplyCommands
from wxdesk.ui.inbox.held_replies.feed import HeldRepliesFeed
from wxdesk.ui.inbox.held_replies.meanwhile import MeanwhileNotice
from wxdesk.ui.inbox.held_replies.strip import HeldStrip
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.inbox.timeline.model import EntryRole
from wxdesk.ui.inbox.timeline.view import TimelineView
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices

BAR = "held:asking"


class HeldRepliesControl(QObject):
    """Between the feed of held replies, the strip, and the timeline.

    Signals:
        wanted: the operator wants to see a held reply in its conversation.
        conversation_wanted: the id of the conversation to open for it.
        edit_wanted: a visible `Reply` to be edited.
        change_wanted: a `Reply` to be locked first, and what to call with it then.
        asks: a question is shown; the window has to be visible for it.
    """

    wanted = Signal()
    conversation_wanted = Signal(int)
    edit_wanted = Signal(object)
    change_wanted = Signal(object, object)
    asks = Signal()

    def __init__(
        self, bridge: Bridge, notices: Notices, strip: HeldStrip, session: ChatSession, timeline: TimelineView
    ) -> None:
        super().__init__(strip)
        self._bridge = bridge
        self._notices = notices
        self._strip = strip
        self._session = session
        self._timeline = timeline
        self._sought: Reply | None = None
        self._to_edit = False
        self.feed = HeldRepliesFeed(bridge, self)
        self.deciding = HeldReplyCommands(bridge, notices, self)
        self.meanwhile = MeanwhileNotice(bridge, notices, strip)
        self.feed.read.connect(self._show)
        strip.stop.clicked.connect(self.deciding.stop_all)
        for send in (strip.send, strip.send_below):
            send.clicked.connect(self._send_all)
        self.deciding.serve(strip.view)
        strip.view.picked.connect(self.go_to)
        strip.view.takeover_wanted.connect(self.go_to)
        strip.view.edit_wanted.connect(self._change)

    def go_to(self, held: HeldReply) -> None:
        """Show a held reply in its conversation and focus its bubble."""
        self._seek(held.reply, to_edit=False)

    def _change(self, held: HeldReply) -> None:
        self.change_wanted.emit(held.reply, self.edit)

    def edit(self, reply: Reply) -> None:
        """Show a reply whose countdown was stopped, and let the operator edit it."""
        self._seek(reply, to_edit=True)

    def _seek(self, reply: Reply, *, to_edit: bool) -> None:
        self.wanted.emit()
        self._sought, self._to_edit = reply, to_edit
        if self._session.conversation_id != reply.conversation_id:
            self.conversation_wanted.emit(reply.conversation_id)
        self.arrive()

    def arrive(self) -> bool:
        """Focus the wanted bubble once its conversation is open; False if none is wanted."""
        sought = self._sought
        if sought is None:
            return False
        if sought.conversation_id != self._session.conversation_id:
            self._sought = None  # the operator has gone elsewhere meanwhile
            return False
        if self._timeline.focus_on(f"r{sought.id}"):
            self._sought = None
            if self._to_edit:
                self.edit_wanted.emit(sought)
        return True

    def go_on(self) -> None:
        """Go to the next held reply: the soonest first, then those that ask."""
        focused = self._timeline.currentIndex().data(EntryRole.KEY) if self._timeline.hasFocus() else ""
        held = self.feed.held
        at = next((i for i, one in enumerate(held) if f"r{one.reply.id}" == focused), -1)
        if held:
            self.go_to(held[(at + 1) % len(held)])
        else:
            self._notices.toast(tr("Nothing is held."))

    def tell_of_waiting(self, by_hand: bool) -> None:
        """Ask about replies that a pause held if it was ended `by_hand`, else leave a bar."""
        self._bridge.ask(self._bridge.desk.inbox.held_replies(), partial(self._tell, by_hand))

    def _tell(self, by_hand: bool, held: tuple[HeldReply, ...]) -> None:
        self.feed.take(held)
        asking = len(self.feed.asking())
        self.meanwhile.after_pause()
        if asking and by_hand:
            self.decide()
        else:
            self._say(asking)

    def _say(self, asking: int) -> None:
        words = ntr("{n} reply waited and asks you", "{n} replies waited and ask you", asking)
        text = tr("{words}. None leaves by itself.", words=words) if asking else ""
        self._notices.bar(BAR, text, tone="pending", action=tr("Decide…"), then=self.decide)

    def decide(self) -> None:
        """Ask the operator about the replies that waited."""
        self._notices.bar(BAR, "")
        window = self._strip.window()
        asked = any(panel.isVisible() for panel in window.findChildren(AfterPauseDialog))
        if self.feed.asking() and not asked:
            self.asks.emit()
            panel = AfterPauseDialog(self.feed, self.deciding, self._bridge.desk.clock, window)
            panel.picked.connect(self.go_to)
            panel.edit_wanted.connect(self._change)
            panel.open()

    def _send_all(self) -> None:
        self.deciding.send_all(self.feed.held)

    def _show(self) -> None:
        self._strip.show_held(self.feed.held, self._bridge.desk.clock())
        if BAR in self._notices.bars.texts():
            self._say(len(self.feed.asking()))
