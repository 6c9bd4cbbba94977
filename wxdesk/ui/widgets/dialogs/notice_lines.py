"""Lines at the foot of the window: a passing toast, and bars that stay."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QWidget
from shiboken6 import isValid

from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import Frame, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, announce, key_name

TOAST_MS, OFFER_MS = 5000, 10_000
_GAP = 8
_FOR_BARS = 320
"""Pixels of the foot that a toast leaves to the buttons and first words of a bar."""

type BarAction = tuple[str, Callable[[], object]]
"""The text of a button, and the action it runs."""


class Toast(Frame):
    """A passing message, perhaps with an action.

    Signals:
        changed: it is shown or gone; `lie_in` has to follow.
    """

    changed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__("toast", host)
        self._then: Callable[[], object] | None = None
        self._label = PlainLabel(role="window", size=Size.BODY, elide=True, parent=self)
        self.action = Button(kind=ButtonKind.LINK, parent=self, then=self.act)
        self.action.setProperty("class", "on-toast")
        self._whole = PlainLabel(role="window", wrap=True, parent=self)
        hbox((self._label, 1), (self._whole, 1), self.action, within=self, spacing=16, margins=(16, 0, 16, 0))
        self._until = QTimer(self, singleShot=True)
        self._until.timeout.connect(self._end)
        self.hide()

    def say(self, text: str, action: str = "", then: Callable[[], object] | None = None) -> None:
        """Show `text` for a while, longer with an action."""
        self._label.setText(text)
        self._whole.setText(text)
        self.action.setText(action)
        self.action.setToolTip(f"{action} ({key_name('F12')})" if action else "")
        self.action.setVisible(bool(action))
        self._then = then
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not action)
        self.show()
        self.changed.emit()
        self._until.start(OFFER_MS if action else TOAST_MS)
        announce(self, tr("{text} {action}: F12", text=text, action=action) if action else text)

    def lie_in(self, line: QRect, *, over_bar: bool) -> int:
        """Lie at the left of this part of the foot; return the pixels taken of it.

        It is as wide as its text. Over a bar it covers words and none of its buttons; a long one without action
        rises over the page.
        """
        if self.isHidden():
            return 0
        room = line.width() - (min(_FOR_BARS, line.width() // 2) if over_bar else 0)
        wanted = self._label.sizeHint().width() + 48 + (self.action.sizeHint().width() if self._then else 0)
        rises = wanted > room and self._then is None
        self._label.setVisible(not rises)
        self._whole.setVisible(rises)
        place = QRect(line)
        place.setWidth(min(wanted, line.width() if rises else room))
        if rises:
            place.setTop(place.bottom() - self._whole.heightForWidth(place.width() - 32) - 10)
            place.moveBottom(line.top() if over_bar else line.bottom())
        self.setGeometry(place.adjusted(0, 1, 0, -1))
        return 0 if rises else place.width()

    def _end(self) -> None:
        self.hide()
        self.changed.emit()

    def act(self) -> bool:
        """Run the offered action; return False if there is none."""
        if self.isHidden() or self._then is None:
            return False
        then, self._then = self._then, None
        self._end()
        then()
        return True


class NoticeBars(QFrame):
    """The bars, each by its key: the gravest in one line, or all of them unfolded.

    Signals:
        changed: bars or the keyboard came or went, or they were folded or unfolded; `lie_in` has to follow.
    """

    changed = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._bars: dict[str, NoticeBar] = {}
        self._put_away: dict[str, str] = {}
        self._unfolded = False
        self._before: QWidget | None = None  # it had the keyboard when a key led to the bars
        self._column = vbox(within=self, spacing=0)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self.changed)

    def put(self, key: str, bar: "NoticeBar | None") -> None:
        """Show or replace a bar; None removes it. One that says the same is no newer."""
        old = self._bars.get(key)
        leaves = old is not None and old.has_keyboard
        if old is not None:
            if bar is None or bar.text != old.text:
                del self._bars[key]
            discard(old)
        if bar is not None:
            self._bars[key] = bar
            bar.more.clicked.connect(self._turn)
            announce(self, bar.text)
        elif len(self._bars) <= 1:
            self._unfolded = False  # nothing else is left to see, and the foot is free again
        self.setVisible(bool(self._bars))
        self.changed.emit()
        heirs = next(iter(bar.acts)) if bar is not None else None, self._before
        heir = next((one for one in heirs if one is not None and isValid(one) and one.isVisible()), None)
        if leaves and heir is not None:
            heir.setFocus()

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
            self._before = self._before if at >= 0 else self._host.focusWidget()
            buttons[(at + 1) % len(buttons)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self.changed.emit()

    def lie_in(self, room: QRect, taken: int) -> None:
        """Lie in this part of the foot, beside the pixels at the left `taken` by a toast.

        The bar that has the keyboard, or else the gravest and newest, is shown alone. Unfolded, all are, that one last:
        from the foot, or from above the toast, upwards over the page.
        """
        place = room.adjusted(taken, 0, 0, 0)
        bars = sorted(self._bars.values(), key=lambda bar: (bar.has_keyboard, bar.tone == "failed"))
        for bar in bars:
            self._column.addWidget(bar)
            bar.show_folded(not self._unfolded, len(bars) - 1 if bar is bars[-1] else None, place.width())
            bar.setVisible(self._unfolded or bar is bars[-1])
        if self._unfolded:
            place = QRect(room)
            place.setRight(self._host.width() - 1)
            place.moveBottom(room.bottom() - (room.height() if taken else 0))
            place.setTop(max(0, place.bottom() + 1 - self._column.totalHeightForWidth(place.width())))
        self.setGeometry(place)


class NoticeBar(Frame):
    """One sentence with its actions, and a button that closes it."""

    def __init__(self, host: QWidget, text: str, tone: str, choices: Sequence[BarAction], close: BarAction) -> None:
        super().__init__(f"bar-{tone}", host)
        self.text, self.tone = text, tone
        self.setAccessibleName(text)
        self._line = PlainLabel(text, role=tone, elide=True, parent=self)
        self._whole = PlainLabel(text, role=tone, wrap=True, parent=self)
        self.more = Button(kind=ButtonKind.LINK, parent=self)
        icon = IconLabel("warning", tone, 16, self)
        row = hbox(icon, (self._line, 1), (self._whole, 1), self.more, within=self, spacing=_GAP, margins=(14, 1, 6, 1))
        self.acts: dict[QAbstractButton, Callable[[], object]] = {}
        for word, act in choices:
            button = Button(word, parent=self)
            button.setProperty("class", "small")
            self.acts[button] = act
        self.close_button = SmallButton("close", close[0], self)
        self.acts[self.close_button] = close[1]
        for one in self.acts:
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where somebody writes
            one.clicked.connect(self._act)
            row.addWidget(one)

    @property
    def has_keyboard(self) -> bool:
        """True while one of its buttons has the keyboard."""
        return any(one.hasFocus() for one in (self.more, *self.acts))

    def show_folded(self, folded: bool, others: int | None, width: int) -> None:
        """Show one line of it, `width` pixels wide, or all.

        Its button shows the `others`, or the rest of the line; None: another bar has it.
        """
        self._line.setVisible(folded)
        self._whole.setVisible(not folded)
        room = width if self.more.isHidden() else width + self.more.sizeHint().width() + _GAP
        cut = self.sizeHint().width() > room  # not by hiding it first, which would take the keyboard from it
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
