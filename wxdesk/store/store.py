"""The store as a whole, as the desk uses it; `store.opening` makes it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

from wxdesk.store.conversations.conversations import Conversations
from wxdesk.store.conversations.takeovers import TakeoverStore
from wxdesk.store.conversations.transfers import TransferStore
from wxdesk.store.decisions.decisions import DecisionHistory, Decisions
from wxdesk.store.engine.database import Database
from wxdesk.store.inbox.attention import AttentionList
from wxdesk.store.inbox.inbox import Inbox
from wxdesk.store.inbox.row_changes import RowChanges
from wxdesk.store.messages.message_history import MessageHistory
from wxdesk.store.messages.pushes import Pushes, QuarantineStore
from wxdesk.store.pictures import PictureBytes, PictureRecords
from wxdesk.store.replies import DraftStore, OutboxStore
from wxdesk.store.replies.pending.pending import PendingReplies
from wxdesk.store.replies.replies import Replies
from wxdesk.store.reports import Exports, HourlySums, Statistics, Traces
from wxdesk.store.rules.rules import Rules
from wxdesk.store.settings import Settings
from wxdesk.store.setup import AccountRows, AttemptStore, Outages, PersonRows
from wxdesk.store.team import ClaimStore, CommandQueue, OperatorStore, RelayedEvents
from wxdesk.store.templates import Templates


class Store:
    """The store: one attribute for each family of tables; must be closed.

    All is called on the desk thread's loop. A method that changes something returns after its commit, and
    what it returns is what the database holds then.
    """

    def __init__(
        self, db: Database, release_home: Callable[[], None], picture_bytes: PictureBytes, marks: Path | None = None
    ) -> None:
        self._db = db
        self.picture_bytes = picture_bytes
        self._release_home = release_home
        self.lease, self.listen, self.rest = db.lease, db.listen, db.rest
        self.pushes = Pushes(db, marks)
        self.conversations = Conversations(db)
        self.inbox = Inbox(db)
        self.replies = Replies(db)
        self.outbox = OutboxStore(db)
        self.drafts = DraftStore(db)
        self.pending_replies = PendingReplies(db)
        self.attention = AttentionList(db)
        self.pictures = PictureRecords(db)
        self.decisions = Decisions(db)
        self.decision_history = DecisionHistory(db)
        self.rules = Rules(db)
        self.templates = Templates(db)
        self.settings = Settings(db)
        self.outages = Outages(db)
        self.account_rows, self.person_rows = AccountRows(db), PersonRows(db)
        self.attempts = AttemptStore(db)
        self.traces = Traces(db)
        self.quarantine = QuarantineStore(db)
        self.statistics, self.hourly_sums = Statistics(db), HourlySums(db)
        self.exports = Exports(db, picture_bytes.read_within)
        self.message_history = MessageHistory(db)
        self.takeovers = TakeoverStore(db)
        self.transfers = TransferStore(db)
        self.claims = ClaimStore(db)
        self.commands = CommandQueue(db)
        self.relayed_events = RelayedEvents(db)
        self.operators = OperatorStore(db)
        self.rows = RowChanges(db)

    def clock(self, own: Callable[[], datetime]) -> Callable[[], datetime]:
        """Return the clock that counts: a shared database's, or this machine's `own`."""
        return (lambda: own() + self.lease.ahead) if self.lease.is_shared else own

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def check(self) -> str:
        """Check that what is committed stays; see `Database`."""
        unsafe = await self._db.check()
        self.pushes.mark_newest()
        return unsafe

    async def close(self) -> None:
        """Commit waiting pushes, close connections and release the home; repeatable."""
        try:
            await self.pushes.close()
        finally:
            # Who else took the home while a hanging call still writes would make it two writers.
            if await self._db.close():
                self._release_home()
