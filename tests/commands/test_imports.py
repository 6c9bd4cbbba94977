"""What commands import: the whole program would take ten times as long as most of them need."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

IMPORTED = """
import contextlib, io, sys
from wxdesk.cli import main

with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*{name.partition(".")[0] for name in sys.modules})
"""

HEAVY = {"PySide6", "aiohttp", "asyncio", "cryptography", "httpx2", "liquid", "msgspec", "sqlalchemy"}


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ("--help", {"msgspec"}),
        ("account --help", {"asyncio", "msgspec"}),
        ("account list", {"asyncio", "msgspec"}),
        ("secret set shop app_secret", {"msgspec"}),
    ],
)
def test_a_command_imports_what_it_needs(tmp_path: Path, arguments: str, needed: set[str]) -> None:
    command = [sys.executable, "-c", IMPORTED, "--home", str(tmp_path), *arguments.split()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == needed


SHOWN = """
import asyncio, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from wxdesk import i18n
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import run_window, until_idle

async def leave():
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    await until_idle(window._bridge)
    print(*sys.modules)
    window.quit()

i18n.use("en")
tasks, home = [], Path(sys.argv[1])
thread = DeskThread(open_desk(Setup(home, Config(ListenerSettings(port=0)))))
run_window(thread.desk, thread.loop, InstallationFacts(home), lambda: tasks.append(asyncio.ensure_future(leave())))
thread.stop()
"""

FOR_SOME = {
    "PIL": "a picture that is too large",
    "aiohttp": "the first connection of WeChat's",
    "asyncpg": "a shared database",
    "asyncssh": "a tunnel by SSH",
    "babel": "sentences in Chinese",
    "cryptography": "an encrypted push, a vault, passwords of a team, or a notice of a version",
    "dbus_fast": "a window that has been open for a second",
    "keyring": "secrets that the environment does not have",
    "liquid": "a text with a variable",
    "sqlalchemy.dialects.postgresql": "a shared database",
    "sqlalchemy.orm": "a shared database, for its lease",
}
"""Libraries that a desk loads once it has what needs them."""


def test_a_new_desk_shows_its_window_without_what_only_others_need(tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtWidgets")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, "-c", SHOWN, str(tmp_path)]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "wxdesk.ui.inbox.page" in loaded
    assert {name: needed for name, needed in FOR_SOME.items() if name in loaded} == {}


DECRYPTED = """
import sys
from wxdesk.webhook.crypto import PushCipher
cipher = PushCipher("token", 43 * "a", "wx0000000000000001")
print("cryptography" in sys.modules)
cipher.decrypt(cipher.encrypt(b"hello"))
print("cryptography" in sys.modules)
"""


def test_the_library_that_decrypts_is_imported_with_the_first_encrypted_push() -> None:
    """It takes 9 MB, which an account in plain mode can do without."""
    done = subprocess.run([sys.executable, "-c", DECRYPTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


LOOKS = """
import gc, sys
from wxdesk.cli import main

looks = []
gc.callbacks.append(lambda *_: looks.append(1))
code = main(sys.argv[1:])
print(code, len(looks) < 10, gc.isenabled())
"""


@pytest.mark.parametrize("command", ["", "serve"])
def test_a_desk_that_starts_does_not_look_for_garbage(tmp_path: Path, command: str) -> None:
    """Among what is imported it would look a hundred times, which takes a tenth of the start."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        (tmp_path / "config.toml").write_text(f"[listener]\nport = {other.getsockname()[1]}\n", encoding="utf-8")
        program = [sys.executable, "-c", LOOKS, "--home", str(tmp_path), *command.split()]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True", "True"], "one look, once it is allowed again"
