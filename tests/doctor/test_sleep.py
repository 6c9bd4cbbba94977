"""The system's settings are read as its own programs print them."""

import stat
import sys
from pathlib import Path

import pytest

from wxdesk.doctor import machine
from wxdesk.doctor.machine import read_minutes, sleep_minutes

PMSET = """Battery Power:
 sleep                1
AC Power:
 displaysleep         10
 sleep                {minutes}
"""

POWERCFG = """Power Scheme GUID: 381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)
    Power Setting GUID: 29f6c1db-86da-48c5-9fdb-f2b67b1f44da  (Sleep after)
      Possible Settings units: Seconds
    Current AC Power Setting Index: 0x00000708
    Current DC Power Setting Index: 0x00000384
"""


@pytest.mark.parametrize(
    ("platform", "listed", "minutes"),
    [
        ("darwin", PMSET.format(minutes=0), 0),
        ("darwin", PMSET.format(minutes=30), 30),
        ("darwin", " sleep 5 (sleep prevented by screensharingd)\n", 5),
        ("darwin", "", None),
        ("win32", POWERCFG, 30),
        ("win32", POWERCFG.replace("0x00000708", "0x00000000"), 0),
        ("win32", "access denied", None),
    ],
)
def test_minutes_until_sleep_on_mains_power(platform: str, listed: str, minutes: int | None) -> None:
    assert read_minutes(platform, listed) == minutes


@pytest.mark.skipif(sys.platform != "linux", reason="GNOME")
@pytest.mark.parametrize(
    ("supply", "kind", "seconds", "minutes"),
    [
        ("Battery", "'suspend'", "900", 15),
        ("Battery", "'nothing'", "900", 0),
        ("Battery", "'suspend'", "0", 0),
        ("Battery", "", "", None),
        ("Mains", "'suspend'", "900", None),
    ],
)
def test_a_laptop_under_gnome_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, supply: str, kind: str, seconds: str, minutes: int | None
) -> None:
    (tmp_path / "BAT0").mkdir()
    (tmp_path / "BAT0" / "type").write_text(f"{supply}\n", encoding="ascii")
    program = tmp_path / "gsettings"
    program.write_text(f'#!/bin/sh\ncase $3 in *type) echo "{kind}";; *) echo {seconds};; esac\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(machine, "SUPPLIES", tmp_path)
    assert sleep_minutes() == minutes
