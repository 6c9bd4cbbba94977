"""Paths of the operator's folder and of the files shipped with the program."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def default_home() -> Path:
    """The folder for config.toml, desk.db and logs when `--home` names no other."""
    return user_data_path("wxdesk", appauthor=False)


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner only; an existing one keeps its rights."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def resource(*parts: str) -> Path:
    """Locate a file or folder shipped with the program: icons, translations, rules.

    It stands beside the package in a checkout, and inside it once installed or frozen.
    """
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    root = installed if installed.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
