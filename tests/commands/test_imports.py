"""What commands import: the whole program would take ten times as long as most of them need."""

from __future__ import annotations

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
        ("account --help", {"asyncio", "cryptography", "msgspec"}),
        ("account list", {"asyncio", "cryptography", "msgspec"}),
        ("secret set shop app_secret", {"asyncio", "cryptography", "msgspec"}),
    ],
)
def test_a_command_imports_what_it_needs(tmp_path: Path, arguments: str, needed: set[str]) -> None:
    command = [sys.executable, "-c", IMPORTED, "--home", str(tmp_path), *arguments.split()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == needed


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
