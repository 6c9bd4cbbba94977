"""Plugin of pytest where Qt cannot be loaded: leaves out what needs it, and says which library is missing."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest

from wxdesk.ui.runtime.display import INSTALL, missing_library

MISSING = missing_library()
QT = {"PySide6", "shiboken6", "pytestqt", "qasync"}


class LeaveOut(MetaPathFinder):
    """Skips the module or test that imports Qt."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Skip if it is Qt."""
        if name.partition(".")[0] in QT:
            pytest.skip(f"Qt cannot be loaded: {MISSING}", allow_module_level=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the settings of pytest-qt, which is not there."""
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "of pytest-qt")
    parser.addini("qt_log_ignore", "of pytest-qt", type="linelist")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and how it can be tested."""
    terminalreporter.write_line(f"Nothing of the window was tested: {MISSING}. {INSTALL}", yellow=True)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the folder of the window's tests, whose fixtures need Qt."""
    return True if collection_path == Path(__file__).with_name("ui") else None


def pytest_configure() -> None:
    """Leave out what asks for Qt from now on."""
    sys.meta_path.insert(0, LeaveOut())
    for name in [name for name in sys.modules if name.partition(".")[0] in QT]:
        del sys.modules[name]
