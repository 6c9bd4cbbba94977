"""Paths of the operator's folder and of the files shipped with the program."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def default_home() -> Path:
    """The folder for config.toml, desk.db and logs when `--home` names no other."""
    return user_data_path("wxdesk", appauthor=False)


def resource(*parts: str) -> Path:
    """Locate a file or folder shipped with the program: icons, translations, rules.

    It stands beside the package in a checkout, and inside it once installed or frozen.
    """
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    root = installed if installed.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
