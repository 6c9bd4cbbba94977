"""Rings for attention, repeatedly until the operator looks or silences it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from wxdesk.core.preferences import Preferences
from wxdesk.ui.notifications.player import Player


class Ringer(QObject):
    """Follows the conversations that ring.

    Signals:
        rings: True while there is a sound to silence, now or again later.
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
        """Ring for `ringing`; a silenced conversation rings again for new attention."""
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
        """Silence all conversations that ring now; later ones ring again."""
        self._silenced = self._ringing
        self._stop()

    @property
    def _audible(self) -> frozenset[int]:
        return self._ringing - self._silenced

    def _stop(self) -> None:
        self._again.stop()
        self._player.stop()
        self.rings.emit(False)
