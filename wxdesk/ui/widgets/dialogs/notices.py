"""In-window notices: a toast, a bar that stays, or a question.

All messages to the operator go through here. One table decides by class which form an error gets.
"""

import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

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
from wxdesk.i18n import explain, tr
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notice_lines import BarAction, NoticeBar, NoticeBars, Toast

log = logging.getLogger(__name__)

LONGEST = 300
"""Characters of a notice that are shown; a foreign text must not fill the window."""

PASSING = (BadInput, ClaimedByColleague, MoveNotAllowed, NotFound, SendError, UnsettledReply)
"""Errors shown as a toast: the page still shows the state. Others get a bar."""


class Notices(QObject):
    """Shows toasts, bars and questions on `host`, usually the main window.

    Toast and bars lie over its foot, where they neither move nor cover a page; `place_all` alone places them.

    Signals:
        covered: True if a bar or the line below lies over the foot, so that its room is `room`.
    """

    covered = Signal(bool)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.bars = NoticeBars(host)
        self._toast = Toast(host)
        self._below: tuple[QWidget, ...] = ()
        self._room = self._alone = self._whole_foot
        self.bars.changed.connect(self.place_all)
        self._toast.changed.connect(self.place_all)
        host.installEventFilter(self)

    def use_room(self, room: Callable[[], QRect], alone: Callable[[], QRect], *below: QWidget) -> None:
        """Lie here in the foot, over the lines `below`; a toast `alone` has its own part."""
        self._room, self._alone, self._below = room, alone, below
        self.place_all()

    @property
    def lines(self) -> tuple[QWidget, ...]:
        """The lines that lie over the foot, the uppermost last."""
        return (*self._below, self.bars, self._toast)

    def place_all(self) -> None:
        """Place all in the room of now: a toast over the bars, and them over the rest."""
        lines = [line for line in (*self._below, self.bars) if not line.isHidden()]
        self.covered.emit(bool(lines))  # first, as the room may be another then
        room = self._room() if lines else self._alone()
        taken = self._toast.lie_in(room, over_bar=bool(lines))
        for line in self._below:
            line.setGeometry(room.adjusted(taken, 0, 0, 0))
        self.bars.lie_in(room, taken)
        for line in self.lines:
            line.raise_()

    def cover(self, one: QWidget) -> bool:
        """Return True if a line lies over a part of the window."""
        at = one.mapTo(self._host, one.rect().center())
        over = [line for line in self.lines if line.isVisible() and line.geometry().contains(at)]
        return any(not line.isAncestorOf(one) for line in over)

    def _whole_foot(self) -> QRect:
        return QRect(0, self._host.height() - Measure.STATUS_BAR, self._host.width(), Measure.STATUS_BAR)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.place_all()
        return super().eventFilter(watched, event)

    def toast(self, text: str, _: object = None) -> None:
        """Show a passing message; the next one replaces it.

        What the desk answered may be given as well, so that this can be what follows a call.
        """
        self._toast.say(_shortened(text))

    def offer(self, text: str, action: str, then: Callable[[], object], _: object = None) -> None:
        """Show a passing message with an action while it is visible; see `toast`."""
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

    def report_old(self, error: Exception) -> None:
        """Show an error of what the operator did not ask for; no reply has failed."""
        if type(error) is StoreError:
            self.toast(tr("What is shown may be old: {reason}.", reason=explain(error)))
        else:
            self.report(error)

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


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
