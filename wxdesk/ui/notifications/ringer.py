"""Rings for those who call, again and again until somebody looks, or silences it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from wxdesk.core.preferences import Preferences
from wxdesk.ui.notifications.player import Player


class Ringer(QObject):
    """Follows which conversations ring.

    Signals:
        rings: whether a call sounds that can be silenced, now or again in a while.
    """

    rings = Signal(bool)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._ringing: frozenset[int] = frozenset()
        self._silenced: frozenset[int] = frozenset()
        self._preferences = Preferences()
        self._again = QTimer(self)
        self._again.timeout.connect(player.play)

    def follow(self, ringing: frozenset[int], preferences: Preferences) -> None:
        """Ring for `ringing`, as the operator has set it. Whom he has silenced rings again once it called anew."""
        new = ringing - self._ringing
        quiet_before = not self._preferences.sound
        self._ringing, self._preferences = ringing, preferences
        self._silenced &= ringing - new
        if not preferences.sound or not self._audible:
            self._stop()
            return
        if new or quiet_before:
            self._player.play()
        if preferences.sound_every_seconds:
            interval = preferences.sound_every_seconds * 1000
            if not self._again.isActive() or self._again.interval() != interval:
                self._again.start(interval)
        else:
            self._again.stop()
        self.rings.emit(True)

    def silence(self) -> None:
        """Be quiet about all who call now; whoever calls later rings."""
        self._silenced = self._ringing
        self._stop()

    @property
    def _audible(self) -> frozenset[int]:
        return self._ringing - self._silenced

    def _stop(self) -> None:
        self._again.stop()
        self._player.stop()
        self.rings.emit(False)
