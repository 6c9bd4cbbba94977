"""Machines that lack something: each command ends with a sentence and a remedy, and never with a traceback.

What root alone can take away (a disk, a folder, a library) is taken away in a view of the files that only the command
has; without root those are skipped. `WXDESK_PROGRAM` names another program than this checkout's: `.ci/deliver` tries
the built folder.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="made with Linux's views of the files")

CONFIG = '[listener]\nport = 0\n[[accounts]]\nname = "shop"\napp_id = "wx0123456789abcdef"\noriginal_id = "gh_1"\n'


@dataclass(frozen=True)
class Machine:
    """How a command is run: with these variables, started by this shell line, after root has done `taken`.

    alone: nothing but `said` is said, on one line
    """

    name: str
    command: str
    said: str
    code: int = 1
    started: str = 'exec "$@"'
    taken: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    home: bool = True
    alone: bool = False


PROGRAM = [os.environ["WXDESK_PROGRAM"]] if "WXDESK_PROGRAM" in os.environ else [sys.executable, "-m", "wxdesk"]
LETTERS = "微信" if len(PROGRAM) == 1 else "\\u5fae\\u4fe1"
"""What a terminal without Chinese gets; the frozen program takes no variables of Python and is always in UTF-8."""

POSIX = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
NO_HOME = 'exec setpriv --reuid=54321 --regid=54321 --clear-groups env -u HOME "$@"'
OTHERS = 'mount -t tmpfs tmpfs /mnt; mkdir -m 700 /mnt/home; cp "$HOME/config.toml" /mnt/home'
AS_ANOTHER = 'exec setpriv --reuid=54321 --regid=54321 --clear-groups "$@" --home /mnt/home'
CLOSED = "mount --bind {0} {0}; mount -o remount,ro,bind {0}; "
NO_TEMPORARY = "".join(map(CLOSED.format, ("/tmp", "/var/tmp", "/dev/shm"))) + "cd /proc"  # noqa: S108 - made unwritable
WITH_DATABASE = '"$1" $([ "$2" = -m ] && echo -m wxdesk) --home "$HOME" rules export rules.toml >&- 2>&-; exec "$@"'
MACHINES = (
    Machine("no display", "", "wxdesk serve", variables={"DISPLAY": ""}),
    Machine("a display that does not answer", "", "wxdesk serve", variables={"DISPLAY": ":4711"}),
    Machine("no libGL", "", "apt install", taken="mount --bind /dev/null $(ls /usr/lib/*/libGL.so.1 | head -n 1)",
            variables={"DISPLAY": ":4711"}),
    Machine("a demonstration without libGL and a display", "demo", "no pictures of it. The window cannot open", 0,
            taken="mount --bind /dev/null $(ls /usr/lib/*/libGL.so.1 | head -n 1)", home=False),
    Machine("a home that can only be read", "serve", "can only be read: choose another folder", 2,
            taken=CLOSED.format('"$HOME"') + "true"),
    Machine("a home that can only be read, examined", "doctor", "FAIL  Folder",
            taken=CLOSED.format('"$HOME"') + "true"),
    Machine("a full disk", "serve", "the disk is full: make room on it",
            taken='mount -t tmpfs -o size=64k tmpfs "$HOME"; dd if=/dev/zero of="$HOME/x" 2>/dev/null || true'),
    Machine("a disk that fills up at the start", "serve", "the disk is full: make room on it",
            taken='mount -t tmpfs -o size=300k tmpfs "$HOME"'),
    Machine("a backup onto a full disk", "backup full/b.zip", "full/b.zip: the disk is full: make room on it\n", 2,
            taken='mkdir full; mount -t tmpfs -o size=64k tmpfs full', started=WITH_DATABASE, alone=True),
    Machine("an unknown locale", "account list", "shop", 0, variables={"LC_ALL": "xx_YY.UTF-8"}),
    Machine("no variables at all", "account list", "shop", 0, started='exec env -i "$@"'),
    Machine("a folder with blanks and Chinese in a locale without them", "account list", "shop", 0, variables=POSIX,
            started='mkdir "$HOME/家 目录"; cp "$HOME/config.toml" "$HOME/家 目录"; exec "$@" --home "$HOME/家 目录"'),
    Machine("a bus that is not there", "secret set shop push_token", "no usable keychain",
            started='echo myToken | env -u PYTHON_KEYRING_BACKEND "$@"',
            variables={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}),
    Machine("a terminal without Chinese letters", "--lang zh_CN --help", LETTERS, 0, variables=POSIX),
    Machine("another user's folder", "serve", "this user may not use it", 2, taken="true",
            started='chmod 700 "$HOME"; exec setpriv --reuid=54321 --regid=54321 --clear-groups "$@"'),
    Machine("another user's folder in a place for all", "serve", "/mnt/home: this user may not use it", 2,
            taken=OTHERS, started=AS_ANOTHER),
    Machine("another user's folder, examined", "doctor", "let this user read the file",
            taken=OTHERS, started=AS_ANOTHER),
    Machine("another user's folder, and a vault", "serve", "/mnt/home: this user may not use it", 2, taken=OTHERS,
            started=AS_ANOTHER, variables={"WXDESK_VAULT_PASSPHRASE": "a passphrase"}),
    Machine("another user's lock", "serve", "cannot be written or locked: this user may not use it", taken=OTHERS,
            started=f"chmod 777 /mnt/home; touch /mnt/home/desk.lock; {AS_ANOTHER}"),
    Machine("a user without a home", "serve", "/nonexistent/wxdesk: this user may not use it", 2, started=NO_HOME,
            taken="true", home=False),
    Machine("a user without a home who asks for a report", "doctor --report /dev/null", "The report is in /dev/null",
            started=NO_HOME, taken="true", home=False),
    Machine("no folder for temporary files", "demo", "Set TMPDIR", 2, taken=NO_TEMPORARY, home=False,
            variables={"QT_QPA_PLATFORM": "offscreen"}),
    Machine("a full disk for the output", "account list --json", "the disk is full", started='exec "$@" >/dev/full'),
    Machine("no output", "account list", "", 0, started='exec "$@" >&- 2>&-'),
    Machine("a folder in the place of config.toml", "serve", "that is a folder", 2,
            started='rm "$HOME/config.toml"; mkdir "$HOME/config.toml"; exec "$@"'),
    Machine("a file in the place of the logs", "serve", "a file stands where a folder has to be", 2,
            started='touch "$HOME/logs"; exec "$@"'),
    Machine("a folder that is gone", "account list", "shop", 0, started='mkdir g; cd g; rmdir ../g; exec "$@"'),
)  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_that_lacks_something_is_reported_in_a_sentence(machine: Machine, tmp_path: Path) -> None:
    if machine.variables.get("DISPLAY"):
        pytest.importorskip("PySide6.QtWidgets")  # what it lacks is said before anything of the display
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(CONFIG, encoding="utf-8")
    given = ["--home", str(home)] if machine.home else []
    lang = [] if "--lang" in machine.command else ["--lang", "en"]
    ended = subprocess.run(
        [*view(machine), SHELL, "-c", machine.started, "-", *PROGRAM, *given, *lang, *machine.command.split()],
        env=environment(home) | machine.variables,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )  # fmt: skip
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said, said
    assert machine.said in said
    assert not machine.alone or said.count("\n") == 1, said
    assert ended.returncode == machine.code, said


SHELL = shutil.which("sh") or ""


def view(machine: Machine) -> list[str]:
    """Return what runs the rest in a view of the files of its own, with things taken away."""
    if not machine.taken:
        return []
    command = [shutil.which("unshare") or "", "--mount", SHELL, "-c", f'{machine.taken}; exec "$@"', "-"]
    if os.geteuid() != 0 or subprocess.run([*command[:2], "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can take this away")
    return command


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHON_KEYRING_BACKEND") if name in os.environ}
    root = str(Path(__file__).resolve().parents[1])
    return kept | {"HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONPATH": root}
