"""Pauses and resumes all automatic replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from wxdesk.core.events import Event, PauseChanged
from wxdesk.ui.runtime.bridge import Bridge


class PauseControl(QObject):
    """Pauses and resumes.

    Signals:
        resumed: automatic replies go on; True if the operator said so, False if their time had come.
    """

    resumed = Signal(bool)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._resuming = False
        bridge.events.connect(self._hear)

    @property
    def paused(self) -> bool:
        """True while all automatic replies are paused."""
        return self._bridge.desk.health.state.paused

    def toggle(self) -> None:
        """Pause all automatic replies, or resume them."""
        if self.paused:
            self.resume()
        else:
            self.pause(None)

    def pause(self, until: datetime | None) -> None:
        """Pause until then, or until resumed; changes the end of a running pause."""
        self._bridge.ask(self._bridge.desk.outbox.pause(until))

    def resume(self) -> None:
        """Resume automatic replies."""
        self._resuming = True
        self._bridge.ask(self._bridge.desk.outbox.resume(), failed=self._not_resumed)

    def _not_resumed(self, error: Exception) -> None:
        self._resuming = False
        self._bridge.failed.emit(error)

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, PauseChanged) and not event.paused:
                by_hand, self._resuming = self._resuming, False
                self.resumed.emit(by_hand)
