"""Stubs of tunnel programs in PATH."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tunnel.watching import WatchedTunnel
from wxdesk.config.tunnel import PRESETS, TunnelSettings
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.desk.setup import tunnel as supervision
from wxdesk.tunnel import command as command_tunnel
from wxdesk.tunnel.command import CommandTunnel

NAMES = (*PRESETS, "other")

type Start = Callable[..., Any]


def put_in_path(folder: Path) -> None:
    """Write a stub for each program into a folder."""
    script = Path(__file__).parent / "programs.py"
    folder.mkdir()
    for name in NAMES:
        stub = folder / name
        stub.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" {name} "$@"\n', encoding="utf-8")
        stub.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put_in_path(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return tmp_path / "bin"


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WatchedTunnel]:
    monkeypatch.setattr(supervision, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(supervision, "LONGEST_WAIT", 0.1)
    made = WatchedTunnel()
    yield made
    await made.tunnel.stop()


@pytest.fixture
def start(watched: WatchedTunnel, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start a preset, or `command`, whose console has `public_url`."""
    monkeypatch.setattr(command_tunnel, "LOOKING_SECONDS", 0.02)

    async def use(preset: Any = "", *command: str, public_url: str = "") -> None:
        settings = TunnelSettings(kind=TunnelKind.COMMAND, preset=preset, command=command)
        driver = CommandTunnel(settings, 8765, tmp_path, public_url=public_url)
        await watched.use(driver, TunnelKind.COMMAND)

    return use
