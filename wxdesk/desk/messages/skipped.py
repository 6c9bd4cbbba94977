"""Messages that came while no desk was open, which rules did not answer."""

from wxdesk.desk.messages.intake import Intake
from wxdesk.store.decisions.decisions import Decisions


class SkippedMessages:
    """Tells who wrote meanwhile, by `waiting`, and lets the rules answer after all."""

    def __init__(self, decisions: Decisions, intake: Intake) -> None:
        self._decisions = decisions
        self._intake = intake
        self.waiting = decisions.waiting

    async def ask_rules(self, as_drafts: bool) -> int:
        """Decide anew, with all guards but that of age; return the number of messages."""
        ids = await self._decisions.reopen_skipped()
        self._intake.ask_again(ids, as_drafts=as_drafts)
        return len(ids)
