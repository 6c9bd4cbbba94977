"""Secrets that last as long as the program runs, where nothing else can keep them."""

from collections.abc import Mapping

from wxdesk.secrets.names import SecretSource


class SecretMemory:
    """The `entries`, until the program ends."""

    source = SecretSource.MEMORY

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get(self, entry: str, wait: float = 0.0) -> str | None:
        """Read an entry; None if it is absent."""
        return self.entries.get(entry)

    def put(self, entries: Mapping[str, str | None], wait: float = 0.0) -> bool:
        """Write entries, and remove those that are None."""
        merged = {**self.entries, **entries}
        self.entries = {entry: value for entry, value in merged.items() if value is not None}
        return True
