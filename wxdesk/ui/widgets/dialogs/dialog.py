"""Dialogs that never block the loop: they open, and call back when closed.

A nested event loop would lose the wake-up of everything else on the window's loop, and Qt's own message box
guesses rich text; so there is no `exec` and no message box in this program.
"""

import logging
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.core.errors import WxdeskError
from wxdesk.i18n import explain_reason, tr
from wxdesk.ui.look.keys import own_key, sequence
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, BoxPart, ColumnScroll, Frame, extend, hbox, order_tabs, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

log = logging.getLogger(__name__)

WIDTH = 420

ALWAYS = ("F8", "F9")
"""Keys that work in every dialog too: pause all replies, and silence the sound."""


class Dialog(QDialog):
    """Base of every dialog: modal, and gone once closed.

    It passes the `ALWAYS` keys on to its window.
    """

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setModal(True)
        for key in ALWAYS:
            shortcut = QShortcut(sequence(own_key(key)), self, autoRepeat=False)
            shortcut.activated.connect(partial(self._hand_on, shortcut.key()))

    def _fit_into_window(self, width: int, height: int) -> None:
        """Take this size, or what the window below has room for."""
        parent = self.parentWidget()
        room = QSize(width, height) if parent is None else parent.window().size() - QSize(48, 48)
        self.resize(QSize(width, height).boundedTo(room))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        order_tabs(self)
        return super().focusNextPrevChild(forward)

    def _hand_on(self, key: QKeySequence) -> None:
        """Press the key in the window below, which may be a dialog as well."""
        parent = self.parentWidget()
        below = [] if parent is None else parent.window().findChildren(QShortcut, options=_OWN)
        for shortcut in below:
            if shortcut.key() == key:
                shortcut.activated.emit()


_OWN = Qt.FindChildOption.FindDirectChildrenOnly


class NarrowDialog(Dialog):
    """Dialog of one column: a title, texts and fields, and its buttons at the foot."""

    def _lay_out(self, title: str, *parts: BoxPart) -> None:
        heading = PlainLabel(title, size=Size.TITLE, strong=True, wrap=True, parent=self)
        self.setFixedWidth(WIDTH)
        self._column = vbox(heading, *parts, within=self, spacing=12, margins=(24, 20, 24, 20))
        self._fit()

    def _choices(self, action: str, agree: Callable[[], None], *, destructive: bool) -> QHBoxLayout:
        """Make the buttons; Enter alone never does what destroys something."""
        self.cancel = Button(tr("Cancel"), parent=self, then=self.reject)
        kind = ButtonKind.DANGER if destructive else ButtonKind.PRIMARY
        self.action = Button(action, kind=kind, parent=self, then=agree)
        (self.cancel if destructive else self.action).setDefault(True)
        return hbox(STRETCH, self.cancel, self.action, spacing=8)

    def _fit(self) -> None:
        """Take the height that the wrapped texts need; their own hints know no width."""
        self.setFixedHeight(self._column.totalHeightForWidth(WIDTH))


class ConfirmDialog(NarrowDialog):
    """Asks before an action; `then` is called only if the operator agrees.

    Cancel has the focus where the action destroys something, so that Enter alone never does. A `field` under the
    question has it where there is one.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        action: str,
        *,
        destructive: bool = False,
        field: QWidget | None = None,
    ) -> None:
        super().__init__(parent, title)
        buttons = self._choices(action, self.accept, destructive=destructive)
        self.text = PlainLabel(text, role="secondary", wrap=True, parent=self)
        self.text.setVisible(bool(text))
        self._lay_out(title, self.text, field, 4, buttons)
        (field or (self.cancel if destructive else self.action)).setFocus()

    def ask(self, then: Callable[[], None]) -> None:
        """Show the question; returns at once."""
        self.accepted.connect(partial(then))  # as it is: Qt would call what overrides a base's method
        self.open()

    def interrupt(self) -> None:
        """Show a question that nobody opened: what is being typed does not answer it."""
        self.setEnabled(False)
        QTimer.singleShot(1000, self, self._take_answers)  # time to notice it
        self.open()

    def _take_answers(self) -> None:
        self.setEnabled(True)
        (self.cancel if self.cancel.isDefault() else self.action).setFocus()


DISCARDED = 2
"""Result of the dialog besides Qt's own two: neither accepted nor rejected."""


class LeaveDialog(NarrowDialog):
    """Dialog with save, discard and stay; Enter alone stays, so nothing is lost.

    `why` says why the changes cannot be saved as they are; empty where they can.
    """

    def __init__(self, parent: QWidget, name: str, why: str = "") -> None:
        super().__init__(parent, tr("Unsaved changes"))
        self.stay = Button(tr("Stay"), parent=self, then=self.reject)
        self.discard = Button(tr("Discard"), kind=ButtonKind.DANGER, parent=self, then=partial(self.done, DISCARDED))
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self, then=self.accept)
        self.save.setEnabled(not why)
        text = why or tr("What you wrote is not used until it is saved.")
        words = PlainLabel(text, role="failed" if why else "secondary", wrap=True, parent=self)
        buttons = hbox(self.discard, STRETCH, self.stay, self.save, spacing=8)
        self._lay_out(tr("Save the changes to “{name}”?", name=name), words, 4, buttons)
        self.stay.setDefault(True)
        self.stay.setFocus()

    def ask(self, save: Callable[[], None], discard: Callable[[], None], stay: Callable[[], None]) -> None:
        """Show the question; returns at once."""
        for answered, act in ((self.accepted, save), (self.rejected, stay), (self.discard.clicked, discard)):
            answered.connect(partial(act))  # as `ConfirmDialog` does
        self.open()


class AgreementDialog(NarrowDialog):
    """Asks before an action, and stays until that is done, or says why it was not.

    `body` has the fields between the text and the buttons.
    """

    def __init__(
        self, title: str, text: str, action: str, parent: QWidget | None, *, destructive: bool = False
    ) -> None:
        super().__init__(parent, title)
        self.text = PlainLabel(text, role="secondary", wrap=True, parent=self)
        self.error = PlainLabel(role="failed", wrap=True, parent=self)
        self.error.hide()
        self.body: QVBoxLayout = vbox(spacing=12)
        buttons = self._choices(action, self._agree, destructive=destructive)
        self._lay_out(title, self.text, self.body, self.error, 4, buttons)

    def when_agreed[T](
        self, bridge: Bridge, work: Callable[[], Coroutine[Any, Any, T]], done: Callable[[T], None] | None = None
    ) -> None:
        """Let the desk do `work` once the operator agrees; then close, and call `done`."""
        self._bridge, self._work = bridge, work
        self._then: Callable[[Any], None] | None = done

    def ask[T](
        self, bridge: Bridge, work: Callable[[], Coroutine[Any, Any, T]], done: Callable[[T], None] | None = None
    ) -> None:
        """Show the question for `work`, as `when_agreed` takes it; returns at once."""
        self.when_agreed(bridge, work, done)
        self.open()

    def show_error(self, reason: str) -> None:
        """Show why it could not be done, and let the operator try again."""
        self.error.show_if_any(reason)
        self._hold(held=False)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def reject(self) -> None:
        """Close it, unless the desk works: its answer would be lost."""
        if self.cancel.isEnabled():
            super().reject()

    def _hold(self, *, held: bool) -> None:
        for button in (self.action, self.cancel):
            button.setEnabled(not held)

    def _agree(self) -> None:
        self._hold(held=True)
        self._bridge.ask(self._work(), self._succeed, self._refuse, once=self)

    def _succeed(self, answer: object) -> None:
        self.accept()
        if self._then is not None:
            self._then(answer)

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, WxdeskError):
            log.error("Unexpected in the window", exc_info=error)
        self.show_error(explain_reason(error))


LEGEND_WIDTH = 480


class Legend(Dialog):
    """Names with their meanings, one below the other."""

    def __init__(self, title: str, entries: Iterable[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent.window(), title)
        content = Frame("panel")
        head = PlainLabel(title, size=Size.TITLE, strong=True)
        column = vbox(head, 8, within=content, spacing=2, margins=(24, 20, 24, 20))
        for name, meaning in entries:
            extend(column, PlainLabel(name, strong=True), PlainLabel(meaning, role="secondary", wrap=True), 8)
        scroll = ColumnScroll(self, content)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        self.away = Button(tr("Close"), key_hint="Esc", parent=self, then=self.reject)
        foot = hbox(STRETCH, self.away, margins=(24, 8, 24, 16))
        vbox((scroll, 1), foot, within=self, spacing=0)
        self._fit_into_window(LEGEND_WIDTH, column.totalHeightForWidth(LEGEND_WIDTH) + foot.sizeHint().height())
