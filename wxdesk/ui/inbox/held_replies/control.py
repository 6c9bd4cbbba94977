"""Held replies: read, commanded, asked about after a pause, shown by their strip."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import ConversationChanged, EverythingChanged, PauseChanged, ReplyChanged
from wxdesk.core.model.reply import Reply
from wxdesk.desk.conversations.inbox_queries import HeldReply, one_per_answer
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.writing import ReplyWriting
from wxdesk.ui.inbox.held_replies.strip import HeldStrip
from wxdesk.ui.inbox.held_replies.view import HeldModel, HeldView, row_height
from wxdesk.ui.inbox.notices import MeanwhileNotice
from wxdesk.ui.inbox.timeline.view import TimelineView
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.hold_reasons import colleagues_among

_TOUCHING = (ReplyChanged, ConversationChanged, PauseChanged, EverythingChanged)


class HeldReplies(QObject):
    """Reads them after events that may change them; sends or stops some or all.

    Signals:
        read: `held` has the new held replies.
    """

    read = Signal()

    def __init__(self, bridge: WindowBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.load = Refresher(bridge, bridge.desk.inbox.held_replies, self.take, self).ask
        self.held: tuple[HeldReply, ...] = ()
        bridge.follow(self, self.load, *_TOUCHING)

    def asking(self) -> tuple[HeldReply, ...]:
        """Return those without a due time, which wait for the operator."""
        return tuple(one for one in self.held if one.reply.due_at is None)

    def take(self, held: tuple[HeldReply, ...]) -> None:
        """Use these held replies."""
        self.held = held
        self.read.emit()

    # -- commands

    def serve(self, view: HeldView) -> None:
        """Carry out what is wanted of the rows of `view`."""
        view.send_wanted.connect(self.send)
        view.stop_wanted.connect(self.stop)
        view.takeover_wanted.connect(self.take_over)

    def send(self, held: HeldReply) -> None:
        """Send one reply, or all asking parts of its answer."""
        work = self._bridge.desk.replies.release(held.reply.id, whole=bool(held.asking))
        self._bridge.ask(work, once=("send", held.reply.id))

    def stop(self, held: HeldReply) -> None:
        """Stop one reply and the later parts of its answer; their texts stay visible."""
        self._bridge.ask(self._bridge.desk.replies.cancel(held.reply.id), once=("stop", held.reply.id))

    def take_over(self, held: HeldReply) -> None:
        """Take over its conversation, which stops its replies that leave by themselves."""
        self._bridge.ask(self._bridge.desk.conversations.take_over(held.reply.conversation_id))

    def send_all(self) -> None:
        """Send all held replies, after asking if there are several."""
        held = self.held
        if len(held) == 1:
            self.send(held[0])
        elif held:
            people = len({one.reply.conversation_id for one in held})
            one = "All of them go to {n} customer at once, without the rest of their wait."
            many = "They go to {n} customers at once, without the rest of their wait."
            words = ntr(one, many, people)
            ids = tuple(one.reply.id for one in held)  # what is held since then was not asked about
            self._bridge.notices.confirm(
                tr("Send {n} replies now?", n=len(held)),
                "\n".join(filter(None, (words, self._whose(ids)))),
                tr("Send all"),
                partial(self._send, ids),
            )

    def send_these(self, reply_ids: Sequence[int]) -> None:
        """Send these, in order within each conversation, as `when_meant` asks."""
        self.when_meant(reply_ids, partial(self._send, tuple(reply_ids)))

    def when_meant(self, reply_ids: Sequence[int], send: Callable[[], None]) -> None:
        """Call `send`; ask first if one of these replies is to a colleague's customer."""
        self._bridge.notices.warn(self._whose(reply_ids), tr("Send all the same?"), tr("Send all the same"), send)

    def _whose(self, reply_ids: Sequence[int]) -> str:
        return colleagues_among((one.owner for one in self.held if one.reply.id in reply_ids), self._bridge.desk.me)

    def _send(self, reply_ids: tuple[int, ...]) -> None:
        self._bridge.ask(self._bridge.desk.replies.release_held(reply_ids), self._sent, once=("send", reply_ids))

    def stop_these(self, reply_ids: Sequence[int] | None) -> None:
        """Stop these, else all of them, without asking, because seconds count."""
        only = None if reply_ids is None else tuple(reply_ids)
        self._bridge.ask(self._bridge.desk.replies.cancel_held(only), self._stopped, once=("stop", only))

    def _sent(self, count: int) -> None:
        self._bridge.notices.toast(ntr("{n} reply is on its way.", "{n} replies are on their way.", count))

    def _stopped(self, count: int) -> None:
        one = "{n} reply was stopped. Its text stays in its conversation."
        many = "{n} replies were stopped. Their texts stay in their conversations."
        self._bridge.notices.toast(ntr(one, many, count))


WIDTH = 520
ROWS_AT_MOST = 6


class AfterPauseDialog(Dialog):
    """Lists the held replies that ask, until none is left; Esc leaves all undecided.

    It closes for one that the operator wants to see, or to change, first.
    """

    def __init__(self, replies: HeldReplies, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent, tr("What waited"))
        self.setFixedWidth(min(WIDTH, parent.window().width() - 48))
        self._replies = replies
        self.model = HeldModel(clock, parent=self)
        self.view = HeldView(self.model, self)
        self.view.setProperty("class", "card")
        self.title = PlainLabel(size=Size.TITLE, strong=True, wrap=True, parent=self)
        self.later = Button(tr("Later"), key_hint="Esc", parent=self, then=self.reject)
        self.discard = Button(kind=ButtonKind.DANGER, parent=self, then=self._discard_all)
        self.send = Button(kind=ButtonKind.PRIMARY, parent=self, then=self._send_all)
        self._arrange()
        replies.serve(self.view)
        self.view.picked.connect(self.accept)
        self.view.edit_wanted.connect(self.accept)
        self.view.left.connect(self.reject)
        replies.read.connect(self._show)
        self._show()
        self.view.setFocus()

    def _arrange(self) -> None:
        buttons = hbox(self.later, STRETCH, self.discard, self.send, spacing=8)
        words = tr("None of them leaves by itself. Press one to see its conversation first.")
        sentence = PlainLabel(words, role="secondary", wrap=True, parent=self)
        parts = (self.title, sentence, self.view, 4, buttons)
        self._column = vbox(*parts, within=self, spacing=12, margins=(24, 20, 24, 20))

    def _show(self) -> None:
        asking = self._replies.asking()
        if not asking:
            self.accept()
            return
        count, rows = len(asking), one_per_answer(asking)
        self.model.update_rows(rows)
        self.title.setText(ntr("{n} reply waits for your OK", "{n} replies wait for your OK", count))
        self.discard.setText(ntr("Discard {n}", "Discard all {n}", count) if count > 1 else tr("Discard it"))
        self.send.setText(ntr("Send {n}", "Send all {n}", count) if count > 1 else tr("Send it"))
        self.view.setFixedHeight(row_height() * min(len(rows), ROWS_AT_MOST) + 2)
        self.setFixedHeight(self._column.totalHeightForWidth(self.width()))

    def _ids(self) -> list[int]:
        return sorted(one.reply.id for one in self._replies.asking())

    def _send_all(self) -> None:
        self._replies.send_these(self._ids())
        self.accept()

    def _discard_all(self) -> None:
        self._replies.stop_these(self._ids())
        self.accept()


BAR = "held:asking"


class HeldRepliesControl(QObject):
    """Between the feed of held replies, the strip, and the timeline.

    Signals:
        wanted: the operator wants to see a held reply in its conversation.
        conversation_wanted: the id of the conversation to open for it.
        asks: a question is shown; the window has to be visible for it.
    """

    wanted = Signal()
    conversation_wanted = Signal(int)
    asks = Signal()

    def __init__(
        self,
        bridge: WindowBridge,
        strip: HeldStrip,
        session: ChatSession,
        timeline: TimelineView,
        writing: ReplyWriting,
    ) -> None:
        super().__init__(strip)
        self._bridge = bridge
        self._strip = strip
        self._session = session
        self._timeline = timeline
        self._writing = writing
        self._sought: Reply | None = None
        self._to_edit = False
        self.replies = HeldReplies(bridge, self)
        self.meanwhile = MeanwhileNotice(bridge, strip)
        self.replies.read.connect(self._show)
        strip.stop.clicked.connect(partial(self.replies.stop_these, None))
        for send in (strip.send, strip.send_below):
            send.clicked.connect(self.replies.send_all)
        self.replies.serve(strip.view)
        strip.view.picked.connect(self.go_to)
        strip.view.takeover_wanted.connect(self.go_to)
        strip.view.edit_wanted.connect(self._change)

    def go_to(self, held: HeldReply) -> None:
        """Show a held reply in its conversation and focus its bubble."""
        self._seek(held.reply, to_edit=False)

    def _change(self, held: HeldReply) -> None:
        self._writing.lock.lock_for_edit(held.reply, self.edit)

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
                self._writing.start_editing(sought)
        return True

    def go_on(self) -> None:
        """Go to the next held reply: the soonest first, then those that ask."""
        held, focused = self.replies.held, self._timeline.focused_key if self._timeline.hasFocus() else ""
        at = next((i for i, one in enumerate(held) if f"r{one.reply.id}" == focused), -1)
        if held:
            self.go_to(held[(at + 1) % len(held)])
        else:  # as far as is known
            self._bridge.ask(self._bridge.desk.inbox.held_replies(), self._go_to_first, once="held")

    def _go_to_first(self, held: tuple[HeldReply, ...]) -> None:
        self.replies.take(held)
        if held:
            self.go_to(held[0])
        else:
            self._bridge.notices.toast(tr("No reply is held. Drafts are under “Unsent”."))

    def tell_of_waiting(self, by_hand: bool, since: datetime | None = None) -> None:
        """Ask about replies that a pause held if it was ended `by_hand`, else leave a bar.

        Tell also who wrote meanwhile: since a time, and whom the rules skipped.
        """
        self.meanwhile.show_since(since)
        self._bridge.ask(self._bridge.desk.inbox.held_replies(), partial(self._on_held_loaded, by_hand))

    def _on_held_loaded(self, by_hand: bool, held: tuple[HeldReply, ...]) -> None:
        self.replies.take(held)
        asking = len(self.replies.asking())
        if asking and by_hand:
            self.decide()
        else:
            self._show_asking(asking)

    def _show_asking(self, asking: int) -> None:
        words = ntr("{n} reply waits for your OK", "{n} replies wait for your OK", asking)
        text = tr("{words}. Nothing is sent before that.", words=words) if asking else ""
        self._bridge.notices.bar(BAR, text, tone="pending", action=tr("Decide…"), then=self.decide)

    def decide(self) -> None:
        """Ask the operator about the replies that waited."""
        self._bridge.notices.bar(BAR, "")
        window = self._strip.window()
        asked = any(panel.isVisible() for panel in window.findChildren(AfterPauseDialog))
        if self.replies.asking() and not asked:
            self.asks.emit()
            panel = AfterPauseDialog(self.replies, self._bridge.desk.clock, window)
            panel.model.accounts = self._strip.model.accounts
            panel.view.picked.connect(self.go_to)
            panel.view.edit_wanted.connect(self._change)
            panel.open()

    def _show(self) -> None:
        self._strip.show_held(self.replies.held, self._bridge.desk.clock())
        if BAR in self._bridge.notices.bars.texts():
            self._show_asking(len(self.replies.asking()))
