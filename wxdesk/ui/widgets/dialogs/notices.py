"""In-window notices: a toast, a bar that stays, or a question.

All messages to the operator go through here. One table decides by class which form an error gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from wxdesk.core.errors import (
    BadInput,
    ClaimedByColleague,
    MoveNotAllowed,
    NotFound,
    SendError,
    StoreError,
    UnsettledReply,
    WxdeskError,
)
from wxdesk.i18n import explain, ntr, tr
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, announce, key_name

log = logging.getLogger(__name__)

TOAST_MS, OFFER_MS = 5000, 10_000
_FOR_BARS = 320
"""Pixels of the foot that a toast leaves to the buttons and first words of a bar."""
LONGEST = 300
"""Characters of a notice that are shown; a foreign text must not fill the window."""

type BarAction = tuple[str, Callable[[], None]]
"""The text of a button, and the action it runs."""

PASSING = (BadInput, ClaimedByColleague, MoveNotAllowed, NotFound, SendError, UnsettledReply)
"""Errors shown as a toast: the page still shows the state. Others get a bar."""


class Notices(QObject):
    """Shows toasts, bars and questions on `host`, usually the main window.

    Toast and bars share one line at its foot, where a toast covers nothing that can be pressed.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.bars = NoticeBars(host)
        self._under: list[FootLine] = [self.bars]
        self._toast = Toast(host, self._under)
        self.bars.placed.connect(self._toast.place)

    def use_room(self, room: Callable[[], QRect], alone: Callable[[], QRect], *under: FootLine) -> None:
        """Lie in this part of the foot over other lines; a toast `alone` has its own."""
        self._under[:0] = under
        for line in self._under:
            line.room = room
        self._toast.room = alone
        self.settle()

    def settle(self) -> None:
        """Lie in the room as it is now, a toast over the bars and they over another line."""
        for line in (*self._under, self._toast):
            line.place()
            line.raise_()

    def toast(self, text: str, _: object = None) -> None:
        """Show a passing message; the next one replaces it.

        What the desk answered may be given as well, so that this can be what follows a call.
        """
        self._toast.say(_shortened(text))

    def offer(self, text: str, action: str, then: Callable[[], None]) -> None:
        """Show a passing message with an action while it is visible."""
        self._toast.say(_shortened(text), action, then)

    def act(self) -> None:
        """Run the action of the toast, or focus the bars' next button; F12 reaches it."""
        if not self._toast.act():
            self.bars.go_on()

    def report(self, error: Exception) -> None:
        """Show an error; a foreign one is logged instead of quoted."""
        if isinstance(error, PASSING):
            self.toast(explain(error))
        elif type(error) is StoreError:  # that it cannot be reached has a bar of its own, as long as that lasts
            self.toast(tr("This could not be done: {reason}.", reason=explain(error)))
        else:
            if not isinstance(error, WxdeskError):
                log.error("Unexpected in the window", exc_info=error)
            self.bar(f"error:{type(error).__name__}", explain(error))

    def bar(  # noqa: PLR0913 - each by its name
        self,
        key: str,
        text: str,
        tone: str = "failed",
        action: str = "",
        then: Callable[[], None] | None = None,
        copy: str = "",
        away: Callable[[], None] | None = None,
        lasting: bool = False,
    ) -> None:
        """Show or change the bar `key`; an empty `text` removes it.

        `tone` is `failed` or `pending`. The action calls `then`. `copy` is offered for the clipboard. When the
        operator closes it, `away` is called; a `lasting` one stays closed until its text is another.
        """
        text = _shortened(text)
        if self.bars.is_put_away(key, text) or not text:
            self.bars.put(key, None)
            return
        choices: list[BarAction] = []
        if copy:
            choices.append((tr("Copy {text}", text=" ".join(copy.split())), lambda: self._copy(copy)))
        if action and then is not None:
            choices.append((action, then))

        def close() -> None:
            self.bars.put_away(key, lasting=lasting)
            if away is not None:
                away()

        self.bars.put(key, NoticeBar(self.bars, text, tone, choices, (tr("Close"), close)))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.toast(tr("Copied"))

    def confirm(self, title: str, text: str, action: str, then: Callable[[], None]) -> None:
        """Ask a question, and call `then` if the answer is yes; returns at once."""
        ConfirmDialog(self._host.window(), title, text, action).ask(then)

    def warn(self, words: str, title: str, action: str, then: Callable[[], None]) -> None:
        """Call `then`; confirm it first where there are `words` of warning."""
        if words:
            self.confirm(title, words, action, then)
        else:
            then()


class WindowBridge(Bridge):
    """Bridge of a window, by which its pages also reach the operator."""

    notices: Notices
    """Set by the window, before it makes its pages."""


class FootLine(QFrame):
    """One line over the foot of the host, which neither moves nor covers a page.

    `room` is where it lies, in the host's coordinates; the whole foot, until the window names a part of it.
    """

    given = 0  # pixels of it, from the left, that a toast has meanwhile

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.room: Callable[[], QRect] = self._whole_foot
        host.installEventFilter(self)
        self.hide()

    def _whole_foot(self) -> QRect:
        return QRect(0, self._host.height() - Measure.STATUS_BAR, self._host.width(), Measure.STATUS_BAR)

    def give(self, width: int) -> None:
        """Leave so much at the left to a toast."""
        if width != self.given:
            self.given = width
            self.place()

    def beside(self) -> QRect:
        """Return what a toast leaves of the room."""
        return self.room().adjusted(self.given, 0, 0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Lie where there is room now."""
        self.setGeometry(self.beside())


class NoticeBars(FootLine):
    """The bars, each by its key: the gravest in one line, or all of them unfolded.

    Signals:
        placed: they lie elsewhere, or are gone.
    """

    placed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._bars: dict[str, NoticeBar] = {}
        self._put_away: dict[str, str] = {}
        self._unfolded = False
        self._column = vbox(within=self, spacing=0)

    def put(self, key: str, bar: NoticeBar | None) -> None:
        """Show or replace a bar; None removes it. One that says the same is no newer."""
        old = self._bars.get(key)
        if old is not None:
            if bar is None or bar.text != old.text:
                del self._bars[key]
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        if bar is not None:
            self._bars[key] = bar
            bar.more.clicked.connect(self._turn)
            announce(self, bar.text)
        elif len(self._bars) == 1:
            self._unfolded = False  # nothing else is left to see, and the foot is free again
        self.place()

    def put_away(self, key: str, *, lasting: bool) -> None:
        """Remove a closed bar; a `lasting` one comes back only with another text."""
        if lasting:
            self._put_away[key] = self._bars[key].text
        self.put(key, None)

    def is_put_away(self, key: str, text: str) -> bool:
        """Return True if a lasting notice was closed with this text."""
        if self._put_away.get(key) == text:
            return True
        self._put_away.pop(key, None)
        return False

    def texts(self) -> dict[str, str]:
        """Return the texts of all bars, by key."""
        return {key: bar.text for key, bar in self._bars.items()}

    def button(self, key: str) -> QAbstractButton:
        """Return the first button of a bar, over which its menu opens."""
        return next(iter(self._bars[key].acts))

    def go_on(self) -> None:
        """Focus the first visible button; the next one, if one has the focus already."""
        rows = sorted(self._bars.values(), key=lambda bar: bar.y())
        buttons = [one for row in rows for one in row.findChildren(QAbstractButton) if one.isVisible()]
        if buttons:
            at = next((at for at, one in enumerate(buttons) if one.hasFocus()), -1)
            buttons[(at + 1) % len(buttons)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _area(self) -> QRect:
        """Return the foot; unfolded, from there upwards over the page, and above a toast."""
        if not self._unfolded:
            return self.beside()
        room = self.room()
        room.setRight(self._host.width() - 1)
        room.moveBottom(room.bottom() - (room.height() if self.given else 0))
        room.setTop(max(0, room.bottom() + 1 - self._column.totalHeightForWidth(room.width())))
        return room

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self.place()

    def place(self) -> None:
        """Show the gravest and newest bar alone, or all of them, that one last."""
        bars = sorted(self._bars.values(), key=lambda bar: bar.tone == "failed")
        self._unfolded = self._unfolded and bool(bars)
        for bar in bars:
            self._column.addWidget(bar)
            bar.show_folded(not self._unfolded, len(bars) - 1 if bar is bars[-1] else None, self.beside().width())
            bar.setVisible(self._unfolded or bar is bars[-1])
        self.setVisible(bool(bars))
        if bars:
            self.setGeometry(self._area())
            self.raise_()
        self.placed.emit()


class NoticeBar(QFrame):
    """One sentence with its actions, and a button that closes it."""

    def __init__(self, host: QWidget, text: str, tone: str, choices: Sequence[BarAction], close: BarAction) -> None:
        super().__init__(host)
        self.text, self.tone = text, tone
        self.setProperty("class", f"bar-{tone}")
        self._line = PlainLabel(text, role=tone, elide=True, parent=self)
        self._whole = PlainLabel(text, role=tone, wrap=True, parent=self)
        self.more = Button(kind=ButtonKind.LINK, parent=self)
        icon = IconLabel("warning", tone, 16, self)
        row = hbox(icon, (self._line, 1), (self._whole, 1), self.more, within=self, spacing=8, margins=(14, 1, 6, 1))
        self.acts: dict[QAbstractButton, Callable[[], object]] = {}
        for word, act in choices:
            button = Button(word, parent=self)
            button.setProperty("class", "small")
            self.acts[button] = act
        self.close_button = SmallButton("close", close[0], self)
        self.acts[self.close_button] = close[1]
        for one in self.acts:
            one.clicked.connect(self._act)
            row.addWidget(one)

    def show_folded(self, folded: bool, others: int | None, width: int) -> None:
        """Show one line of it, `width` pixels wide, or all.

        Its button shows the `others`, or the rest of the line; None: another bar has it.
        """
        self._line.setVisible(folded)
        self._whole.setVisible(not folded)
        self.more.hide()
        cut = self.sizeHint().width() > width
        self.more.setVisible(others is not None and bool(others or cut or not folded))
        said = ntr("{n} more notice", "{n} more notices", others) if others else tr("Read it all")
        said = said if folded else tr("Fold")
        for say in (self.more.setText, self.more.setAccessibleName, self.more.setToolTip):
            say(said)
        if others and folded and self.sizeHint().width() > width:
            self.more.setText(f"+{others}")

    def _act(self) -> None:
        pressed = self.sender()
        if isinstance(pressed, QAbstractButton):
            self.acts[pressed]()


class Toast(FootLine):
    """A passing message over the lines `under` it; a long one without action rises."""

    def __init__(self, host: QWidget, under: Sequence[FootLine]) -> None:
        super().__init__(host)
        self._under = under
        self.setProperty("class", "toast")
        self._then: Callable[[], None] | None = None
        self._label = PlainLabel(role="window", size=Size.BODY, elide=True, parent=self)
        self.action = Button(kind=ButtonKind.LINK, parent=self, then=self.act)
        self.action.setProperty("class", "on-toast")
        self._whole = PlainLabel(role="window", wrap=True, parent=self)
        hbox((self._label, 1), (self._whole, 1), self.action, within=self, spacing=16, margins=(16, 0, 16, 0))
        self._until = QTimer(self, singleShot=True)
        self._until.timeout.connect(self._end)

    def say(self, text: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        """Show `text` for a while, longer with an action."""
        self._label.setText(text)
        self._whole.setText(text)
        self.action.setText(action)
        self.action.setToolTip(f"{action} ({key_name('F12')})" if action else "")
        self.action.setVisible(bool(action))
        self._then = then
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not action)
        self.show()
        self.place()
        self._until.start(OFFER_MS if action else TOAST_MS)
        announce(self, tr("{text} {action}: F12", text=text, action=action) if action else text)

    def place(self) -> None:
        """Be as wide as the text, over the words of a bar but none of its buttons."""
        bars = [one for one in self._under if not one.isHidden()]
        line = bars[0].room() if bars else self.room()
        room = line.adjusted(0, 0, -min(_FOR_BARS, line.width() // 2), 0) if bars else QRect(line)
        beside = 48 + (self.action.sizeHint().width() if self.action.text() else 0)
        wanted = 0 if self.isHidden() else self._label.sizeHint().width() + beside
        rises = wanted > room.width() and self._then is None
        room.setWidth(min(wanted, line.width() if rises else room.width()))
        self._label.setVisible(not rises)
        self._whole.setVisible(rises)
        if rises:
            room.setTop(room.bottom() - self._whole.heightForWidth(room.width() - 32) - 10)
            room.moveBottom(line.top() if bars else line.bottom())
        self.setGeometry(room.adjusted(0, 1, 0, -1))
        self.raise_()
        for one in self._under:
            one.give(0 if rises else room.width())

    def _end(self) -> None:
        self.hide()
        self.place()

    def act(self) -> bool:
        """Run the offered action; return False if there is none."""
        if self.isHidden() or self._then is None:
            return False
        then, self._then = self._then, None
        self._end()
        then()
        return True


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
