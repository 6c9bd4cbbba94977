"""Hands a newly read configuration to the parts of a running desk."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable

from msgspec import Struct, structs

from wxdesk import logs
from wxdesk.core import events
from wxdesk.core.errors import BadConfig, Phrase, PortInUse, Text
from wxdesk.core.model.account import Account
from wxdesk.core.troubles import EndsWith, TroubleArea
from wxdesk.core.wechat.credentials import NO_CREDENTIALS, Credentials
from wxdesk.desk.desk import Desk
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.settings.configuration import RESTART_NEEDED, Setup, describe_changes
from wxdesk.i18n import explanation
from wxdesk.webhook.listener import Listener
from wxdesk.wechat.client import WeChatClient

log = logging.getLogger(__name__)


class Reconfiguration(Struct, frozen=True):
    """The parts that are told; all others ask `Configuration` or `Accounts`."""

    desk: Desk
    listener: Listener
    client: WeChatClient
    backoff: AccountBackoff
    open_address: Callable[[], Awaitable[None]]

    async def apply(self, setup: Setup) -> events.ConfigurationChanged:
        """Hand `setup` to the parts; publish and return what has changed.

        What cannot be had while the desk runs stays as it was, and a trouble says so: another database, and an
        address at which this machine does not let it listen.
        """
        desk, before = self.desk, self.desk.configuration.now
        logs.mask_also(setup.secrets)
        changes = setup.changes_since(before)
        self._publish_trouble(TroubleArea.RESTART, RESTART_NEEDED if changes.restart_needed else "")
        await self._listen_at(setup)
        store = before.config.store  # the one that is open
        setup = dataclasses.replace(setup, config=structs.replace(setup.config, store=store))
        if setup == before:
            return changes
        desk.configuration.use(setup)
        await desk.accounts.use(setup.accounts, setup.credentials)
        await desk.preferences.load()  # whose views name accounts
        if changes.removed or changes.added:
            await desk.account_editing.resolve_removed()
            desk.bus.publish(events.EverythingChanged())  # conversations went with their account, or are back with it
        if changes.removed:
            desk.bus.publish(events.PreferencesChanged())
            await desk.rules.rulebook.changed()  # whose conditions name accounts
        self.listener.accounts.use(listened_accounts(setup))
        self.client.use(setup.config.wechat, desk.configuration.credentials, desk.accounts.ready())
        await self._move_to_zone(setup)
        if _address_settings(setup) != _address_settings(before):
            await self.open_address()
        self._end_troubles(changes, before)
        log.info("%s", describe_changes(changes))
        desk.bus.publish(changes)
        return changes

    async def _listen_at(self, setup: Setup) -> None:
        at = setup.config.listener
        try:
            url = await self.listener.move(at.host, at.port)
        except (PortInUse, BadConfig) as error:
            stays = Phrase("wxdesk goes on listening at {url}.", url=self.listener.url)
            self._publish_trouble(TroubleArea.LISTENER, Phrase("{said} {more}", said=stays, more=explanation(error)))
            return
        self._publish_trouble(TroubleArea.LISTENER, "")
        if url is not None:
            self.desk.bus.publish(events.ListenerChanged(url))

    async def _move_to_zone(self, setup: Setup) -> None:
        rulebook = self.desk.rules.rulebook
        if rulebook.calendars.zone != setup.zone:
            rulebook.calendars.zone = setup.zone
            await rulebook.load()

    def _end_troubles(self, changes: events.ConfigurationChanged, before: Setup) -> None:
        """Let changed accounts try again; end the troubles of removed accounts and phones."""
        for name in changes.changed:
            self.backoff.try_now(name)
        of_accounts = [area for area in TroubleArea if EndsWith.ACCOUNT in area.ends_with]
        gone = {area.key(name) for area in of_accounts for name in changes.removed}
        phones = self.desk.configuration.now.config.phone.targets
        gone |= {TroubleArea.PHONE.key(name) for name in before.config.phone.targets if name not in phones}
        for trouble in self.desk.health.state.troubles:
            if trouble.key in gone:
                self._publish_trouble(trouble.key, "")

    def _publish_trouble(self, key: str, text: Text) -> None:
        self.desk.bus.publish(events.TroubleRaised(key, text))


def _address_settings(setup: Setup) -> tuple[object, ...]:
    """Return what the tunnel and its probe depend on."""
    config, account = setup.config, next(iter(setup.accounts), "")
    return config.tunnel, config.listener, account, config.wechat.api_base, setup.tunnel_password


def listened_accounts(setup: Setup) -> dict[str, tuple[Account, Credentials]]:
    """Return the accounts with their secrets; one without them refuses every request."""
    return {name: (account, setup.credentials.get(name, NO_CREDENTIALS)) for name, account in setup.accounts.items()}
