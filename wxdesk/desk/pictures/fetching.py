"""Fetches contacts' pictures as they arrive, as WeChat keeps each for three days.

Each message has the state of its picture in the store, so a restart goes on where the last run stopped. The
policy:

    a picture came                  kept by its digest; the message names it
    what came is no picture         missing, with the reason; it was never opened
    WeChat no longer has it         missing, with WeChat's reason
    WeChat cannot be reached, or    again, later and later, at most an hour apart;
        refuses the account         missing once WeChat's three days are over
    it cannot be kept here          likewise, and the operator is told

A few at a time, oldest first, those that failed after all others. An account whose calls fail rests between
them, so that an outage costs few calls; messages that fail again and again wait by themselves and hold up no other.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from wxdesk.core.errors import BadPicture, NotSent, Phrase, Refused, StoreError
from wxdesk.core.events import Event, PictureChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.picture import Picture, PictureState
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat.errcodes import ErrorAction, action_for, meaning_of
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.desk.ports import Clock, Media
from wxdesk.desk.runtime.timers import keep_looking
from wxdesk.i18n import explanation
from wxdesk.store.pictures import PictureBytes
from wxdesk.store.pictures.pictures import AwaitedPicture, PictureRecords
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 4
"""Downloads at the same time, shared by the accounts; each may hold 10 MB."""

KEPT_BY_WECHAT = timedelta(days=3)

LOOK_AGAIN = timedelta(hours=1)
"""Longest time between two searches for pictures that are too old."""

GIVE_UP_EVERY = timedelta(minutes=1)
"""Shortest time between them, because each reads all awaited pictures."""

TOO_LATE = "The picture could not be fetched in the three days for which WeChat keeps it."
UNEXPECTED = "The picture could not be taken in."

NOT_KEPT = "Customers' pictures cannot be kept: {reason}. Each is tried again for the three days that WeChat keeps it."

_WAITS = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 900, 3600))
_RESTS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30, 60))
"""Waits after each failure of a picture, and of its account, which may be why."""


@dataclass(eq=False, repr=False)
class PictureFetching:
    """Fetches awaited pictures until cancelled.

    `ready` gives the accounts that may fetch, by name. Subscribed to `PictureChanged` and `ConfigurationChanged`.
    """

    _records: PictureRecords
    _files: PictureBytes
    _media: Media
    _ready: Callable[[], Mapping[str, Account]]
    _publish: Callable[[Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._awake = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._calls: Counter[str] = Counter()
        self._failures: dict[int, int] = {}
        self._waiting: dict[int, datetime] = {}
        self._account_failures: dict[str, int] = {}
        self._resting: dict[str, datetime] = {}
        self._given_up_at: datetime | None = None

    def on_event(self, event: Event) -> None:
        """Check when a picture is awaited, and when accounts have changed."""
        if not isinstance(event, PictureChanged) or event.state is PictureState.AWAITED:
            self._awake.set()

    async def run(self) -> None:
        """Work until cancelled; a cancelled fetch is still awaited at the next run."""
        try:
            await keep_looking(self._start_due, self._awake, self._clock)
        finally:
            await end_tasks(self._under_way.values())

    async def _give_up(self, now: datetime) -> None:
        if self._given_up_at is not None and now - self._given_up_at < GIVE_UP_EVERY:
            return
        self._given_up_at = now
        for awaited in await self._records.give_up(now - KEPT_BY_WECHAT, TOO_LATE):
            self._forget(awaited)
            self._publish_state(awaited, PictureState.MISSING)

    async def _start_due(self) -> datetime:
        """Give up what is too old, start what is due; return when to check again."""
        now = self._clock()
        await self._give_up(now)
        self._waiting = {message_id: until for message_id, until in self._waiting.items() if until > now}
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        share = max(1, SIDE_BY_SIDE // max(1, len(self._ready())))
        for passed_over, name in product((self._failures.keys(), self._waiting.keys()), self._ready()):
            free = min(share - self._calls[name], SIDE_BY_SIDE - len(self._under_way))
            without = (*self._under_way, *passed_over)
            if free > 0 and name not in self._resting:
                for awaited in await self._records.awaited([name], without=without, limit=free):
                    self._start(awaited)
        return min((*self._waiting.values(), *self._resting.values(), now + LOOK_AGAIN))

    def _start(self, awaited: AwaitedPicture) -> None:
        task = asyncio.create_task(self._fetch(awaited), name=f"fetch the picture of message {awaited.message_id}")
        self._under_way[awaited.message_id] = task
        self._calls[awaited.account] += 1
        task.add_done_callback(lambda _: self._ended(awaited))

    def _ended(self, awaited: AwaitedPicture) -> None:
        del self._under_way[awaited.message_id]
        self._calls[awaited.account] -= 1
        self._awake.set()

    async def _fetch(self, awaited: AwaitedPicture) -> None:
        try:
            account = self._ready().get(awaited.account)
            if account is None:  # it went while its pictures were looked for
                return
            data = await self._media.fetch(account, awaited.media_id, awaited.address)
            picture = await asyncio.to_thread(picture_record, data)
            await self._files.keep(picture, data)
            await self._take_in(awaited, picture)
        except NotSent:
            self._postpone(awaited)
        except Refused as error:
            action = action_for(error.errcode)
            if action is ErrorAction.RETRY or action.is_about_the_account:
                self._postpone(awaited)
            else:
                await self._miss(awaited, meaning_of(error.errcode))
        except BadPicture as error:
            await self._miss(awaited, error.reason)
        except StoreError as error:
            self._publish(TroubleRaised(TroubleArea.PICTURES, Phrase(NOT_KEPT, reason=explanation(error))))
            self._postpone(awaited)
        except Exception:
            log.exception("A picture could not be taken in")
            await self._miss(awaited, UNEXPECTED)

    async def _take_in(self, awaited: AwaitedPicture, picture: Picture) -> None:
        await self._records.add_to_message(awaited.message_id, picture, self._clock())
        self._forget(awaited)
        self._account_failures.pop(awaited.account, None)
        self._publish(TroubleRaised(TroubleArea.PICTURES, ""))
        self._publish_state(awaited, PictureState.KEPT)

    async def _miss(self, awaited: AwaitedPicture, problem: str) -> None:
        try:
            await self._records.mark_missing(awaited.message_id, problem)
        except StoreError:
            self._postpone(awaited)
            return
        self._forget(awaited)
        self._publish_state(awaited, PictureState.MISSING)

    def _postpone(self, awaited: AwaitedPicture) -> None:
        now = self._clock()
        tried = self._failures[awaited.message_id] = self._failures.get(awaited.message_id, 0) + 1
        self._waiting[awaited.message_id] = now + _WAITS[min(tried, len(_WAITS)) - 1]
        failed = self._account_failures[awaited.account] = self._account_failures.get(awaited.account, 0) + 1
        self._resting[awaited.account] = now + _RESTS[min(failed, len(_RESTS)) - 1]

    def _forget(self, awaited: AwaitedPicture) -> None:
        self._failures.pop(awaited.message_id, None)
        self._waiting.pop(awaited.message_id, None)

    def _publish_state(self, awaited: AwaitedPicture, state: PictureState) -> None:
        self._publish(PictureChanged(awaited.conversation_id, awaited.message_id, state))
