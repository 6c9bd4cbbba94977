"""The time between the thought of a decision and its row: who changes what it is thought from waits for its end.

What a human says about one conversation is looked up by the store when it keeps a decision (`Outdated`). What holds for
all of them (the pause, an account's mode, the rules) is not in those rows: a command that has changed it waits here, so
that whatever was thought before is there to be stopped when the command goes on, on databases that write side by side
as well.
"""

from __future__ import annotations

import asyncio


class Deciding:
    """Held by `desk.intake` while it thinks and stores."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()

    async def settled(self) -> None:
        """Wait until all that was thought by now is stored, or has failed; what is thought later sees what is new."""
        async with self.turn:
            return
