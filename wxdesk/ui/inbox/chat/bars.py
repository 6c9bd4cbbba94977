"""Bars of the chat: a sentence with quiet buttons, a transfer, and the search."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.conversations.listing import SearchHit, TimelineItem
from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.timeline.entries import key_of
from wxdesk.ui.inbox.timeline.view import TimelineView
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import Frame, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, small_label
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.times import clock_time


class ChatBar(Frame):
    """Hidden while it has nothing to say; its button `back` ends what it tells of."""

    def __init__(self, tone: str, mark: str, *others: Button, tabular: bool = False) -> None:
        super().__init__(f"bar-{tone}")
        self._role = "pending" if tone == "pending" else "secondary"
        self.setMinimumHeight(40)
        self._mark = IconLabel(mark, self._role, 18, self)
        self._words = PlainLabel(role=self._role, wrap=True, tabular=tabular, parent=self)
        self.back = Button("", kind=ButtonKind.QUIET)  # without a parent: Tab goes as the row is laid out
        hbox(self._mark, (self._words, 1), *others, self.back, within=self, spacing=10, margins=(16, 4, 12, 4))
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return self._words.full_text()

    def say(self, words: str, back: str = "", mark: str = "") -> None:
        """Show a sentence and the words of `back`; without a sentence, hide the bar."""
        self._words.setText(words)
        self.back.setText(back)
        if mark:
            self._mark.show_icon(mark, self._role)
        self.setVisible(bool(words))


class TransferBar(ChatBar):
    """Says that messages are not seen here and until when; its button cancels that."""

    def __init__(self, bridge: WindowBridge) -> None:
        super().__init__("pending", "arrow-out")
        self._bridge = bridge
        self._conversation: Conversation | None = None
        self._in_tool = False
        self.back.clicked.connect(self._take_back)

    def show_conversation(self, conversation: Conversation, now: datetime) -> None:
        """Show the transfer as it is now; a session in the tool ends by itself."""
        self._conversation, self._in_tool = conversation, in_tool(conversation, now)
        until = conversation.transferred_until
        if self._in_tool and until is not None:
            self.say(
                tr(
                    "WeChat's own service tool is serving this customer; this desk does not see what is written. It "
                    "ends at {time} at the latest.",
                    time=clock_time(until),
                ),
                tr("Serve here again"),
            )
        elif conversation.transfer_armed:
            self.say(tr("The customer's next message leads over to WeChat's own service tool."), tr("Do not"))
        else:
            self.say("")

    def ask(self) -> None:
        """Explain the transfer and start it if the operator agrees."""
        conversation = self._conversation
        if conversation is None or conversation.transfer_armed:
            return
        self._bridge.notices.confirm(
            tr("Hand {name} over to WeChat's own service tool?", name=name_of(conversation.contact)),
            tr(
                "WeChat lets this be done only in the answer to a message, so it happens when the customer writes the "
                "next time. From then on all messages go to the tool (网页端客服工具 or 客服小助手) and do not come "
                "here, until somebody there closes the session or half an hour has passed without a word. Somebody has "
                "to be there: it must be set up in the mini program's console."
            ),
            tr("Hand over"),
            lambda: self._bridge.ask(self._bridge.desk.conversations.arm_transfer(conversation.id)),
        )

    def _take_back(self) -> None:
        if self._conversation is None:
            return
        conversations, conversation_id = self._bridge.desk.conversations, self._conversation.id
        if self._in_tool:
            self._bridge.ask(conversations.take_back(conversation_id))
        else:
            self._bridge.ask(conversations.arm_transfer(conversation_id, armed=False))


class FindBar(Frame):
    """Hidden until it is opened; Esc closes it and focuses the `reply`."""

    def __init__(self, bridge: WindowBridge, session: ChatSession, timeline: TimelineView, reply: QWidget) -> None:
        super().__init__("header")
        self._bridge = bridge
        self._session = session
        self._timeline = timeline
        self._reply = reply
        self._hits: list[TimelineItem] = []
        self._at = 0
        self.field = QLineEdit(placeholderText=tr("Find in this conversation"))
        self.field.setProperty("class", "search")
        self.field.setAccessibleName(tr("Find in this conversation"))
        self.count = small_label(tabular=True)
        older, newer = partial(self.step, 1), partial(self.step, -1)
        self.older = SmallButton("arrow-up", tr("Older hit (Enter, Ctrl+G)"), self, then=older)
        self.newer = SmallButton("arrow-down", tr("Newer hit (Shift+Enter, Ctrl+Shift+G)"), self, then=newer)
        self.away = SmallButton("close", tr("Close (Esc)"), self, then=self.leave)
        row = (self.field, 1), self.count, self.older, self.newer, self.away
        hbox(*row, within=self, spacing=4, margins=(16, 6, 12, 6))
        self._delay = Debounce(self._ask, self)
        self.field.textChanged.connect(self._delay.start)
        bind(self, "Ctrl+G", partial(self.step, 1))
        bind(self, "Ctrl+Shift+G", partial(self.step, -1))
        session.turned.connect(self._clear)
        session.arrived.connect(self._ask)
        self.hide()

    def open(self) -> None:
        """Show the bar, where a conversation is open, and focus its field."""
        if self._session.conversation_id is not None:
            self.show()
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()

    def leave(self) -> None:
        """Close the bar and go on writing."""
        self._clear()
        self._reply.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Go to the next older hit (1) or the next newer one (-1), round the ends."""
        if self._hits:
            self._at = (self._at + by) % len(self._hits)
            self._go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _clear(self) -> None:
        self.field.clear()
        self.hide()
        self._show("", [])

    def _ask(self) -> None:
        conversation_id, phrase = self._sought()
        if phrase and conversation_id is not None:
            work = self._bridge.desk.timeline.find(conversation_id, phrase)
            self._bridge.ask(work, partial(self._found, phrase), about=self._sought)
        else:
            self._show("", [])

    def _sought(self) -> tuple[int | None, str]:
        return self._session.conversation_id, self.field.text().strip()

    def _found(self, phrase: str, hits: list[TimelineItem]) -> None:
        before = self._hits[self._at] if self._hits and phrase == self._timeline.bubbles.phrase else None
        known = {key_of(hit): at for at, hit in enumerate(hits)}
        self._show(phrase, hits, 0 if before is None else known.get(key_of(before), 0))
        if hits and before is None:
            self._go()

    def _show(self, phrase: str, hits: list[TimelineItem], at: int = 0) -> None:
        if self._hits and not hits:
            self._timeline.bubbles.marked = ""
        self._hits, self._at = hits, at
        self._timeline.bubbles.phrase = phrase
        self._timeline.viewport().update()
        nothing = tr("Nothing found") if phrase else ""
        self.count.setText(f"{at + 1} / {len(hits)}" if hits else nothing)
        for button in (self.older, self.newer):
            button.setEnabled(bool(hits))

    def _go(self) -> None:
        hit, row = self._hits[self._at], self._session.row
        self._show(self._timeline.bubbles.phrase, self._hits, self._at)
        if self._session.model.record(key_of(hit)) is not None:
            self._timeline.go_to(key_of(hit), mark=True)
        elif row is not None:
            self._session.open(hit.conversation_id, SearchHit(row.conversation, hit))
