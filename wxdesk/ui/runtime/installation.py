"""Facts about this installation that its window shows."""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wxdesk.core.setup.findings import Finding
from wxdesk.sandbox.port import Simulator

type Examine = Callable[[], Coroutine[Any, Any, Sequence[Finding]]]
"""Checks everything, as `wxdesk doctor` does."""


class InstallationFacts(Struct, frozen=True):
    """Locations of this installation, and how to examine it.

    `database` is the store's address, without a user or a password; None for `examine` offers no examination.
    Where WeChat is simulated, `simulator` gets a page of its own.
    """

    home: Path
    database: str = "sqlite:///desk.db"
    examine: Examine | None = None
    simulator: Simulator | None = None
