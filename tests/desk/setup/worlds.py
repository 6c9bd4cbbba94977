"""A set-up desk on a real store, with a network that a test decides and a clock that stands still."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from tests.prepared import SQLITE, prepare
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, Heard
from wxdesk.config.reading import Config, ListenerSettings, WeChatSettings
from wxdesk.core.errors import NotSent
from wxdesk.core.events import ConfigurationChanged, PushSeen
from wxdesk.core.model.account import Account
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.ports import SetupApi
from wxdesk.desk.settings.configuration import Configuration, Setup
from wxdesk.desk.setup.attempts import Attempts
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.setup.setup_desk import SetupDesk
from wxdesk.desk.setup.waiting import SetupWaiting
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import Store, open_store

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PUBLIC_URL = "https://desk.example.com"


class NoApi:
    """WeChat cannot be reached; or it can, and the console has a URL saved, or none."""

    def __init__(self) -> None:
        self.saved: CheckVerdict | None = None

    async def check(self, account: Account) -> float:
        raise NotSent("WeChat cannot be reached")

    async def try_credentials(self, app_id: str, app_secret: str) -> None:
        raise NotSent("WeChat cannot be reached")

    async def check_saved_url(self, account: Account) -> CheckVerdict:
        if self.saved is None:
            raise NotSent("WeChat cannot be reached")
        return self.saved


class SomeRules:
    """Rules, or none."""

    has_rules = True


class Outside:
    """The public address as a probe finds it."""

    verdict = CheckVerdict.OK
    """What is found by the push URL of every account that `verdicts` does not name."""

    def __init__(self) -> None:
        self.verdicts: dict[str, CheckVerdict] = {}

    async def probe(self, url: PublicUrl, account: str, listener: str) -> Finding:
        return Finding(Check.ADDRESS, self.verdicts.get(account, self.verdict), account, {}, AT)

    def own_addresses(self) -> tuple[str, ...]:
        return ("192.0.2.7",)


@dataclass
class SetupWorld:
    """The desk, and what it stands on."""

    desk: SetupDesk = field(init=False)
    store: Store
    heard: Heard
    outside: Outside
    rules: SomeRules
    now: datetime = AT
    api: NoApi = field(default_factory=NoApi)

    @property
    def accounts(self) -> dict[str, Account]:
        return cast("dict[str, Account]", self.desk._accounts)

    @property
    def attempts(self) -> Attempts:
        return self.desk._attempts

    @property
    def waiting(self) -> SetupWaiting:
        return self.desk._waiting

    def verdict(self, fact: Check, account: str = "shop") -> CheckVerdict:
        return self.desk.state.account(account).finding(fact).verdict

    def sees(self, outcome: str, verdict: CheckVerdict | None = None, check: Check = Check.PUSH, **more: str) -> None:
        """A request of this outcome arrives; `more` are `account`, `key` and the finding's values."""
        account, key = more.pop("account", "shop"), more.pop("key", "")
        finding = None if verdict is None else Finding(check, verdict, account, more, self.now)
        self.desk.on_event(PushSeen(account, outcome, self.now, 3.0, key=key, finding=finding))

    async def submits(self) -> None:
        """The operator has submitted the URL, and sees what was found last."""
        await self.desk.submitted("shop", self.desk.state.account("shop").finding(Check.URL_CHECK))


async def unapplied(_: Setup) -> ConfigurationChanged:
    """Take a configuration that no part follows."""
    return ConfigurationChanged()


@asynccontextmanager
async def setup_world(
    home: Path,
    api: SetupApi | None = None,
    api_base: str = "http://127.0.0.1:1",
    accounts: Mapping[str, tuple[Account, Credentials]] | None = None,
    heard: Heard | None = None,
    sources: SecretSources | None = None,
) -> AsyncIterator[SetupWorld]:
    prepare(home)
    known = accounts or {ACCOUNT.name: (ACCOUNT, CREDENTIALS)}
    store, told, outside, no_api = await open_store(SQLITE, home), heard or Heard(), Outside(), NoApi()
    rules, configured = SomeRules(), {name: account for name, (account, _) in known.items()}
    reachability = Reachability(outside, store.outages, store.settings, told, lambda: world.now)
    credentials = {name: secrets for name, (_, secrets) in known.items()}
    config = Config(ListenerSettings(public_url=PUBLIC_URL), wechat=WeChatSettings(api_base))
    configuration = Configuration(Setup(home, config, credentials, sources=sources), told, unapplied)
    world, of_wechat = SetupWorld(store, told, outside, rules, api=no_api), api or no_api
    world.desk = SetupDesk(
        configuration,
        configured,
        of_wechat,
        store.attempts,
        reachability,
        lambda: rules.has_rules,
        told,
        lambda: world.now,
    )
    try:
        await world.desk.load()
        yield world
    finally:
        await store.close()
