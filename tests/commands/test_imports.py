"""What commands import: the whole program would take ten times as long as most of them need."""

from __future__ import annotations

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
        ("--help", set()),
        ("account --help", {"asyncio", "cryptography", "msgspec"}),
        ("account list", {"asyncio", "cryptography", "msgspec"}),
        ("secret set shop app_secret", {"asyncio", "cryptography", "msgspec"}),
    ],
)
def test_a_command_imports_what_it_needs(tmp_path: Path, arguments: str, needed: set[str]) -> None:
    command = [sys.executable, "-c", IMPORTED, "--home", str(tmp_path), *arguments.split()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == needed
