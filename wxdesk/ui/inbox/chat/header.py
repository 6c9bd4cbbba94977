"""Header above the chat: name, mode, quota and the buttons of the conversation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import accumulate
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import time_left
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.core.replies.lifecycle import is_taken_over, mode_of
from wxdesk.i18n import tr
from wxdesk.ui.inbox.details.quota import QuotaBlock, QuotaDisplay
from wxdesk.ui.inbox.lists import account_among
from wxdesk.ui.look.theme import Measure, Size, color_of, font
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, EnterButton, SmallButton
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip, set_tip, small_label
from wxdesk.ui.widgets.menu_button import PassingMenu, open_beside
from wxdesk.ui.widgets.painting import paint_box, paint_face, paint_icon, paint_text, painting
from wxdesk.ui.wording.messages import brief_mode_text, mode_text, name_of
from wxdesk.ui.wording.takeover import takeover_sentence
from wxdesk.ui.wording.times import span_text

_PAD, _ARROW, _HEIGHT, _WIDEST = 12, 12, 28, 220


class ModeChip(EnterButton):
    """Pill with text and an arrow; `quiet` marks a mode in which nothing is automatic."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFont(font(Size.SMALL, strong=True))

    def say(self, text: str, *, quiet: bool, spoken: str = "") -> None:
        """Show this mode; `spoken` tells its origin in a sentence for screen readers."""
        self.setAccessibleDescription(spoken)
        if (text, quiet) == (self.text(), self._quiet):
            return
        self._quiet = quiet
        self.setText(text)
        self.setAccessibleName(tr("Mode: {mode}", mode=text))
        self.updateGeometry()
        self.update()

    def width_for(self, text: str) -> int:
        """Return the width in pixels that it takes with this text."""
        return min(_WIDEST, QFontMetrics(self.font()).horizontalAdvance(text) + 2 * _PAD + _ARROW + 4)

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(self.text()), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            line = "accent" if self.hasFocus() else "line"
            pill = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            paint_box(painter, pill, _HEIGHT / 2, "hover" if self.underMouse() else "panel", line)
            role = "secondary" if self._quiet else "accent"
            room = self.rect().adjusted(_PAD, 0, -_PAD - _ARROW - 4, 0)
            paint_text(painter, room.adjusted(0, 0, 1, 0), self.text(), self.font(), color_of(role))
            at = QPointF(self.width() - _PAD - _ARROW + 2, (self.height() - _ARROW) / 2)
            paint_icon(painter, at, "chevron-down", role, _ARROW)


SMALLEST = 360
NAME_ROOM = 140
"""Pixels that the name gets before anything beside it is written out."""

NAME_SHORT = 96
"""Pixels left for the name before the mode is shortened to its least text."""

NAME_LEAST = 72
"""Least pixels of a name; the mode's text is cut before it."""

KEY = "F4"
"""The key that takes over and hands back."""

_GAP, _SIDE, _TWINS = 8, 16, 2


class _Fit(Struct, frozen=True):
    """One level of detail of the header: quota, mode text and visible buttons.

    `mode` is the amount of its text: 3 all, 2 without seconds, 1 in brief, 0 the mode's name only. `snooze`
    shows that button; its key always works. `key` is the hint on the takeover button. A name at least `name`
    pixels wide gets that much.
    """

    quota: QuotaDisplay = QuotaDisplay.WORDS
    mode: int = 3
    transfer: bool = True
    snooze: bool = True
    key: str = KEY
    name: int = NAME_ROOM


_GIVEN_UP: Sequence[dict[str, Any]] = (
    {"quota": QuotaDisplay.DOTS}, {"mode": 2}, {"key": ""}, {"transfer": False}, {"quota": QuotaDisplay.FIGURE},
    {"quota": QuotaDisplay.SHORT}, {"snooze": False}, {"name": NAME_SHORT}, {"mode": 1}, {"name": NAME_LEAST},
    {"mode": 0},
)  # fmt: skip
"""Details to leave out where room is scarce, one by one; tooltips show them."""

_FITS = tuple(accumulate(_GIVEN_UP, lambda fit, less: replace(fit, **less), initial=_Fit()))
"""Levels of detail, the richest first."""


FACE = 26


class FaceButton(SmallButton):
    """The face of operator `name`; for nobody, the icon of a person."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("person", tr("Nobody has it"), parent)
        self._name = ""

    def show_face(self, name: str, words: str) -> None:
        """Show a face; `words` tell about it."""
        self._name = name
        set_tip(self, words)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(FACE + 4, FACE + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._name:
            super().paintEvent(event)
            return
        with painting(self) as painter:
            paint_face(painter, QRectF((self.width() - FACE) / 2, (self.height() - FACE) / 2, FACE, FACE), self._name)


class ChatHeader(Frame):
    """The open conversation's name, mode, quota, and buttons.

    Signals:
        mode_chosen: the id of the conversation open then, and a `ReplyMode`, or None to follow the account.
    """

    mode_chosen = Signal(int, object)

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        super().__init__("header")
        self._accounts = accounts
        self._conversation: Conversation | None = None
        self._now: datetime | None = None
        self.taken_over = self._leaving = False
        self.setFixedHeight(Measure.HEADER)
        self.show_list = SmallButton("inbox", tr("Conversations"), self)
        self.show_detail = SmallButton("panel", tr("Customer and reasons (F2)"), self)
        self.name = PlainLabel(size=Size.TITLE, strong=True, elide=True)
        self.face = FaceButton(self)
        self.account, self.colleagues = small_label(elide=True), small_label(elide=True)
        self.mode = ModeChip()
        self.quota = QuotaBlock()
        self.takeover = Button(tr("Take over"), key_hint=KEY)
        self.spans = SmallButton("chevron-down", tr("For how long (Shift+F4)"), self)
        self.resolve = SmallButton("check", tr("Resolve (F5)"), self)
        self.snooze = SmallButton("moon", tr("Snooze (Shift+F5)"), self)
        self.transfer = SmallButton("arrow-out", tr("Hand over to WeChat's own service tool…"), self)
        self._arrange()
        self.mode.clicked.connect(self._open_menu)

    def _arrange(self) -> None:
        self.who = QWidget(self)
        below = QWidget(self.who)  # an empty layout alone would bound the name to its least width
        hbox(self.account, (self.colleagues, 1), within=below, spacing=_GAP)
        vbox(STRETCH, self.name, below, STRETCH, within=self.who, spacing=0)
        self.who.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.face.hide()  # until somebody is signed in
        self.colleagues.hide()
        name = (self.who, 100)  # as wide as it is, before anything else grows
        takeover = hbox(self.takeover, self.spans, spacing=_TWINS)
        left = self.show_list, self.face, name, self.mode
        # What gives way in a narrow window is at the left, so that no button moves under the pointer.
        right = self.quota, self.transfer, self.snooze, takeover, self.resolve, self.show_detail
        row = hbox(*left, STRETCH, *right, within=self, spacing=_GAP)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        self.show_list.hide()
        self.show_detail.hide()

    def show_row(self, row: InboxRow, *, leaving: bool = False) -> None:
        """Show another one from the next `tick` on; `leaving`: a reply leaves by itself."""
        conversation = self._conversation = row.conversation
        self._leaving = leaving
        self.name.setText(name_of(conversation.contact))
        self.name.setMinimumWidth(min(NAME_LEAST, self.name.sizeHint().width()))

    def tick(self, now: datetime) -> None:
        """Update times and quota to `now`."""
        self._now = now
        conversation = self._conversation
        if conversation is None:
            return
        self.account.setText(account_among(self._accounts, conversation.account))
        self.account.setVisible(bool(self.account.full_text()))
        self.quota.show_quota(conversation, self._accounts.get(conversation.account), now)
        self.taken_over = is_taken_over(conversation, now)
        self.takeover.setText(tr("Hand back") if self.hands_back else tr("Take over"))
        self.takeover.setToolTip(tr("Stops the automatic reply that still waits here (F4)") if self._leaving else "")
        if conversation.status is ConversationStatus.OPEN:
            self.resolve.show_act("check", tr("Resolve (F5)"))
        else:
            self.resolve.show_act("undo", tr("Open again (F5)"))
        self.mode.setToolTip(plain_tip(self._where_from(conversation, now)))
        self._make_room(conversation, now)

    @property
    def hands_back(self) -> bool:
        """True if the button hands back; an automatic reply that leaves is stopped first."""
        return self.taken_over and not self._leaving

    def _make_room(self, conversation: Conversation, now: datetime) -> None:
        """Leave out what does not fit beside the name, the least needed first."""
        fitting = next((fit for fit in _FITS if self._needs(fit, conversation, now) <= self.width()), None)
        fit = fitting or _FITS[-1]
        account = self._accounts.get(conversation.account)
        quiet = not self.taken_over and (account is None or mode_of(conversation, account) is ReplyMode.OFF)
        spoken = self._where_from(conversation, now)
        self.mode.say(self._mode_text(conversation, now, fit.mode), quiet=quiet, spoken=spoken)
        self.mode.setMinimumWidth(self.mode.sizeHint().width() if fitting else 0)  # a long name is cut before
        self.quota.use(fit.quota)
        self.takeover.set_key_hint(fit.key)
        self.transfer.setVisible(fit.transfer)
        self.snooze.setVisible(fit.snooze)

    def _needs(self, fit: _Fit, conversation: Conversation, now: datetime) -> int:
        """Return the width in pixels that `fit` takes."""
        beside: list[QWidget] = [self.resolve]
        beside += [one for one, fits in ((self.transfer, fit.transfer), (self.snooze, fit.snooze)) if fits]
        beside += [one for one in (self.show_list, self.show_detail, self.face) if not one.isHidden()]
        widths = [one.sizeHint().width() for one in beside]
        widths.append(min(fit.name, self.who.sizeHint().width()))
        widths.append(self.mode.width_for(self._mode_text(conversation, now, fit.mode)))
        widths.append(self.quota.width_for(fit.quota))
        widths.append(self.takeover.width_for(fit.key) + _TWINS + self.spans.sizeHint().width())
        return 2 * _SIDE + sum(widths) + _GAP * (len(widths) - 1)

    def _mode_text(self, conversation: Conversation, now: datetime, much: int = 3) -> str:
        if is_taken_over(conversation, now):
            remaining = time_left(conversation, now)
            if self._leaving and much:
                return tr("By hand after this reply")
            if remaining is None or not much:
                return tr("By hand")
            span = span_text(remaining)
            return tr("By hand · {span} left", span=span) if much > 2 else tr("By hand · {span}", span=span)
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
                "{mode}: set for the account {account}. A rule with a mode of its own takes precedence.",
                mode=mode,
                account=account.name,
            )
        return tr("{mode}: set for this conversation, before any rule and the account.", mode=mode)

    def _open_menu(self) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        menu = PassingMenu(self, tr("Mode"))
        choose = partial(self.mode_chosen.emit, conversation.id)
        if self._now is not None:
            menu.say(self._where_from(conversation, self._now))
            menu.addSeparator()
        later = tr("For this conversation, once it is handed back, before all rules:")
        menu.say(later if self.taken_over else tr("For this conversation, before all rules:"))
        for mode in ReplyMode:
            menu.choice(mode_text(mode), partial(choose, mode), conversation.mode is mode)
        menu.addSeparator()
        account = self._accounts.get(conversation.account)
        text = tr("As the account: {mode}", mode=mode_text(account.reply_mode)) if account else tr("As the account")
        menu.choice(text, partial(choose, None), conversation.mode is None)
        menu.say(tr("A rule's own mode takes precedence over the account's"))
        menu.addSeparator()
        menu.addAction(tr("Snooze…")).triggered.connect(self.snooze.click)
        menu.addAction(tr("Hand over to WeChat's own service tool…")).triggered.connect(self.transfer.click)
        open_beside(menu, self.mode)

    def minimumSizeHint(self) -> QSize:
        """Return the width at which the barest level of detail still fits."""
        return QSize(SMALLEST, Measure.HEADER)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._now is not None:
            self.tick(self._now)
