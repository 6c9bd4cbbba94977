from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.certificates import NAME, Authority
from tests.webhook.pushing import ACCOUNTS, Shelf
from wxdesk.core.events import Event
from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.tunnel import probe as public_probe
from wxdesk.tunnel.connection import Resolve, Surroundings
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.listener import Listener

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@dataclass
class Outside:
    """The listener of this process, its challenges, and a probe whose network is this machine's loopback."""

    port: int
    challenges: ProbeChallenges
    roots: Path
    events: list[Event] = field(default_factory=list)
    addresses: Sequence[str] | OSError = ("127.0.0.1",)
    own: Sequence[str] = ("192.0.2.7",)
    egress: str = ""
    is_private: Callable[[str], bool] = lambda _: False
    resolve: Resolve | None = None
    now: datetime = NOW
    usual_privacy: Callable[[str], bool] = Surroundings().is_private

    async def probe(self, port: int, url: str = f"http://{NAME}", limit: float = 5.0) -> Finding:
        """Probe `url`, which leads to `port` of this machine."""
        around = Surroundings(
            self.resolve or self._resolve,
            lambda: self.own,
            lambda _: port,
            str(self.roots),
            lambda: self.egress,
            self.is_private,
        )
        scheme, _, host = url.partition("://")
        host, slash, path = host.partition("/")
        probe = PublicProbe(self.challenges, lambda: NOW, around)
        with pytest.MonkeyPatch.context() as quick:
            quick.setattr(public_probe, "LIMIT_SECONDS", limit)
            return await probe.probe(PublicUrl(scheme, host, slash + path), "secure", f"127.0.0.1:{self.port}")

    async def _resolve(self, host: str) -> Sequence[str]:
        if isinstance(self.addresses, OSError):
            raise self.addresses
        return self.addresses


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def outside(authority: Authority) -> AsyncIterator[Outside]:
    challenges, events = ProbeChallenges(), list[Event]()
    listener = Listener(ACCOUNTS, Shelf().keep, events.append, lambda: NOW, "127.0.0.1", 0, challenges=challenges)
    url = await listener.start()
    yield Outside(int(url.rpartition(":")[2]), challenges, authority.roots, events)
    await listener.stop()
