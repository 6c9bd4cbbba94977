"""A second start brings the open window to the front instead of saying that there is one."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wxdesk import desktop
from wxdesk.core.errors import HomeInUse
from wxdesk.desktop import with_failures_shown
from wxdesk.ui.shell.second_start import SOCKET, SecondStarts, raise_open_window


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name: a socket's path has 107 characters at most."""
    with tempfile.TemporaryDirectory(prefix="wx") as folder:
        yield Path(folder)


def test_the_open_window_comes_to_the_front(qtbot: QtBot, home: Path) -> None:
    raised: list[str] = []
    parent = QObject()
    assert not raise_open_window(home)
    starts = SecondStarts(home, lambda: raised.append("raised"), parent)
    for _ in range(2):
        assert raise_open_window(home)
    qtbot.waitUntil(lambda: len(raised) >= 1)
    starts.setParent(None)
    del starts
    assert not raise_open_window(home)


@pytest.fixture
def tokens(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The rights to come to the front with which the window of `home` was raised."""
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "of the second")
    found: list[str] = []
    parent = QObject()
    SecondStarts(home, lambda: found.append(os.environ["XDG_ACTIVATION_TOKEN"]), parent)
    yield found
    parent.deleteLater()


def test_a_second_start_hands_on_its_right_to_come_to_the_front(
    qtbot: QtBot, home: Path, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert raise_open_window(home)
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "of the first")
    qtbot.waitUntil(lambda: tokens == ["of the second"])


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe there")
def test_nonsense_from_another_program_raises_the_window_and_does_no_harm(
    qtbot: QtBot, home: Path, tokens: list[str]
) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(home / SOCKET))
        other.sendall(b"\xff\x00\xfe=")
        qtbot.waitUntil(lambda: tokens == ["="])


def test_the_second_of_two_starts_at_once_raises_the_window_of_the_first(qtbot: QtBot, home: Path) -> None:
    parent = QObject()

    def start() -> int:
        SecondStarts(home, lambda: None, parent)  # it is open by now, and was not a moment ago
        raise HomeInUse(home=home)

    assert with_failures_shown(home, start) == 0


def test_a_home_in_use_without_a_window_is_an_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "OPENING_SECONDS", 0.001)
    monkeypatch.setattr(desktop, "has_display", lambda: False)

    def start() -> int:
        raise HomeInUse(home=home)

    with pytest.raises(HomeInUse):
        with_failures_shown(home, start)


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe goes with its program")
def test_files_left_by_a_crash_do_not_block_a_start(qtbot: QtBot, home: Path) -> None:
    (home / SOCKET).touch()
    assert not raise_open_window(home)
    parent = QObject()
    SecondStarts(home, lambda: None, parent)
    assert raise_open_window(home)


def test_a_folder_with_too_long_a_name_only_goes_without(qtbot: QtBot, tmp_path: Path) -> None:
    home = tmp_path / ("x" * 120)
    home.mkdir()
    parent = QObject()
    SecondStarts(home, lambda: None, parent)
    assert sys.platform == "win32" or not raise_open_window(home)
