"""Fetches the operator when a conversation calls: one place follows the calls and tells tray, taskbar and sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from wxdesk.core.events import (
    CallRaised,
    CallsChanged,
    Event,
    ListenerChanged,
    PauseChanged,
    PreferencesChanged,
    TakeoverEnded,
    TakeoverEnding,
)
from wxdesk.core.inbox import InboxRow
from wxdesk.ui.alerts.chime import chime
from wxdesk.ui.alerts.notice import Notifier, notice_of, return_notice
from wxdesk.ui.alerts.player import Player, player_command
from wxdesk.ui.alerts.ringer import Ringer
from wxdesk.ui.alerts.tray import Tray
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.main_window import MainWindow

SOUND = "call.wav"
"""The sound's file in the operator's folder."""

MOST_NOTICES = 3
"""Of one moment; more than that at once nobody reads, and the tray has the number."""

_FOLLOWED = (CallRaised, CallsChanged, ListenerChanged, PauseChanged, PreferencesChanged)
_RETURNS = (TakeoverEnding, TakeoverEnded)


class Attention(QObject):
    """Lives as long as the window, and looks at the desk's alarms whenever they may be others."""

    def __init__(
        self,
        bridge: Bridge,
        window: MainWindow,
        home: Path,
        player: Player | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._home = home
        self._ringing: frozenset[int] = frozenset()
        self.ringer = Ringer(player or Player(self._sound, player_command(), parent=self), self)
        self.tray = Tray(window)
        self._notifier = notifier or self.tray
        self._connect()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray.icon.show()
        self._follow()

    def stop(self) -> None:
        """Be quiet, and leave nothing in the tray or at the taskbar."""
        self.ringer.silence()
        self.tray.icon.hide()
        _show_badge(0)

    def _connect(self) -> None:
        self._bridge.events.connect(self._hear)
        self._window.silence_wanted.connect(self.ringer.silence)
        self.ringer.rings.connect(self.tray.show_ringing)
        self.ringer.rings.connect(self._window.status_bar.show_ringing)
        self.tray.open_wanted.connect(self._window.come_forward)
        self.tray.conversation_wanted.connect(self._open)
        self.tray.pause_wanted.connect(self._window.pausing.toggle)
        self.tray.silence_wanted.connect(self.ringer.silence)
        self.tray.quit_wanted.connect(self._window.close)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, _FOLLOWED) for event in events):
            self._follow()
        self._notify({event.conversation_id for event in events if isinstance(event, CallRaised)})
        self._tell_of_returns({event.conversation_id for event in events if isinstance(event, _RETURNS)})

    def _notify(self, raised: set[int]) -> None:
        """Tell on the desktop who calls, unless the operator is there and has it before his eyes."""
        if self._window.isActiveWindow() and not self._bridge.desk.presence.now.away:
            raised.discard(self._window.open_conversation_id or 0)
        if raised and self._bridge.desk.preferences.now.notifications:
            self._bridge.ask(self._bridge.desk.store.conversations.rows(raised), self._show_notices)

    def _show_notices(self, rows: Sequence[InboxRow]) -> None:
        desk = self._bridge.desk
        with_text = desk.preferences.now.notifications_show_text
        calling = [row for row in rows if not all(call.seen for call in row.calls)]
        for row in calling[:MOST_NOTICES]:
            self._notifier.show(notice_of(row, desk.clock(), with_text=with_text))

    def _tell_of_returns(self, returning: set[int]) -> None:
        """Tell on the desktop what the window says of takeovers, while nobody looks at it."""
        desk = self._bridge.desk
        if returning and desk.presence.now.away and desk.preferences.now.notifications:
            self._bridge.ask(desk.store.conversations.rows(returning), self._show_returns)

    def _show_returns(self, rows: Sequence[InboxRow]) -> None:
        for row in rows[:MOST_NOTICES]:
            self._notifier.show(return_notice(row.conversation, self._bridge.desk.clock()))

    def _open(self, conversation_id: int) -> None:
        self._window.come_forward()
        self._window.open_conversation(conversation_id)

    def _follow(self) -> None:
        desk = self._bridge.desk
        ringing = desk.alarms.state.ringing
        if ringing - self._ringing:
            QApplication.alert(self._window)
        if len(ringing) != len(self._ringing):
            _show_badge(len(ringing))
        self._ringing = ringing
        self.ringer.follow(ringing, desk.preferences.now)
        self.tray.show_state(desk.health.state, len(ringing))

    def _sound(self) -> Path:
        file = self._home / SOUND
        if not file.exists():
            file.write_bytes(chime())
        return file


def _show_badge(number: int) -> None:
    """The number at the program's place in the taskbar or dock, where the system shows one."""
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        application.setBadgeNumber(number)
