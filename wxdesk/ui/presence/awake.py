"""Keeps the machine awake while the desk receives messages, if that is preferred."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from wxdesk.computer.sleep import SystemSleep
from wxdesk.core.events import ConfigurationChanged, ListenerChanged, PreferencesChanged
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge

START_MS = 1000
"""Milliseconds until sleep is first held off.

No machine sleeps sooner, and a window that opens needs its time for itself.
"""


class KeepAwake(QObject):
    """Follows the preference and the listener.

    `receives` tells whether messages could arrive.
    """

    def __init__(self, bridge: Bridge, receives: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._receives = receives
        self._sleep = SystemSleep()
        self._awake = False
        self._start = QTimer(self, singleShot=True, interval=START_MS)
        self._start.timeout.connect(self._begin)
        self._start.start()

    def _begin(self) -> None:
        self._bridge.follow(self, self._follow, ListenerChanged, PreferencesChanged, ConfigurationChanged)
        self._follow()

    def stop(self) -> None:
        """Let the machine sleep again."""
        self._start.stop()
        self._set(False)

    def _follow(self) -> None:
        self._set(self._bridge.desk.preferences.now.keep_awake and self._receives())

    def _set(self, awake: bool) -> None:
        if awake is not self._awake:
            self._awake = awake
            self._bridge.ask(self._sleep.keep_awake(awake, tr("wxdesk receives messages of customers")))
