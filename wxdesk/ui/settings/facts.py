"""Facts for the settings page that the desk itself does not know."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wxdesk.core.setup.findings import Finding

type Examine = Callable[[], Coroutine[Any, Any, Sequence[Finding]]]
"""Checks everything, as `wxdesk doctor` does."""


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """Locations of this installation, and how to examine it.

    `database` is the store's address, without a user or a password; None for `examine` offers no examination.
    """

    home: Path
    database: str = "sqlite:///desk.db"
    examine: Examine | None = None
