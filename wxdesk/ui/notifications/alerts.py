"""Tray, taskbar and sound alerts for attention, and the bar of a newer version."""

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from wxdesk.computer.updates import VersionNotice, newer_version
from wxdesk.core.events import AttentionChanged, AttentionRaised, PreferencesChanged, ReachabilityChanged
from wxdesk.desk.setup.reachability import loss_of
from wxdesk.i18n import language, tr
from wxdesk.paths import replace_file
from wxdesk.threads import on_own_thread
from wxdesk.ui.look.icons import program_icon
from wxdesk.ui.notifications.board import NoticeBoard
from wxdesk.ui.notifications.desktop_notices import DesktopNotices, Tray
from wxdesk.ui.notifications.notice import Notifier, preferences_at_this_hour
from wxdesk.ui.notifications.player import Player, Ringer, chime, player_commands
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.status_bar import OF_HEALTH
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

SOUND = "call.wav"
"""File of the sound in the operator's folder."""

ICON = "notice.png"
"""File of the picture beside a notice, in the operator's folder."""

_FOLLOWED = (AttentionRaised, AttentionChanged, PreferencesChanged, ReachabilityChanged, *OF_HEALTH)

QUIET_LOOK_MS = 10_000
"""Milliseconds between two looks at the quiet hours, and whether a fault lasts."""

_DESK = frozenset({0})
"""Rings like a conversation while messages no longer get in; none has id 0."""


class OperatorAlerts(QObject):
    """Follows the desk's attention list as long as the window lives."""

    def __init__(
        self,
        bridge: WindowBridge,
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
        player = player or Player(self._sound, player_commands(), parent=self)
        player.failed.connect(self._tell_unheard, Qt.ConnectionType.SingleShotConnection)
        self.ringer = Ringer(player, self)
        self.tray = Tray(window)
        self.notifier = notifier or DesktopNotices(self._icon, self.tray, self)
        self.board = NoticeBoard(bridge, window, self.notifier, self)
        self._hours = QTimer(self, interval=QUIET_LOOK_MS)
        UpdateNotice(bridge, self)
        self._connect()
        self.tray.appear()
        window.leaving.has_tray = QSystemTrayIcon.isSystemTrayAvailable
        self._follow()

    def stop(self) -> None:
        """Stop the sound, and remove the tray icon, the notices and the badge."""
        self.ringer.silence()
        self.notifier.stop()
        self.tray.icon.hide()
        _show_badge(0)

    def _connect(self) -> None:
        self._bridge.follow(self, self._follow, *_FOLLOWED)
        self._hours.timeout.connect(self._follow)
        self._hours.start()
        self._window.silence_wanted.connect(self.ringer.silence)
        self.ringer.rings.connect(self.tray.silence.setEnabled)
        self.ringer.rings.connect(self._window.status_bar.silence.setVisible)
        self.tray.open.triggered.connect(self._window.bring_to_front)
        self.tray.pause.triggered.connect(self._window.pausing.toggle)
        self.tray.silence.triggered.connect(self.ringer.silence)
        self.tray.quit.triggered.connect(self._window.quit)

    def _follow(self) -> None:
        desk, lamp = self._bridge.desk, self._window.status_bar.listener
        health, calling = desk.health.state, desk.attention.ringing
        loss = loss_of(health, desk.clock(), is_remote=desk.is_remote)
        ringing = calling | _DESK if loss else calling
        if ringing - self._ringing and "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", ""):
            QApplication.alert(self._window)  # GNOME has no taskbar, and shows “wxdesk is ready” before any notice
        if len(ringing) != len(self._ringing):
            _show_badge(len(ringing))
        if _DESK & (ringing ^ self._ringing):
            self.board.notify_of_loss(loss)
        self._ringing = ringing
        self.ringer.follow(ringing, preferences_at_this_hour(desk))
        self.tray.show_state(lamp.role.removesuffix("_fill"), lamp.accessibleName(), len(calling), paused=health.paused)

    def _tell_unheard(self) -> None:
        words = tr("The sound could not be played, only a beep that many computers mute. Check this computer's sound.")
        self._bridge.notices.bar(SOUND, words, tone="pending")

    def _sound(self) -> Path:
        file = self._home / SOUND
        if not file.exists():
            replace_file(file, [chime()])  # a full disk must not leave half a sound behind
        return file

    def _icon(self) -> Path:
        file = self._home / ICON
        if not file.exists():
            program_icon().pixmap(64).save(str(file))
        return file


def _show_badge(number: int) -> None:
    """Show the number in the taskbar or dock, where the system supports it."""
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        application.setBadgeNumber(number)


BAR = "version"
DAY_MS = 24 * 60 * 60 * 1000


class UpdateNotice(QObject):
    """Tells of a newer version if config.toml asks for it; looks once a day."""

    def __init__(self, bridge: WindowBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        timer = QTimer(self, interval=DAY_MS)
        timer.timeout.connect(self.fetch)
        timer.start()
        self.fetch()

    def fetch(self) -> None:
        """Fetch the notice, if config.toml says where it is."""
        wanted = self._bridge.desk.configuration.now.config.updates
        if wanted.url and wanted.key:
            asked = on_own_thread(partial(newer_version, wanted.url, wanted.key))
            self._bridge.ask(asked, self._show_version, once=BAR)

    def _show_version(self, notice: VersionNotice | None) -> None:
        if notice is not None:
            words = notice.zh_CN if language() == "zh_CN" else notice.en
            text = tr("wxdesk {version} is available. {words}", version=notice.version, words=words)
            self._bridge.notices.bar(BAR, text, tone="pending", lasting=True)
