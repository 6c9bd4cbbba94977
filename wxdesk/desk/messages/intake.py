"""Takes in verified pushes: stores them, then derives messages and decides.

`keep` returns once the push is on disk, and only that; the listener answers WeChat then. Only an answer
that could transfer the contact to WeChat's own tool waits for the decision as well (see
`desk.conversations.transfers`). All else happens later, from what is stored and in the order of arrival:
message and conversation are derived, guards and rules decide, and the decision is stored together with the
replies that follow from it. A crash in between loses nothing: work begins with what the last run left
underived or undecided, while the listener acknowledges already. It looks for more of that whenever WeChat
repeats a push: one that seemed not to be kept may be on the disk after all.

An operator's command during a decision goes before it: the store refuses a decision made from an older
state (`DecisionOutdated`), and it is made again.

Errors: a store that cannot be written is tried again, with the operator told. A decision that fails is
stored as such (see `desk.messages.answering`), and so is one that cannot be stored with its effects: one
message never holds up the others.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from wxdesk.core import events
from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.errors import DecisionOutdated, StoreError
from wxdesk.core.model.push import Push
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.ruling import Ruling, UndecidedMessage
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.messages.answering import Answering
from wxdesk.desk.messages.quarantine import read_kept
from wxdesk.desk.messages.throttle import BATCH, Throttle
from wxdesk.desk.ports import Clock, ReadPush
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.runtime.timers import STORE_RETRY_SECONDS
from wxdesk.i18n import explanation
from wxdesk.store import Store
from wxdesk.store.messages.deriving import UnderivedPush

log = logging.getLogger(__name__)

LATE_SECONDS = 60.0
"""Time until a commit of an unknown outcome has certainly ended on a server."""

CANNOT_BE_READ = "WeChat sent something that this program cannot read. It is kept, and shown under Traffic, Quarantine."

MAX_UNDECIDED_FOR_TRANSFER = 100
"""Most undecided pushes at which an answer waits: beyond, decisions come too late."""

MOST_IN_MEMORY = 2000
"""Most pushes that wait in memory (3 MB); all others wait in the store."""

STORED = Receipt(new=True)


@dataclass(eq=False, repr=False)
class Intake:
    """Takes in pushes in order of arrival, and gets a decision for each message.

    Its state between two batches; it works on while `_undecided_left`, `_underived_left` or any of `_fresh`:

    - `_undecided_left`: the store may hold messages without a decision. They come first.
    - `_underived_left`: the store may hold pushes to derive that `_fresh` does not. The next batch is read from there.
    - `_fresh`: pushes of this run that wait in memory to be derived.
    - `_backlog`: the last batch from the store was full, so more wait there: no answer to WeChat waits for a decision.
    - `_store_failed`: the last batch met an error of the store, and the operator was told so.
    - `_untold`: rulings of which nobody has heard, because it is not known yet whether they were stored.
    - `_asked_again`: old messages that the operator wants answered, and whether by drafts only.
    """

    _store: Store
    _read_push: ReadPush
    _answering: Answering
    _transfers: Transfers
    _decision_lock: DecisionLock
    _publish: Callable[[events.Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._fresh: deque[UnderivedPush] = deque()
        self._awake = asyncio.Event()
        self._kept = 0
        self._underived_left = self._undecided_left = True  # by the last run
        self._backlog = self._store_failed = False
        self._asked_again: dict[int, bool] = {}
        self._awake.set()
        self._untold: list[tuple[UndecidedMessage, Ruling]] = []
        self._late_look: asyncio.TimerHandle | None = None
        self._pacing = Throttle()

    async def keep(self, push: Push) -> Receipt:
        """Commit `push`; wait for the decision too if its answer could be a transfer.

        Raises:
            StoreError: it could not be committed, so WeChat must not get its `success`.
            asyncio.QueueFull: too many wait for the disk already.
        """
        try:
            push_id = await self._store.pushes.keep(push)
        except StoreError:
            self._look_later()
            raise
        if push_id is None:  # a copy of one that may have seemed not to be kept
            self.look_for_more()
            return Receipt(new=False, transferred=await self._transfers.answer(push, new=False))
        self._kept += 1
        waiting = len(self._fresh)
        held = waiting < MAX_UNDECIDED_FOR_TRANSFER and not self._backlog and self._transfers.hold(push_id, push)
        if waiting < MOST_IN_MEMORY:
            self._fresh.append(UnderivedPush(push_id, push.account, push.received_at, push.incoming))
        else:
            self._underived_left = True
        self._awake.set()
        if push.incoming is None:
            self._publish(events.TroubleRaised(TroubleArea.QUARANTINE, CANNOT_BE_READ, passing=True))
            self._publish(events.QuarantineChanged())
        return Receipt(True, await self._transfers.answer(push, new=True)) if held else STORED

    async def run(self) -> None:
        """Work until cancelled, at first on what was left unfinished."""
        self.look_for_more()
        try:
            while True:
                await self._awake.wait()
                self._awake.clear()
                while self._undecided_left or self._underived_left or self._fresh:
                    began = time.monotonic()
                    await self._work()
                    now = time.monotonic()
                    rest = self._pacing.rest(now, now - began, self._kept) or self._store.rest(now - began)
                    await self._give_way(rest, now - began)
        finally:
            if self._late_look is not None:
                self._late_look.cancel()

    async def _give_way(self, rest: float, took: float) -> None:
        """Leave time to acknowledging after a batch that `took` so long."""
        await asyncio.sleep(rest)
        if not rest:
            await self._store.pushes.until_answered(took)

    async def _work(self) -> None:
        """Process what was left and the next batch; look for more after an error."""
        batch: Sequence[UnderivedPush] = ()
        try:
            # What comes meanwhile may ask for another look at what was left: it must not keep the next batch waiting.
            older = self._undecided_left and await self._decide_left()
            if not older and (batch := await self._next()):
                await self._take_in(batch)
        except StoreError as error:
            self._store_failed = True
            self._transfers.unclaim(push.push_id for push in batch)
            self._publish(events.TroubleRaised(TroubleArea.INTAKE, explanation(error)))
            await asyncio.sleep(STORE_RETRY_SECONDS)
            self.look_for_more()
            return
        self._store_failed = False
        self._publish(events.TroubleRaised(TroubleArea.INTAKE, ""))

    async def _decide_left(self) -> bool:
        """Decide on a batch of messages left without a decision, oldest first.

        False if there was none.
        """
        self._undecided_left = False
        await self._publish_stored_decisions()
        undecided = await self._store.decisions.undecided(BATCH)
        if self._store_failed:  # of those that the store kept without an answer, nobody has heard
            for item in undecided:
                self._publish(events.MessageKept(item.conversation.id, item.message.id))
        await self._decide(undecided)
        self._undecided_left |= bool(undecided)
        self._backlog = len(undecided) == BATCH
        return bool(undecided)

    async def _next(self) -> Sequence[UnderivedPush]:
        """Return the next pushes, from the store if it may hold more than memory."""
        size = self._pacing.batch
        if not self._underived_left:
            return list(islice(self._fresh, size))
        self._underived_left = False
        stored = await self._store.pushes.underived(size)
        self._underived_left |= bool(stored)  # others may have come meanwhile
        self._backlog = len(stored) == size
        read = {push.push_id: push for push in islice(self._fresh, size)}
        return [read.get(push.id) or read_kept(push, self._read_push) for push in stored]

    async def _take_in(self, batch: Sequence[UnderivedPush]) -> None:
        await self._decide(await self._derive(batch))
        done = {push.push_id for push in batch}
        for push_id in done:
            self._transfers.send_answer(push_id, transferred=False)
        while self._fresh and self._fresh[0].push_id in done:
            self._fresh.popleft()

    def look_for_more(self) -> None:
        """Look in the store for pushes and messages that nobody here has queued."""
        self._undecided_left = True
        self.look_for_pushes()

    def look_for_pushes(self) -> None:
        """Look in the store for pushes that another server may have kept."""
        self._underived_left = True
        self._awake.set()

    def ask_again(self, message_ids: Sequence[int], *, as_drafts: bool) -> None:
        """Let the rules answer these undecided messages, however old they are."""
        self._asked_again.update(dict.fromkeys(message_ids, as_drafts))
        self.look_for_more()

    def _look_later(self) -> None:
        """Look for a push that was kept without an answer, now and in `LATE_SECONDS`."""
        self.look_for_more()
        if self._late_look is not None:
            self._late_look.cancel()
        self._late_look = asyncio.get_running_loop().call_later(LATE_SECONDS, self.look_for_more)

    async def _derive(self, batch: Sequence[UnderivedPush]) -> list[UndecidedMessage]:
        undecided = await self._store.pushes.derive(batch)
        for item in undecided:
            self._publish(events.MessageKept(item.conversation.id, item.message.id))
            self._publish(events.MessageArrived(item.message))
            if item.message.picture_state is not None:
                self._publish(events.PictureChanged(item.conversation.id, item.message.id, item.message.picture_state))
        return undecided

    async def _decide(self, undecided: Sequence[UndecidedMessage]) -> None:
        """Decide on these, after an unexpected error on each alone, recording its failure."""
        try:
            await self._decide_together(undecided)
        except StoreError:
            raise
        except Exception:
            if len(undecided) > 1:
                for item in undecided:
                    await self._decide([item])
                return
            log.exception("A decision could not be carried out")
            rulings = [self._answering.given_up(item) for item in undecided]
            self._publish_decisions(undecided, rulings, await self._store.decisions.store_rulings(rulings))

    async def _decide_together(self, undecided: Sequence[UndecidedMessage]) -> None:
        while True:
            undecided = await self._with_history(undecided)
            try:
                async with self._decision_lock:
                    rulings = self._answering.decide(undecided, self._asked_again)
                    replies = await self._store.decisions.store_rulings(rulings)
                break
            except StoreError:
                self._untold += zip(undecided, rulings, strict=True)
                raise
            except DecisionOutdated:
                self._transfers.unclaim(item.message.push_id for item in undecided)
                undecided = await self._store.decisions.still_undecided([item.message.id for item in undecided])
        self._publish_decisions(undecided, rulings, replies)

    async def _publish_stored_decisions(self) -> None:
        """Tell of decisions that the store kept although its answer did not come."""
        if not self._untold:
            return
        ids = {item.message.id for item, _ in self._untold}
        left = {item.message.id for item in await self._store.decisions.still_undecided(ids)}
        decided = [one for one in self._untold if one[0].message.id not in left]
        replies = await self._store.replies.to_messages(ids - left)
        self._untold = []
        self._publish_decisions([item for item, _ in decided], [ruling for _, ruling in decided], replies)

    def _publish_decisions(
        self, undecided: Sequence[UndecidedMessage], rulings: Sequence[Ruling], replies: list[Reply]
    ) -> None:
        for item, ruling in zip(undecided, rulings, strict=True):
            self._carry_out(item, ruling)
        for ruling in rulings:
            decision = ruling.decision
            self._asked_again.pop(decision.message_id, None)
            self._publish(events.DecisionMade(decision.conversation_id, decision.message_id))
            if ruling.changes_row:
                self._publish(events.ConversationChanged(decision.conversation_id))
            if ruling.called_by:
                self._publish(events.OperatorCalled(decision.conversation_id, ruling.called_by))
        delayed = {one.conversation_id for one in replies if one.state is ReplyState.QUEUED and one.not_before}
        for conversation_id in delayed:
            self._publish(events.TypingAsked(conversation_id))
        publish_replies(self._publish, replies)

    def _carry_out(self, item: UndecidedMessage, ruling: Ruling) -> None:
        """Send the held answer to the push, and remember whether a transfer is armed."""
        transferred = ruling.transferred_until is not None
        self._transfers.send_answer(item.message.push_id, transferred=transferred)
        if transferred or ruling.arm_transfer:
            contact = item.conversation.contact
            self._transfers.note((contact.account, contact.openid), armed=not transferred)

    async def _with_history(self, undecided: Sequence[UndecidedMessage]) -> Sequence[UndecidedMessage]:
        """Add the history that the present rules need; most need none."""
        asked = RequiredHistory()
        while undecided and (wanted := self._answering.wanted) != asked:  # other rules may have come meanwhile
            undecided = await self._store.decisions.with_history(undecided, wanted, self._clock())
            asked = wanted
        return undecided
