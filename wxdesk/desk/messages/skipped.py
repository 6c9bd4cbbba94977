"""Messages that came while no desk was open, which rules did not answer."""

from collections.abc import Mapping
from datetime import datetime

from wxdesk.core.conversations.listing import Waiting
from wxdesk.core.model.account import Account
from wxdesk.desk.messages.intake import Intake
from wxdesk.store.decisions.decisions import Decisions


class SkippedMessages:
    """Tells who wrote meanwhile, and lets the rules answer after all."""

    def __init__(self, decisions: Decisions, intake: Intake, accounts: Mapping[str, Account]) -> None:
        self._decisions = decisions
        self._intake = intake
        self._accounts = accounts

    async def waiting(self, since: datetime | None) -> list[Waiting]:
        """Return who waits since a time, or was skipped, the longest first."""
        return await self._decisions.waiting(since, self._paused)

    async def ask_rules(self, as_drafts: bool) -> int:
        """Decide anew, with all guards but that of age; return the number of messages."""
        ids = await self._decisions.reopen_skipped(self._paused)
        self._intake.ask_again(ids, as_drafts=as_drafts)
        return len(ids)

    @property
    def _paused(self) -> list[str]:
        return [name for name, account in self._accounts.items() if account.paused]
