"""Header above the chat: name, mode, quota and the buttons of the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QToolButton, QWidget

from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import time_left
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import Reply
from wxdesk.core.model.status import ConversationStatus
from wxdesk.core.replies.lifecycle import is_taken_over, mode_of
from wxdesk.i18n import tr
from wxdesk.ui.inbox.claims.control import FaceButton
from wxdesk.ui.inbox.details.quota import QuotaBlock, QuotaDisplay
from wxdesk.ui.inbox.takeover.mode_chip import ModeChip
from wxdesk.ui.look.icons import icon
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip
from wxdesk.ui.wording.messages import brief_mode_text, mode_text, name_of, span_text
from wxdesk.ui.wording.takeover import takeover_sentence

SMALLEST = 360
NAME_ROOM = 140
"""Pixels that the name gets before anything beside it is written out."""

NAME_SHORT = 96
"""Pixels left for the name before the mode is shortened to its least text."""

NAME_LEAST = 72
"""Least pixels of a name; the mode's text is cut before it."""

KEY = "F4"
"""The key that takes over and hands back."""

_GAP, _SIDE, _TWINS = 10, 16, 2
_RESOLVE = {False: "check", True: "undo"}
"""Icon of the resolve button; True while it would open the conversation again."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """One level of detail of the header: quota, mode text and visible buttons.

    `mode` is the amount of its text: 3 all, 2 without seconds, 1 in brief, 0 the mode's name only. `snooze`
    shows that button; its key always works. `key` is the hint on the takeover button. A name at least `name`
    pixels wide gets that much.
    """

    quota: QuotaDisplay = QuotaDisplay.DOTS
    mode: int = 2
    transfer: bool = True
    snooze: bool = True
    key: str = KEY
    name: int = NAME_ROOM


_FITS = (
    _Fit(QuotaDisplay.WORDS, mode=3),
    _Fit(mode=3),
    _Fit(),
    _Fit(key=""),
    _Fit(key="", transfer=False),
    _Fit(QuotaDisplay.FIGURE, key="", transfer=False),
    _Fit(QuotaDisplay.SHORT, key="", transfer=False),
    _Fit(QuotaDisplay.SHORT, key="", transfer=False, snooze=False),
    _Fit(QuotaDisplay.SHORT, key="", transfer=False, snooze=False, name=NAME_SHORT),
    _Fit(QuotaDisplay.SHORT, mode=1, key="", transfer=False, snooze=False, name=NAME_SHORT),
    _Fit(QuotaDisplay.SHORT, mode=1, key="", transfer=False, snooze=False, name=NAME_LEAST),
    _Fit(QuotaDisplay.SHORT, mode=0, key="", transfer=False, snooze=False, name=NAME_LEAST),
)
"""Levels of detail, the richest first; tooltips, details and menu show the rest."""


class ChatHeader(QFrame):
    """The open conversation's name, mode, quota, and buttons.

    Signals:
        mode_chosen: the id of the conversation open then, and a `ReplyMode`, or None to follow the account.
    """

    mode_chosen = Signal(int, object)

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        super().__init__()
        self._accounts = accounts
        self._conversation: Conversation | None = None
        self._failed: Reply | None = None
        self._now: datetime | None = None
        self._aside = False
        self.taken_over = self._leaving = False
        self.setProperty("class", "header")
        self.setFixedHeight(Measure.HEADER)
        self.show_list = _tool("inbox", tr("Conversations"), self)
        self.show_detail = _tool("panel", tr("Customer and reasons (F2)"), self)
        self.name = PlainLabel(size=Size.TITLE, strong=True, elide=True)
        self.face = FaceButton(self)
        self.colleagues = PlainLabel(size=Size.SMALL, role="secondary", elide=True)
        self.mode = ModeChip()
        self.quota = QuotaBlock()
        self.takeover = Button(tr("Take over"), key_hint=KEY)
        self.spans = _tool("chevron-down", tr("For how long (Shift+F4)"), self)
        self.resolve = _tool("check", tr("Resolve (F5)"), self)
        self.snooze = _tool("moon", tr("Snooze (Shift+F5)"), self)
        self.transfer = _tool("arrow-out", tr("Hand over to WeChat's own service tool…"), self)
        self._arrange()
        self.mode.clicked.connect(self._open_menu)

    def _arrange(self) -> None:
        self.who = QWidget(self)
        vbox(STRETCH, self.name, self.colleagues, STRETCH, within=self.who, spacing=0)
        for one in (self.name, self.colleagues, self.who):
            one.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for one in (self.face, self.colleagues):
            one.hide()  # until somebody is signed in
        name = (self.who, 100)  # as wide as it is, before anything else grows
        takeover = hbox(self.takeover, self.spans, spacing=_TWINS)
        status = hbox(self.resolve, self.snooze, spacing=_TWINS)
        left, right = (self.show_list, self.face, name, self.mode), (self.quota, takeover, status)
        row = hbox(*left, STRETCH, *right, within=self, spacing=_GAP)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.addWidget(self.transfer)
        row.addWidget(self.show_detail)
        seen = (self.show_list, self.face, self.mode, self.takeover, self.spans, self.resolve, self.snooze)
        for one, after in pairwise((*seen, self.transfer, self.show_detail)):
            self.setTabOrder(one, after)
        self.show_list.hide()
        self.show_detail.hide()

    def show_row(self, row: InboxRow, now: datetime, *, leaving: bool = False) -> None:
        """Show this conversation; `leaving`: an automatic reply leaves in it by itself."""
        conversation = self._conversation = row.conversation
        self._leaving = leaving
        self._failed = row.failed
        self.name.setText(name_of(conversation.contact))
        self.name.setMinimumWidth(min(NAME_LEAST, self.name.sizeHint().width()))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Update times and quota to `now`."""
        self._now = now
        conversation = self._conversation
        if conversation is None:
            return
        self.quota.show_quota(conversation, self._accounts.get(conversation.account), self._failed, now)
        self.taken_over = is_taken_over(conversation, now)
        self.takeover.setText(tr("Hand back") if self.hands_back else tr("Take over"))
        self.takeover.setToolTip(tr("Stops the automatic reply that still waits here (F4)") if self._leaving else "")
        self._say_resolve(aside=conversation.status is not ConversationStatus.OPEN)
        self.mode.setToolTip(plain_tip(self._where_from(conversation, now)))
        self._make_room(conversation, now)

    @property
    def hands_back(self) -> bool:
        """True if the button hands back; an automatic reply that leaves is stopped first."""
        return self.taken_over and not self._leaving

    def _say_resolve(self, *, aside: bool) -> None:
        words = tr("Open again (F5)") if aside else tr("Resolve (F5)")
        if self.resolve.toolTip() != words:
            self.resolve.setToolTip(words)
            self.resolve.setAccessibleName(words)
            self.resolve.setIcon(icon(_RESOLVE[aside]))
            self._aside = aside

    def _make_room(self, conversation: Conversation, now: datetime) -> None:
        """Leave out what does not fit beside the name, the least needed first."""
        fits = [fit for fit in _FITS if self._needs(fit, conversation, now) <= self.width()]
        fit = fits[0] if fits else _FITS[-1]
        quiet = self._is_off(conversation) and not self.taken_over
        spoken = self._where_from(conversation, now)
        self.mode.say(self._mode_text(conversation, now, fit.mode), quiet=quiet, spoken=spoken)
        self.mode.setMinimumWidth(self.mode.sizeHint().width() if fits else 0)  # a long name is cut before
        self.quota.use(fit.quota)
        self.takeover.set_key_hint(fit.key)
        self.transfer.setVisible(fit.transfer)
        self.snooze.setVisible(fit.snooze)

    def _needs(self, fit: _Fit, conversation: Conversation, now: datetime) -> int:
        """Return the width in pixels that `fit` takes."""
        beside = [self.transfer] if fit.transfer else []
        beside += [one for one in (self.show_list, self.show_detail, self.face) if not one.isHidden()]
        widths = [one.sizeHint().width() for one in beside]
        widths.append(min(fit.name, self.who.sizeHint().width()))
        widths.append(self.mode.width_for(self._mode_text(conversation, now, fit.mode)))
        widths.append(self.quota.width_for(fit.quota))
        widths.append(self.takeover.width_for(fit.key) + _TWINS + self.spans.sizeHint().width())
        widths.append(self.resolve.sizeHint().width() + (_TWINS + self.snooze.sizeHint().width() if fit.snooze else 0))
        return 2 * _SIDE + sum(widths) + _GAP * (len(widths) - 1)

    def _mode_text(self, conversation: Conversation, now: datetime, much: int = 3) -> str:
        if is_taken_over(conversation, now):
            remaining = time_left(conversation, now)
            if self._leaving and much:
                return tr("Yours after this reply")
            if remaining is None or not much:
                return tr("Yours")
            span = span_text(remaining)
            return tr("Yours · {span} left", span=span) if much > 2 else tr("Yours · {span}", span=span)
        account = self._accounts.get(conversation.account)
        if account is None:
            return tr("Account not configured")
        if account.paused:
            return tr("Account paused")
        mode = mode_of(conversation, account)
        word = tr("Waits {n} s", n=account.hold_seconds) if mode is ReplyMode.HOLD else mode_text(mode)
        if much == 1 or (mode is ReplyMode.HOLD and much == 2):
            word = brief_mode_text(mode)
        if not much:
            return word
        return tr("{mode} · account", mode=word) if conversation.mode is None else tr("{mode} · here", mode=word)

    def _where_from(self, conversation: Conversation, now: datetime) -> str:
        """Return the mode that applies and its origin, in whole sentences."""
        account = self._accounts.get(conversation.account)
        if is_taken_over(conversation, now):
            return takeover_sentence(conversation, now, leaving=self._leaving)
        if account is None:
            return self._mode_text(conversation, now)
        if account.paused:
            return tr(
                "The account {account} is paused: no automatic reply leaves. You can answer by hand.",
                account=account.name,
            )
        mode = mode_text(mode_of(conversation, account))
        if conversation.mode is None:
            return tr(
                "{mode}: set for the account {account}. A rule that says itself how it leaves goes before it.",
                mode=mode,
                account=account.name,
            )
        return tr("{mode}: set for this conversation, before any rule and the account.", mode=mode)

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
        if self._now is not None:
            _say(menu, self._where_from(conversation, self._now))
            menu.addSeparator()
        _say(menu, tr("For this conversation, before all rules:"))
        for mode in ReplyMode:
            self._add_mode(menu, group, mode_text(mode), mode, conversation.mode is mode)
        menu.addSeparator()
        account = self._accounts.get(conversation.account)
        text = tr("As the account: {mode}", mode=mode_text(account.reply_mode)) if account else tr("As the account")
        self._add_mode(menu, group, text, None, conversation.mode is None)
        _say(menu, tr("A rule's own way of leaving goes before the account's"))
        menu.addSeparator()
        menu.addAction(tr("Snooze…")).triggered.connect(self.snooze.click)
        menu.addAction(tr("Hand over to WeChat's own service tool…")).triggered.connect(self.transfer.click)
        group.triggered.connect(partial(self._choose, conversation.id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mode.mapToGlobal(QPoint(0, self.mode.height() + 4)))

    def _add_mode(self, menu: QMenu, group: QActionGroup, text: str, mode: ReplyMode | None, chosen: bool) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.setData("" if mode is None else mode.value)
        group.addAction(action)

    def _choose(self, conversation_id: int, action: QAction) -> None:
        self.mode_chosen.emit(conversation_id, ReplyMode(action.data()) if action.data() else None)

    def minimumSizeHint(self) -> QSize:
        """Return the width at which the barest level of detail still fits."""
        return QSize(SMALLEST, Measure.HEADER)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._now is not None:
            self.tick(self._now)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "show_detail"):
            self.show_list.setIcon(icon("inbox"))
            self.spans.setIcon(icon("chevron-down"))
            self.resolve.setIcon(icon(_RESOLVE[self._aside]))
            self.snooze.setIcon(icon("moon"))
            self.transfer.setIcon(icon("arrow-out"))
            self.show_detail.setIcon(icon("panel"))


def _say(menu: QMenu, words: str) -> None:
    """Add a line to the menu that cannot be chosen."""
    menu.addAction(words.replace("&", "&&")).setEnabled(False)


def _tool(name: str, words: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(name))
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button
