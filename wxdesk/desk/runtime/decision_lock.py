"""Lock that makes policy changes wait for decisions that are being made.

Changes to one conversation are checked by the store when it stores a decision (`DecisionOutdated`). Those for all
(the pause, an account's mode, the rules) are not in those rows: a command that has changed one waits here,
so that every decision made before is stored and can be stopped when the command goes on, also on databases
with several writers.
"""

import asyncio


class DecisionLock(asyncio.Lock):
    """The lock, held by `desk.messages.intake` while it decides and stores."""

    async def wait_for_stored(self) -> None:
        """Wait until all decisions begun by now are stored or have failed."""
        async with self:
            return
