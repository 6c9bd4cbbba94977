"""What clicks, types and waits in a window: pytest-qt's, with more patience."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS


class PatientBot(QtBot):
    """pytest-qt's, with more than its 5 seconds of patience."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802 - its name
        """Wait until `callback` holds."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **wishes: Any) -> Any:  # noqa: N802 - its name
        """Wait for a signal."""
        return super().waitSignal(signal, timeout=timeout, **wishes)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **wishes: Any) -> Any:  # noqa: N802 - its name
        """Wait for all of these signals."""
        return super().waitSignals(signals, timeout=timeout, **wishes)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """What clicks, types and waits in a window."""
    return PatientBot(request)
