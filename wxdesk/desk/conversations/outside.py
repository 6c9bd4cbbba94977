"""The shop's own systems: notices to phones while nobody is there, customer data.

One notice tells of all who wait. There is another only for somebody new, and not before `every_minutes` have passed.
Each loss of the way in, or of the store, has one notice of its own.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wxdesk.config.outside import PhoneSettings
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.errors import BadInput, NotFound, Phrase
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.model.conversation import Author
from wxdesk.core.outside import CustomerSheet, PhoneKind, PhoneNotice
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.desk.health import Health
from wxdesk.desk.ports import Clock, EndpointCaller
from wxdesk.desk.runtime.timers import keep_looking
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.desk.setup.reachability import loss_of
from wxdesk.i18n import account_title, explanation, ntr, tr
from wxdesk.secrets.names import CUSTOMER_DATA_KEY, PHONE
from wxdesk.store.conversations.conversations import Conversations
from wxdesk.store.inbox.attention import AttentionList

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(minutes=1)
"""Time until the next look for a loss, or try if no phone took its notice."""

MOST_LINES = 5
LONGEST_WORDS = 60


@dataclass(eq=False, repr=False)
class PhoneNotices:
    """Watches who waits, and whether messages get in; tells the phones of `[phone]`."""

    _configuration: Configuration
    _endpoints: EndpointCaller
    _attention: AttentionWatch
    _rows: AttentionList
    _presence: DeskPresence
    _health: Health
    _publish: Callable[[Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._told: frozenset[tuple[int, datetime]] = frozenset()
        self._told_at = datetime.min.replace(tzinfo=UTC)
        self._loss_told = False
        self._awake, self._looking = asyncio.Event(), asyncio.Lock()

    def on_event(self, _: Event) -> None:
        """Look again; subscribed to the bus."""
        self._awake.set()

    async def run(self) -> None:
        """Tell the phones until cancelled."""
        await keep_looking(self.notify_if_due, self._awake, self._clock)

    async def try_out(self, name: str) -> None:
        """Send a phone a notice for trial; raises `NotFound`, or `BadInput` and why."""
        said = tr("This is a trial. Like this you hear of customers who wait while nobody is at the desk.")
        if name not in self._configuration.now.config.phone.targets:
            raise NotFound("phone")
        await self._send(name, PhoneNotice(tr("wxdesk: a trial"), said, 0))

    async def notify_if_due(self) -> datetime | None:
        """Tell the phones if it is time; return the next time, None for the next event."""
        async with self._looking:
            phone, now = self._configuration.now.config.phone, self._clock()
            await self._tell_of_loss(phone, now)
            due, again = await self._tell_of_waiting(phone, now), now + LOOK_EVERY
            return min(due or again, again) if phone.targets else None

    async def _tell_of_loss(self, phone: PhoneSettings, now: datetime) -> None:
        """Tell once of a loss that lasts, without the store, which may be what is lost."""
        loss, presence = loss_of(self._health.state, now), self._presence.now
        self._loss_told &= loss is not None
        if loss is None or self._loss_told or not presence.away:
            return
        if now >= max(loss.since, presence.since) + timedelta(minutes=phone.after_minutes):
            self._loss_told = await self._tell(phone, PhoneNotice(tr(loss.title), tr(loss.why), 0))

    async def _tell_of_waiting(self, phone: PhoneSettings, now: datetime) -> datetime | None:
        waiting = frozenset((one.conversation_id, one.at) for one in self._attention.unseen if one.rings)
        self._told &= waiting
        new = waiting - self._told
        if not self._presence.now.away or not phone.targets or not new or self._health.state.refused:
            return None
        due = max(min(at for _, at in new), self._presence.now.since) + timedelta(minutes=phone.after_minutes)
        due = max(due, self._told_at + timedelta(minutes=phone.every_minutes))
        if now < due:
            return due
        ids = {conversation_id for conversation_id, _ in waiting}
        notice = notice_of(await self._rows.rows_to_judge(ids), now, words=phone.words)
        self._told, self._told_at = waiting, now
        if notice.waiting:
            await self._tell(phone, notice)
        return None

    async def _tell(self, phone: PhoneSettings, notice: PhoneNotice) -> bool:
        """Tell all phones; return False if no one took it."""
        return any(await asyncio.gather(*(self._notify(name, notice) for name in phone.targets)))

    async def _notify(self, name: str, notice: PhoneNotice) -> bool:
        try:
            await self._send(name, notice)
        except BadInput as error:
            text = Phrase(NOT_TOLD, name=name, why=explanation(error))
            self._publish(TroubleRaised(TroubleArea.PHONE.key(name), text))
            return False
        log.info("The phone %s has a notice; customers who wait: %s", name, notice.waiting)
        self._publish(TroubleRaised(TroubleArea.PHONE.key(name), ""))
        return True

    async def _send(self, name: str, notice: PhoneNotice) -> None:
        setup = self._configuration.now
        phone, address = setup.config.phone, setup.others.get((PHONE, name), "")
        if not address:
            raise BadInput(reason="Its address is not known: enter it in the settings.")
        await self._endpoints.notify(PhoneKind(phone.targets[name]), address, notice, phone.private_hosts)


def notice_of(rows: list[InboxRow], now: datetime, *, words: bool) -> PhoneNotice:
    """Write the notice that these wait, longest first, perhaps with their words."""
    rows = sorted(rows, key=lambda row: row.conversation.waiting_since or now)
    lines = [_line(row, now, words=words) for row in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(ntr("and {n} more", "and {n} more", len(rows) - MOST_LINES))
    title = ntr("{n} customer needs you", "{n} customers need you", len(rows))
    return PhoneNotice(title, "\n".join(lines), len(rows))


def _line(row: InboxRow, now: datetime, *, words: bool) -> str:
    conversation = row.conversation
    parts = [conversation.contact.alias or tr("a customer without a name"), account_title(conversation.account)]
    if conversation.waiting_since is not None:
        minutes = max(1, int((now - conversation.waiting_since).total_seconds()) // 60)
        parts.append(ntr("{n} minute", "{n} minutes", minutes))
    line = " · ".join(parts)
    said = " ".join(conversation.preview.split()) if words and conversation.preview_author is Author.CONTACT else ""
    return tr("{label}: {value}", label=line, value=said[:LONGEST_WORDS]) if said else line


KEPT = timedelta(seconds=60)
"""Time for which an answer is shown again without another question."""

MOST_KEPT = 200

NOT_TOLD = "The phone “{name}” was not told. {why}"


class CustomerData:
    """Asks `[customer_data]` of config.toml, and keeps answers in memory for a moment."""

    def __init__(
        self, configuration: Configuration, endpoints: EndpointCaller, conversations: Conversations, clock: Clock
    ) -> None:
        self._configuration = configuration
        self._endpoints = endpoints
        self._conversations = conversations
        self._clock = clock
        self._kept: dict[int, tuple[datetime, CustomerSheet]] = {}

    @property
    def is_there(self) -> bool:
        """True if an address is configured."""
        return bool(self._configuration.now.config.customer_data.url)

    async def sheet(self, conversation_id: int, *, anew: bool = False) -> CustomerSheet:
        """Return the data about a conversation's customer, asked `anew` or as kept.

        Raises:
            NotFound: there is no such conversation.
            BadInput: nothing usable was answered, and why.
        """
        now = self._clock()
        self._kept = {key: one for key, one in self._kept.items() if now - one[0] < KEPT}
        known = self._kept.get(conversation_id)
        if known is not None and not anew:
            return known[1]
        setup, conversation = self._configuration.now, await self._conversations.get(conversation_id)
        data, key = setup.config.customer_data, setup.others.get(CUSTOMER_DATA_KEY, "")
        if not data.url or not key:
            raise BadInput(reason="The address of the shop's own system, or its key, is not entered in the settings.")
        openid = conversation.contact.openid
        about = {"account": conversation.account, "openid": openid, "session_from": conversation.session_from}
        sheet = await self._endpoints.customer(data.url, key, about, data.private_hosts)
        self._kept[conversation_id] = (now, sheet)
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return sheet
