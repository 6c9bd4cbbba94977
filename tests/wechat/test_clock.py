"""A wrong clock of the machine is told, because it makes rules silent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.wechat.worlds import ACCOUNT, HELLO, OPENID, Heard, client_to
from wxdesk import i18n
from wxdesk.core.errors import DeliveryUnknown, NotSent
from wxdesk.core.events import TroubleRaised
from wxdesk.desk.wechat.clock_skew import ClockCheck, clock_warning
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient


class WeChatsClock:
    """How far it is behind that of this machine."""

    behind = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind


@pytest.fixture
def there() -> WeChatsClock:
    return WeChatsClock()


@pytest.fixture
async def sandbox(there: WeChatsClock) -> AsyncIterator[Sandbox]:
    made = Sandbox(clock=there)
    await made.start()
    await made.say(OPENID, "几点")
    yield made
    await made.stop()


@pytest.fixture
async def client(sandbox: Sandbox, heard: Heard) -> AsyncIterator[WeChatClient]:
    async with client_to(sandbox.url, heard) as made:
        yield made


def troubles(heard: Heard) -> list[str]:
    return [i18n.tr(event.text) for event in heard.of(TroubleRaised) if event.key == "clock"]


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (6.5, "is 6 minutes fast, so times are shown", "快了 6 分钟"),
        (-9.5, "is 9 minutes slow, so replies seem possible", "慢了 9 分钟"),
        (481, "is 8 hours fast", "快了 8 小时"),
    ],
)
async def test_a_wrong_clock_is_told_of_with_the_first_answer_and_until_it_is_right(
    client: WeChatClient, there: WeChatsClock, heard: Heard, minutes: float, english: str, chinese: str
) -> None:
    there.behind = timedelta(minutes=minutes)
    await client.check(ACCOUNT)
    assert english in troubles(heard)[0]
    assert "network time" in troubles(heard)[0]
    await client.send(ACCOUNT, OPENID, HELLO)
    assert len(troubles(heard)) == 1
    i18n.use("zh_CN")
    assert chinese in i18n.tr(clock_warning(there.behind))
    i18n.use("en")
    there.behind = timedelta(0)
    await client.send(ACCOUNT, OPENID, HELLO)
    assert troubles(heard)[1:] == [""]


@pytest.mark.parametrize("seconds", [55, -55])
async def test_a_clock_that_is_a_little_off_raises_no_trouble(
    client: WeChatClient, there: WeChatsClock, heard: Heard, seconds: int
) -> None:
    there.behind = timedelta(seconds=seconds)
    await client.check(ACCOUNT)
    assert client.clock_check.ahead is not None
    assert abs(client.clock_check.ahead - there.behind) < timedelta(seconds=4)
    assert troubles(heard) == []


def test_a_clock_that_is_set_while_the_desk_runs_is_noticed_without_asking(heard: Heard) -> None:
    at, elapsed = datetime(2026, 3, 1, 8, tzinfo=UTC), 0.0
    check = ClockCheck(heard, lambda: at, lambda: elapsed)
    check.compare("Sun, 01 Mar 2026 08:00:00 GMT")
    at, elapsed = at + timedelta(minutes=10), 600.0  # ten minutes of work: nothing
    check.follow_clock()
    assert troubles(heard) == []
    at += timedelta(hours=1)
    check.follow_clock()
    check.follow_clock()
    assert [text.split(",")[0] for text in troubles(heard)] == ["The clock of this machine is 60 minutes fast"]
    at -= timedelta(hours=1)
    check.follow_clock()
    assert troubles(heard)[1:] == [""]


async def test_a_gateway_that_answers_for_wechat_says_nothing_about_its_clock(
    client: WeChatClient, sandbox: Sandbox, there: WeChatsClock, heard: Heard
) -> None:
    """Else one that is a day wrong would have genuine pushes refused for their age."""
    await client.check(ACCOUNT)
    there.behind = timedelta(days=2)
    sandbox.faults.plan(SimulatedFault(FaultKind.GATEWAY))
    with pytest.raises((NotSent, DeliveryUnknown)):
        await client.send(ACCOUNT, OPENID, HELLO)
    assert troubles(heard) == []


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 24 Nov 2026 10:" + "9" * 40, "Tue, " + "9" * 40 + " Nov 2026 10:00:00 GMT"]
)
def test_a_date_that_cannot_be_read_is_no_clock(date: str) -> None:
    told: list[object] = []
    check = ClockCheck(told.append, lambda: datetime.now(UTC))
    check.compare(date)
    assert (told, check.ahead, check.is_sure) == ([], None, False)
