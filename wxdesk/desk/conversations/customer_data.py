"""Data about a customer from the shop's own system, asked for by an operator."""

from datetime import datetime, timedelta

from wxdesk.core.errors import BadInput
from wxdesk.core.outside import CustomerSheet
from wxdesk.desk.ports import Clock, EndpointCaller
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.secrets import CUSTOMER_DATA_KEY
from wxdesk.store.conversations.conversations import Conversations

KEPT = timedelta(seconds=60)
"""Time for which an answer is shown again without another question."""

MOST_KEPT = 200


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
        setup, thread = self._configuration.now, await self._conversations.get(conversation_id)
        data, key = setup.config.customer_data, setup.others.get(CUSTOMER_DATA_KEY, "")
        if not data.url or not key:
            raise BadInput(reason="The address of the shop's own system, or its key, is not entered in the settings.")
        about = {"account": thread.account, "openid": thread.contact.openid, "session_from": thread.session_from}
        sheet = await self._endpoints.customer(data.url, key, about, data.private_hosts)
        self._kept[conversation_id] = (now, sheet)
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return sheet
