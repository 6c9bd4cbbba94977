"""In-window notices: a toast, a bar that stays, or a question.

All messages to the operator go through here. One table decides by class which form an error gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from wxdesk.core.errors import BadInput, MoveNotAllowed, NotFound, SendError, UnsettledReply, WxdeskError
from wxdesk.i18n import explain, ntr, tr
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

log = logging.getLogger(__name__)

TOAST_MS = 5000
OFFER_MS = 10_000
GAP = 16

MOST_BARS = 3
"""Bars that are shown before the rest is folded, to leave room for the pages."""

LONGEST = 300
"""Characters of a notice that are shown; a foreign text must not fill the window."""

type BarAction = tuple[str, Callable[[], None]]
"""The text of a button, and the action it runs."""

PASSING: tuple[type[WxdeskError], ...] = (BadInput, MoveNotAllowed, NotFound, SendError, UnsettledReply)
"""Errors shown as a toast: the page still shows the state. Others get a bar."""


class Notices(QObject):
    """Shows toasts, bars and questions on `host`, usually the main window.

    `bars` is the widget that holds the bars; the window places it above its pages.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.bars = NoticeBars(host)
        self._toast = Toast(host)

    def toast(self, text: str) -> None:
        """Show a passing message; the next one replaces it."""
        self._toast.say(_shortened(text))

    def offer(self, text: str, action: str, then: Callable[[], None]) -> None:
        """Show a passing message with an action while it is visible."""
        self._toast.say(_shortened(text), action, then)

    def act(self) -> None:
        """Run the action of the visible toast; else focus the bars' next button.

        Both are far away by keyboard.
        """
        if not self._toast.act():
            self.bars.go_on()

    def report(self, error: Exception) -> None:
        """Show an error; a foreign one is logged instead of quoted."""
        if isinstance(error, PASSING):
            self.toast(explain(error))
            return
        if not isinstance(error, WxdeskError):
            log.error("Unexpected in the window", exc_info=error)
        self.bar(f"error:{type(error).__name__}", explain(error), action=tr("Dismiss"))

    def bar(
        self,
        key: str,
        text: str,
        tone: str = "failed",
        action: str = "",
        then: Callable[[], None] | None = None,
        copy: str = "",
    ) -> None:
        """Show or change the bar `key`; an empty `text` removes it.

        `tone` is `failed` or `pending`. The action calls `then`; without one it removes the bar. `copy` is offered
        for the clipboard.
        """
        choices: list[BarAction] = []
        if copy:
            choices.append((tr("Copy {text}", text=" ".join(copy.split())), lambda: self._copy(copy)))
        if action:
            choices.append((action, then or (lambda: self.bars.remove(key))))
        self.bars.put(key, _shortened(text), tone, choices)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.toast(tr("Copied"))

    def confirm(self, title: str, text: str, action: str, then: Callable[[], None], destructive: bool = False) -> None:
        """Ask a question, and call `then` if the answer is yes; returns at once."""
        ConfirmDialog(self._host.window(), title, text, action, destructive=destructive).ask(then)


class NoticeBars(QWidget):
    """The bars, one below the other, each by its key; of many, only some are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._bars: dict[str, NoticeBar] = {}
        self._unfolded = False
        self._column = vbox(within=self, spacing=0)
        self.more = MoreBars(self)
        self.more.pressed.connect(self._turn)
        self._column.addWidget(self.more)
        self.hide()

    def put(self, key: str, text: str, tone: str, choices: Sequence[BarAction]) -> None:
        """Show, replace or (with an empty text) remove a bar."""
        old = self._bars.pop(key, None)
        if old is not None:
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        if text:
            bar = NoticeBar(self, text, tone, choices)
            self._bars[key] = bar
            self._column.insertWidget(self._column.count() - 1, bar)
            announce(self, text)
        self._fold()
        self.setVisible(bool(self._bars))

    def remove(self, key: str) -> None:
        """Remove a bar."""
        self.put(key, "", "", ())

    def texts(self) -> dict[str, str]:
        """Return the texts of all bars, by key."""
        return {key: bar.text for key, bar in self._bars.items()}

    def go_on(self) -> None:
        """Focus the first visible button; the next one, if one has the focus already."""
        rows: list[QWidget] = [*self._bars.values(), self.more]  # as they stand
        buttons = [one for row in rows for one in row.findChildren(QAbstractButton) if one.isVisible()]
        if buttons:
            at = next((at for at, one in enumerate(buttons) if one.hasFocus()), -1)
            buttons[(at + 1) % len(buttons)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._fold()

    def _fold(self) -> None:
        """Show all bars, or the failures and the newest, with the others counted below."""
        bars = list(self._bars.values())
        many = len(bars) > MOST_BARS
        self._unfolded = self._unfolded and many
        shown = bars
        if many and not self._unfolded:
            newest = bars[::-1]
            shown = sorted(newest, key=lambda bar: bar.tone != "failed")[: MOST_BARS - 1]
        for bar in bars:
            bar.setVisible(bar in shown)
        self.more.say(len(bars) - len(shown))
        self.more.setVisible(many)


class MoreBars(QFrame):
    """Row below the bars with the number of hidden ones and a button to show them.

    Signals:
        pressed: show all, or only some again.
    """

    pressed = Signal()

    def __init__(self, bars: NoticeBars) -> None:
        super().__init__(bars)
        self.setProperty("class", "bar-pending")
        self.button = Button(kind=ButtonKind.LINK, parent=self)
        self.button.clicked.connect(self.pressed)
        hbox(self.button, STRETCH, within=self, margins=(44, 2, 16, 2))

    def say(self, hidden: int) -> None:
        """Show the number of hidden bars."""
        words = ntr("{n} more notice", "{n} more notices", hidden) if hidden else tr("Show fewer")
        self.button.setText(words)


class NoticeBar(QFrame):
    """One sentence across the window, with its actions."""

    def __init__(self, bars: NoticeBars, text: str, tone: str, choices: Sequence[BarAction]) -> None:
        super().__init__(bars)
        self.text, self.tone = text, tone
        self.setProperty("class", f"bar-{tone}")
        self.setMinimumHeight(40)
        row = hbox(
            IconLabel("warning", tone, 18, self),
            (PlainLabel(text, role=tone, wrap=True, parent=self), 1),
            within=self,
            spacing=10,
            margins=(16, 4, 16, 4),
        )
        self._acts: dict[QObject, Callable[[], object]] = {}
        for word, act in choices:
            button = Button(word, kind=ButtonKind.QUIET, parent=self)
            button.clicked.connect(self._act)
            self._acts[button] = act
            row.addWidget(button)

    def _act(self) -> None:
        self._acts[self.sender()]()


class Toast(QFrame):
    """A passing message above the status bar, with an optional action.

    It takes no focus, and no clicks beside the action.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("class", "toast")
        self._then: Callable[[], None] | None = None
        self._label = PlainLabel(role="window", size=Size.BODY, wrap=True, parent=self)
        self.action = Button(kind=ButtonKind.LINK, parent=self)
        self.action.setProperty("class", "on-toast")
        self.action.clicked.connect(self.act)
        hbox((self._label, 1), self.action, within=self, spacing=GAP, margins=(16, 10, 16, 10))
        self._until = QTimer(self, singleShot=True)
        self._until.timeout.connect(self.hide)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        """Show `text` for a while, longer with an action."""
        self._label.setText(text)
        self.action.setText(action)
        self.action.setToolTip(f"{action} (F12)" if action else "")
        self.action.setVisible(bool(action))
        self._then = then
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not action)
        self._place()
        self.show()
        self.raise_()
        self._until.start(OFFER_MS if action else TOAST_MS)
        announce(self, tr("{text} {action}: F12", text=text, action=action) if action else text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        host = self._host
        beside = 32 + (self.action.sizeHint().width() + GAP if self.action.text() else 0)
        widest = min(560, host.width() - 48)
        wanted = self._label.fontMetrics().horizontalAdvance(self._label.full_text()) + 2 + beside
        width = max(120, min(widest, wanted))
        height = self._label.heightForWidth(width - beside) + 20
        bottom = host.height() - Measure.STATUS_BAR - 24
        self.setGeometry((host.width() - width) // 2, bottom - height, width, height)

    def act(self) -> bool:
        """Run the offered action; return False if there is none."""
        if self.isHidden() or self._then is None:
            return False
        then, self._then = self._then, None
        self.hide()
        then()
        return True


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader read `text` without moving the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
