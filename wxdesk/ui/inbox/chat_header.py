"""Above the chat: who it is, who speaks, and how much WeChat still allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from wxdesk.core.inbox import InboxRow
from wxdesk.core.lifecycle import is_taken_over, mode_of
from wxdesk.core.model import Account, Conversation, Reply, ReplyMode
from wxdesk.core.takeover import left
from wxdesk.i18n import tr
from wxdesk.ui.icons import icon
from wxdesk.ui.inbox.mode_chip import ModeChip
from wxdesk.ui.inbox.quota_block import QuotaBlock
from wxdesk.ui.theme import Measure, Size
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip
from wxdesk.ui.words import mode_word, name_of, span_word

ROOM_FOR_WORDS = 580
"""Below this width the dots and the time stand for the quota, and one word for the mode, so that the name is seen."""

ROOM_FOR_DOTS = 460
SMALLEST = 360


class ChatHeader(QFrame):
    """The open conversation's name, mode, quota, and the button that takes it over.

    Signals:
        mode_chosen: a `ReplyMode`, or None to follow the account.
        takeover_wanted: take over, or hand back what is taken over.
        spans_wanted: choose for how long.
        transfer_wanted: hand the contact over to WeChat's own service tool.
        list_wanted, detail_wanted: open the drawer of a narrow window.
    """

    mode_chosen = Signal(object)
    takeover_wanted = Signal()
    spans_wanted = Signal()
    transfer_wanted = Signal()
    list_wanted = Signal()
    detail_wanted = Signal()

    def __init__(self, accounts: Mapping[str, Account], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._conversation: Conversation | None = None
        self._failed: Reply | None = None
        self._now: datetime | None = None
        self.taken_over = False
        self.setProperty("class", "header")
        self.setFixedHeight(Measure.HEADER)
        self.show_list = _tool("inbox", tr("Conversations"), self)
        self.show_detail = _tool("panel", tr("Contact and reasons (F2)"), self)
        self.name = PlainLabel(size=Size.TITLE, strong=True, elide=True)
        self.mode = ModeChip()
        self.quota = QuotaBlock()
        self.takeover = Button(tr("Take over"), key_hint="F4")
        self.spans = _tool("chevron-down", tr("For how long (Shift+F4)"), self)
        self.transfer = _tool("arrow-out", tr("Hand over to WeChat's own service tool…"), self)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.show_list)
        row.addWidget(self.name, 100)  # as wide as it is, before anything else grows
        row.addWidget(self.mode)
        row.addStretch(1)
        takeover = QHBoxLayout()
        takeover.setSpacing(2)
        takeover.addWidget(self.takeover)
        takeover.addWidget(self.spans)
        row.addWidget(self.quota)
        row.addLayout(takeover)
        row.addWidget(self.transfer)
        row.addWidget(self.show_detail)
        self.show_list.hide()
        self.show_detail.hide()

    def _connect(self) -> None:
        self.mode.clicked.connect(self._open_menu)
        self.takeover.clicked.connect(self.takeover_wanted)
        self.spans.clicked.connect(self.spans_wanted)
        self.transfer.clicked.connect(self.transfer_wanted)
        self.show_list.clicked.connect(self.list_wanted)
        self.show_detail.clicked.connect(self.detail_wanted)

    def show_row(self, row: InboxRow, now: datetime) -> None:
        """Show this conversation as it is now."""
        conversation = self._conversation = row.conversation
        self._failed = row.failed
        self.name.setText(name_of(conversation.contact))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Let the figures go on."""
        self._now = now
        conversation = self._conversation
        if conversation is None:
            return
        self.quota.show_quota(conversation, self._accounts.get(conversation.account), self._failed, now)
        taken = self.taken_over = is_taken_over(conversation, now)
        self.takeover.setText(tr("Hand back") if taken else tr("Take over"))
        self.mode.setToolTip(plain_tip(self._mode_text(conversation, now)))
        short = self.width() < ROOM_FOR_WORDS
        self.mode.say(self._mode_text(conversation, now, short=short), quiet=self._is_off(conversation) and not taken)

    def _mode_text(self, conversation: Conversation, now: datetime, *, short: bool = False) -> str:
        if is_taken_over(conversation, now):
            remaining = left(conversation, now)
            if remaining is None or short:
                return tr("Yours")
            return tr("Yours · {span} left", span=span_word(remaining))
        account = self._accounts.get(conversation.account)
        if account is None:
            return tr("Account not configured")
        mode = mode_of(conversation, account)
        if mode is ReplyMode.HOLD and not short:
            return tr("Automatic · waits {n} s", n=account.hold_seconds)
        return mode_word(mode)

    def _is_off(self, conversation: Conversation) -> bool:
        account = self._accounts.get(conversation.account)
        return account is None or mode_of(conversation, account) is ReplyMode.OFF

    def _open_menu(self) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        menu = QMenu(self)
        menu.setAccessibleName(tr("Mode"))
        group = QActionGroup(menu)
        for mode in ReplyMode:
            self._add_mode(menu, group, mode_word(mode), mode, conversation.mode is mode)
        menu.addSeparator()
        account = self._accounts.get(conversation.account)
        text = tr("As the account: {mode}", mode=mode_word(account.reply_mode)) if account else tr("As the account")
        self._add_mode(menu, group, text, None, conversation.mode is None)
        menu.addSeparator()
        menu.addAction(tr("Hand over to WeChat's own service tool…")).triggered.connect(self.transfer_wanted)
        group.triggered.connect(self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mode.mapToGlobal(QPoint(0, self.mode.height() + 4)))

    def _add_mode(self, menu: QMenu, group: QActionGroup, text: str, mode: ReplyMode | None, chosen: bool) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.setData("" if mode is None else mode.value)
        group.addAction(action)

    def _choose(self, action: QAction) -> None:
        self.mode_chosen.emit(ReplyMode(action.data()) if action.data() else None)

    def minimumSizeHint(self) -> QSize:
        """Figures are left out before the window has to be wider."""
        return QSize(SMALLEST, Measure.HEADER)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what does not fit, the least needed first."""
        super().resizeEvent(event)
        if self._now is not None:
            self.tick(self._now)
        self.quota.make_room(words=self.width() >= ROOM_FOR_WORDS, dots=self.width() >= ROOM_FOR_DOTS)
        self.transfer.setVisible(self.width() >= ROOM_FOR_DOTS)  # the mode's menu has it as well

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icons anew when the appearance changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "show_detail"):
            self.show_list.setIcon(icon("inbox"))
            self.spans.setIcon(icon("chevron-down"))
            self.transfer.setIcon(icon("arrow-out"))
            self.show_detail.setIcon(icon("panel"))


def _tool(name: str, words: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(name))
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button
