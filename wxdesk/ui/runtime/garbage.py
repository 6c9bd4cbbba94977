"""Python's cyclic garbage, collected on the window's thread only.

The collector runs on whichever thread happens to trip it. On the desk's thread it would destroy widgets there,
which Qt does not survive; so it is switched off while a window exists, and a timer here does its work.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1000
"""Milliseconds between checks; a young collection takes well below one."""


class GarbageCollector(QObject):
    """Replaces Python's own collector until `stop`; make it on the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation whose threshold has been passed, as Python would."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Collect the window's remains here, then turn Python's own collector on again."""
        self._timer.stop()
        gc.collect()
        if self._was_on:
            gc.enable()
