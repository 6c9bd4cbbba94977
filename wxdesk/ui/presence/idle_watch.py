"""Watches use of the window, and reports it to the desk.

Event filters are on the windows and on the focused object, not on the whole application: there Python would
be called for every event of every widget.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QInputMethodEvent, QMouseEvent, QWindow
from shiboken6 import isValid

from wxdesk.core.presence import PresenceSignals
from wxdesk.ui.presence.screen_lock import ScreenLock
from wxdesk.ui.runtime.bridge import Bridge

LOOK_MS = 1000

_PRESSED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class PresenceWatch(QObject):
    """Knows the last key or mouse input, the screen lock, and the operator's choice.

    Times are those of the desk's clock, so that hours in which the machine slept count as idle.

    Signals:
        reported: the desk has received the report.
    """

    reported = Signal()

    def __init__(self, bridge: Bridge, parent: QObject, lock: ScreenLock | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._touched_at = bridge.desk.clock()
        self._pointer = QPointF(QCursor.pos())
        self._keyboard: QObject | None = None
        self._seen: PresenceSignals | None = None
        self.lock = lock or ScreenLock(self)
        self.lock.changed.connect(self._lock)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._follow_window)
            application.focusObjectChanged.connect(self._follow_keyboard)
            self._follow_window(application.focusWindow())
            self._follow_keyboard(application.focusObject())
        self._report(PresenceSignals())
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def seen(self) -> PresenceSignals:
        """The last report."""
        return self._seen or PresenceSignals()

    def set_away(self, away: bool) -> None:
        """Set the operator's own choice: away, or back; it holds until the next one."""
        self._touched_at = self._bridge.desk.clock()
        self._report(PresenceSignals(declared_away=away))

    def look(self) -> None:
        """Report idleness once nothing was touched for as long as the preferences say."""
        now, allowed = self._bridge.desk.clock(), self._bridge.desk.preferences.now.away
        self._touched_at = min(self._touched_at, now)  # the clock was put back
        idle_since = self._touched_at if now - self._touched_at >= allowed else None
        self._report(PresenceSignals(self.seen.declared_away, self.seen.locked, idle_since))

    def end(self) -> None:
        """Report that the window closes and nobody is there."""
        self._timer.stop()
        self.lock.changed.disconnect(self._lock)
        self._bridge.ask(self._bridge.desk.presence.report(None))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _PRESSED or (kind is QEvent.Type.MouseMove and self._moved(event)) or _composes(event):
            self._touch()
        return super().eventFilter(watched, event)

    def _touch(self) -> None:
        """Note input; a key that arrives here also means that the screen is unlocked."""
        self._touched_at = self._bridge.desk.clock()
        self._report(PresenceSignals(declared_away=self.seen.declared_away))

    def _moved(self, event: QEvent) -> bool:
        """Return False for a move to the same place, which changing windows can cause."""
        if not isinstance(event, QMouseEvent):
            return False
        before, self._pointer = self._pointer, event.globalPosition()
        return before != self._pointer

    def _lock(self, locked: bool) -> None:
        if not locked:
            self._touched_at = self._bridge.desk.clock()
        self._report(PresenceSignals(self.seen.declared_away, locked, self.seen.idle_since if locked else None))

    def _report(self, seen: PresenceSignals) -> None:
        if seen != self._seen:
            self._seen = seen
            self._bridge.ask(self._bridge.desk.presence.report(seen), self._reported)

    def _reported(self, _: object) -> None:
        self.reported.emit()

    def _follow_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _follow_keyboard(self, widget: QObject | None) -> None:
        """Watch the focused object too: input methods send text to it, past the window."""
        if self._keyboard is not None and isValid(self._keyboard) and not isinstance(self._keyboard, QWindow):
            self._keyboard.removeEventFilter(self)
        self._keyboard = widget
        if widget is not None:
            widget.installEventFilter(self)


def _composes(event: QEvent) -> bool:
    return isinstance(event, QInputMethodEvent) and bool(event.preeditString() or event.commitString())
