"""The store's small facts, kept in a dictionary: what `desk.ports.Settings` promises and nothing more."""

from __future__ import annotations


class KeptSettings:
    """Values by their keys."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self._values.get(key)

    async def set(self, key: str, value: str) -> None:
        self._values[key] = value
