"""A window that cannot open is told before Qt is asked, which would abort the program."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.serving import run
from wxdesk.core.errors import NoDisplay
from wxdesk.ui.runtime.display import choose_file_dialogs, has_display, why_no_window

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux may have no display")


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("platform", "environment", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_whether_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], *, there: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert has_display() is there


@linux_only
@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "there is no display"),
        ({"DISPLAY": ":4711"}, "the display :4711 does not answer"),
        ({"WAYLAND_DISPLAY": "nobody"}, "the display nobody does not answer"),
    ],
)
def test_a_display_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], reason: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = why_no_window()
    assert isinstance(found, NoDisplay)
    assert str(found.values["reason"]) == reason
    assert "wxdesk serve" in str(found)


@linux_only
@pytest.mark.parametrize(
    ("asked", "display", "chosen"),
    [("", ":0", "xdgdesktopportal"), ("ukui", ":0", "xdgdesktopportal"), ("gtk3", ":0", "gtk3"), ("", "", "")],
)
def test_the_desktops_file_dialogs_are_chosen_unless_a_theme_has_its_own(
    monkeypatch: pytest.MonkeyPatch, asked: str, display: str, chosen: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORMTHEME", asked)
    monkeypatch.setenv("DISPLAY", display)
    choose_file_dialogs()
    assert os.environ["QT_QPA_PLATFORMTHEME"] == chosen


@linux_only
def test_nothing_is_asked_of_a_display_that_qt_will_not_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_window() is None


@linux_only
def test_a_wayland_display_that_answers_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind("wayland-0")
        compositor.listen()
        assert why_no_window() is None


@linux_only
@pytest.mark.parametrize("display", ["", ":4711"])
def test_the_program_says_so_opens_nothing_and_ends(tmp_path: Path, display: str) -> None:
    opened = run(tmp_path / "home", DISPLAY=display, QT_QPA_PLATFORM="")
    assert opened.returncode == 1
    assert opened.stderr.splitlines()[-1].endswith("Without a display, run: wxdesk serve")
    assert not (tmp_path / "home").exists()


def test_no_source_is_read_to_import_the_window() -> None:
    program = """
import builtins, linecache
python_import = builtins.__import__
from wxdesk.desktop import require_window
require_window()
import wxdesk.ui.window
sources = wxdesk.__path__[0]
print(builtins.__import__ is python_import, [name for name in linecache.cache if name.startswith(sources)])
"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split(maxsplit=1) == ["True", "[]\n"]
