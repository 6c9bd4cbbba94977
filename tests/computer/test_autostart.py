"""Starting with the system is a file that the system reads: written, seen and taken away, with any path in it."""

import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

from wxdesk.computer import autostart
from wxdesk.core.system_failures import UnusableFile
from wxdesk.paths import default_home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the registry there, which no test here has")


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


@pytest.mark.parametrize("name", ["desk", "家 目录", 'a"b', "a`$b", "a\\b", "100%"])
def test_the_desktop_starts_the_window_on_this_home(user: Path, name: str) -> None:
    home = user / name
    autostart.switch(True, home)
    assert autostart.is_on()
    *entry, line = (user / "config/autostart/wxdesk.desktop").read_text("utf-8").splitlines()
    assert "X-GNOME-Autostart-Delay=10" in entry  # behind the input method, which Qt looks for once
    word, found, command = line.partition("=")
    assert (word, found) == ("Exec", "=")
    # A desktop undoes the escapes of a value, then the quotes of the words, which are a shell's, then %%.
    shell = ["/bin/sh", "-c", "printf '%s\\n' " + command.replace("\\\\", "\\")]
    words = subprocess.run(shell, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [one.replace("%%", "%") for one in words] == [sys.executable, "-m", "wxdesk", "--home", str(home)]
    autostart.switch(False, home)
    autostart.switch(False, home)
    assert not autostart.is_on()


def test_the_usual_home_is_not_named() -> None:
    assert autostart.command(default_home()) == [sys.executable, "-m", "wxdesk"]


def test_a_mac_has_an_agent_of_its_user(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    autostart.switch(True, user / "desk")
    agent = plistlib.loads((user / "Library/LaunchAgents/wxdesk.wxdesk.plist").read_bytes())
    assert agent["ProgramArguments"] == autostart.command(user / "desk")
    assert agent["RunAtLoad"] is True


def test_a_folder_that_is_in_the_way_is_reported(user: Path) -> None:
    (user / "config").touch()
    with pytest.raises(UnusableFile):
        autostart.switch(True, user)
    assert not autostart.is_on()
