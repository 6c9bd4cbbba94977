"""A real Secret Service (gnome-keyring) on a session bus of its own: open, locked, and what the desk makes of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.serving import write_config

BUS = shutil.which("dbus-run-session")
ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = "canaryTokenOfTheFirst", "canaryTokenOfTheSecond"

needs_keyring = pytest.mark.skipif(
    not (BUS and shutil.which("gnome-keyring-daemon")),
    reason="needs gnome-keyring-daemon and dbus-run-session (apt install gnome-keyring dbus-daemon)",
)


def session(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a session bus of its own, as a person whose folder this is."""
    folders = dict.fromkeys(
        ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"), str(folder)
    )
    unwanted = ("WXDESK_", "DISPLAY", "WAYLAND", "DBUS_", "PYTHON_KEYRING_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return subprocess.run(
        [BUS or "", "--", sys.executable, *arguments],
        cwd=ROOT,
        env=environ | folders,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@needs_keyring
def test_secrets_are_kept_by_a_real_secret_service_and_a_locked_one_is_reported(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_config(home, "http://127.0.0.1:9")
    ended = session(tmp_path, "-m", "tests.secrets.in_session", str(home), FIRST, SECOND)
    assert ended.stdout, ended.stderr
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen["none"] == {"token": "", "former": [], "trouble": None}
    kept = "wxdesk: Kept in the system's keychain. A desk that is open takes it within seconds.\n"
    for one in (seen["set"], seen["changed"]):  # where the service is slow, the person is told what it may wait for
        assert (one["code"], kept in one["said"]) == (0, True)
    assert seen["there"] == {"token": SECOND, "former": [FIRST], "trouble": None}
    assert seen["locked"]["token"] == ""
    assert seen["locked"]["trouble"] in ("locked", "failed", "silent")
    assert seen["refused"]["code"] == 1
    assert "The system's keychain did not take the secret (" in seen["refused"]["said"]
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert FIRST.encode() not in written
    assert SECOND.encode() not in written
