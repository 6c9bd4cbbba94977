"""Facts about this installation that its window shows."""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from wxdesk.core.setup.findings import Finding

if TYPE_CHECKING:  # only the demonstration needs it
    from wxdesk.sandbox.port import Simulator

type Examine = Callable[[], Coroutine[Any, Any, Sequence[Finding]]]
"""Checks everything, as `wxdesk doctor` does."""

OWN_DATABASE = "sqlite:///desk.db"
"""Place of the database in a home, and in every backup."""


class InstallationFacts(Struct, frozen=True):
    """Locations of this installation, and how to examine it.

    `database` is the store's address, without a user or a password; None for `examine` offers no examination.
    Where WeChat is simulated, `simulator` gets a page of its own.
    `unpacked` gets the folder of an unpacked backup, to be put in place once the desk has closed.
    """

    home: Path
    database: str = OWN_DATABASE
    examine: Examine | None = None
    simulator: "Simulator | None" = None
    unpacked: Callable[[Path], None] | None = None

    @property
    def can_restore(self) -> bool:
        """True if a backup can be put in the place of what is here."""
        return self.unpacked is not None and self.database == OWN_DATABASE
