"""The operator's presence in the window: watched, switched, and shown in a bar."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QInputMethodEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ConversationChanged, PreferencesChanged, PresenceChanged, TakeoverChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.presence import AwayReason, PresenceSignals, PresenceState
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.i18n import ntr, tr
from wxdesk.ui.presence.screen_lock import ScreenLock
from wxdesk.ui.runtime.debounce import VisibleTick
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fitting_label import StatusDot
from wxdesk.ui.widgets.menu_button import offer_above
from wxdesk.ui.wording.hold_reasons import colleagues_among
from wxdesk.ui.wording.times import clock_time

LOOK_MS = 1000

_PRESSED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,  # a shortcut's key is never pressed for the window or the focused object
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class PresenceWatch(QObject):
    """Knows the last key or mouse input, the screen lock, and the operator's choice.

    Event filters are on the windows and on the focused object, not on the whole application: there Python would
    be called for every event of every widget.

    Times are those of the desk's clock, so that hours in which the machine slept count as idle. `reported` is called
    when the desk has received a report.

    Signals:
        touched: a key was pressed, or the mouse was used.
    """

    touched = Signal()

    def __init__(
        self, bridge: WindowBridge, parent: QObject, reported: Callable[[], None], lock: ScreenLock | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._reported = bridge, reported
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
        self._timer.timeout.connect(self.check_idle)
        self._timer.start()

    @property
    def seen(self) -> PresenceSignals:
        """The last report."""
        return self._seen or PresenceSignals()

    def set_away(self, away: bool) -> None:
        """Set the operator's own choice: away, or back; it holds until the next one."""
        self._touched_at = self._bridge.desk.clock()
        self._report(PresenceSignals(declared_away=away))

    def check_idle(self) -> None:
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
        self.touched.emit()

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
            self._bridge.ask(self._bridge.desk.presence.report(seen), lambda _: self._reported())

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


TAKEOVER_BAR = "presence:yours"


class LeaveReminder(QObject):
    """A bar while nobody is at the desk and takeovers without an end are in force."""

    def __init__(self, bridge: WindowBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._text = self._whose = ""
        self._refresher = Refresher(bridge, bridge.desk.takeovers.endless, self._show, self)
        bridge.follow(self, self._update, PresenceChanged, TakeoverChanged, ConversationChanged, PreferencesChanged)

    def _update(self) -> None:
        if not self._bridge.desk.presence.now.away:
            self._show_bar("")
        else:
            self._refresher.ask()

    def _show(self, endless: Sequence[Conversation]) -> None:
        desk = self._bridge.desk
        if not endless or not desk.presence.now.away:
            self._show_bar("")
            return
        self._whose = colleagues_among((one.claimed_by for one in endless), desk.me)
        one = "{n} conversation is left to people while you are away: automatic replies keep quiet there."
        many = "{n} conversations are left to people while you are away: automatic replies keep quiet there."
        words = ntr(one, many, len(endless))
        at = handed_back_at(desk.presence.now, desk.preferences.now.hand_back_minutes)
        if at is not None and at > desk.clock():
            words = tr("{words} They go back by themselves at {time}.", words=words, time=clock_time(at))
        self._show_bar(words)

    def _show_bar(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._bridge.notices.bar(
                TAKEOVER_BAR, text, tone="pending", action=tr("Hand them back"), then=self._hand_back, lasting=True
            )

    def _hand_back(self) -> None:
        back, title = self._bridge.desk.takeovers.hand_back_endless, tr("Hand all of them back?")
        self._bridge.notices.warn(self._whose, title, tr("Hand them back"), lambda: self._bridge.ask(back()))


class PresenceChip(QWidget):
    """Shows the operator's presence, and lets the operator change it.

    Signals:
        said: True for away, False for at the desk.
    """

    said = Signal(bool)

    def __init__(self, at_desk: PresenceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp = StatusDot(self, tabular=True)
        self.button = SmallButton("person", tr("Who is at the desk"), self, then=self._choose)
        hbox(self.lamp, self.button, within=self, spacing=4)
        self.show_presence(at_desk)

    def show_presence(self, at_desk: PresenceState, quiet_until: str = "") -> None:
        """Show the current presence; of who is present, also the end of the quiet hours."""
        self._at_desk = at_desk
        words = presence_sentence(at_desk)
        if at_desk.away:
            since = tr("Away since {time}", time=clock_time(at_desk.since))
            self.lamp.show_state("pending", since, words, short=tr("Away"))
        else:
            about = tr("Neither sound nor notices on the desktop until {time}, as the settings say", time=quiet_until)
            self.lamp.show_state("secondary", tr("Do not disturb") if quiet_until else "", about)
        self.button.setToolTip(words)
        self.button.setAccessibleName(words)

    def _choose(self) -> None:
        now = self._at_desk
        here = (tr("I am at the desk"), False, not now.away)
        away = (tr("I am away until I say otherwise"), True, now.reason is AwayReason.SAID)
        offer_above(self.button, tr("Who is at the desk"), (here, away), self.said.emit)


def presence_sentence(at_desk: PresenceState) -> str:
    """Return the presence, the reason for it, and the key that changes it."""
    time = clock_time(at_desk.since)
    match at_desk.reason:
        case None:
            return tr("You are at the desk. F10: I am away")
        case AwayReason.SAID:
            return tr("You said at {time} that you are away. F10: I am back", time=time)
        case AwayReason.LOCKED:
            return tr("Nobody has been at the desk since {time}: the screen is locked", time=time)
        case AwayReason.IDLE:
            return tr("Nobody has been at the desk since {time}: no key or mouse in this window", time=time)
        case AwayReason.NO_WINDOW:
            return tr("Nobody is at the desk: no window is open")


BAR = "presence:away"


class OperatorPresence(QObject):
    """Shows the desk's presence, which rules go by, not the operator's last choice."""

    def __init__(self, bridge: WindowBridge, chip: PresenceChip, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._chip = chip
        # A new window is not on the bus yet when it reports for the first time.
        self.watch = PresenceWatch(bridge, self, self._show)
        LeaveReminder(bridge, self)
        chip.said.connect(self.watch.set_away)
        bridge.follow(self, self._show, PresenceChanged)
        VisibleTick(chip.window(), self._show_chip)  # quiet hours begin and end by themselves

    def toggle(self) -> None:
        """Switch between away and back."""
        self.watch.set_away(not self.watch.seen.declared_away)

    def _show_chip(self) -> None:
        desk = self._bridge.desk
        own = desk.preferences.now
        is_quiet = own.at(desk.clock().astimezone().hour) is not own
        self._chip.show_presence(desk.presence.now, f"{own.quiet_until:02}:00" if is_quiet else "")

    def _show(self) -> None:
        self._show_chip()
        at_desk = self._bridge.desk.presence.now
        words = "You have been away since {time}. Until you say that you are back, rules count nobody at the desk."
        text = tr(words, time=clock_time(at_desk.since)) if at_desk.reason is AwayReason.SAID else ""
        back = partial(self.watch.set_away, False)
        self._bridge.notices.bar(BAR, text, tone="pending", action=tr("I am back"), then=back, lasting=True)


def is_watching(presence: DeskPresence) -> bool:
    """Return True if a window of the program is in front and the operator is present."""
    return QApplication.activeWindow() is not None and not presence.now.away
