"""A genuine request that somebody kept is refused after a day, judged by WeChat's clock alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.webhook.pushing import ACCOUNTS, NONCE, TEXT, TIMESTAMP, TOKEN, Desk, Shelf, ask, sha1_of, signed, written
from wxdesk.core.events import Event, PushSeen
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.webhook.listener import Listener

SIGNED_AT = datetime.fromtimestamp(int(TIMESTAMP), UTC)
PUSH = written("/wx/plain", TEXT, signed())
CHECK = written("/wx/plain", b"", signed(echostr="42"), "GET")


class Clocks:
    """Our clock, and WeChat's."""

    def __init__(self) -> None:
        self.ours = SIGNED_AT

    def __call__(self) -> datetime:
        return self.ours


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
async def desk(clocks: Clocks) -> AsyncIterator[Desk]:
    events: list[Event] = []
    check, shelf = ClockCheck(lambda _: None, clocks, lambda: 0.0), Shelf()
    listener = Listener(ACCOUNTS, shelf.keep, events.append, clocks, "127.0.0.1", 0, clock_check=check)
    made = Desk(listener, await listener.start(), shelf, events, asyncio.Event())
    made.clock_check = check  # type: ignore[attr-defined]
    yield made
    await made.close()


def wechat_says(desk: Desk, at: datetime) -> None:
    desk.clock_check.compare(format_datetime(at, usegmt=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(days=1), 200), (timedelta(hours=25), 403), (timedelta(days=40), 403), (-timedelta(hours=25), 403)],
)
@pytest.mark.parametrize("raw", [PUSH, CHECK], ids=["push", "check"])
async def test_a_request_of_another_day_is_refused(
    desk: Desk, clocks: Clocks, age: timedelta, status: int, raw: bytes
) -> None:
    clocks.ours += age
    wechat_says(desk, clocks.ours)
    assert (await ask(desk, raw)).status == status
    assert len(desk.shelf.pushes) == (status == 200 and raw is PUSH)
    if status == 403:
        assert desk.outcomes == ["refused: old"]


@pytest.mark.parametrize(
    ("timestamp", "nonce"),
    [
        ("", NONCE + TIMESTAMP),
        (NONCE + TIMESTAMP, ""),
        (f"{NONCE}1", TIMESTAMP[1:]),
        (NONCE[:5], NONCE[5:] + TIMESTAMP),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_signature_whose_parts_were_divided_anew_is_refused(
    desk: Desk, clocks: Clocks, method: str, timestamp: str, nonce: str
) -> None:
    clocks.ours += timedelta(days=40)
    wechat_says(desk, clocks.ours)
    kept = signed(echostr="42") | {"timestamp": timestamp, "nonce": nonce}
    assert kept["signature"] == sha1_of(TOKEN, timestamp, nonce)
    assert (await ask(desk, written("/wx/plain", TEXT, kept, method))).status == 403
    assert desk.shelf.pushes == []


@pytest.mark.parametrize(
    "timestamp", ["soon", "9" * 20, "0" + TIMESTAMP, f"+{TIMESTAMP}", f" {TIMESTAMP}", "1_760_000_001"]
)
async def test_only_digits_that_are_a_time_are_a_timestamp(desk: Desk, timestamp: str) -> None:
    query = {"timestamp": timestamp, "nonce": NONCE, "signature": sha1_of(TOKEN, timestamp, NONCE)}
    assert (await ask(desk, written("/wx/plain", TEXT, query))).status == 403
    assert desk.outcomes == ["refused: old"]


async def test_a_desk_whose_own_clock_is_wrong_goes_on_listening(desk: Desk, clocks: Clocks) -> None:
    clocks.ours += timedelta(days=400)
    wechat_says(desk, SIGNED_AT)
    assert (await ask(desk, PUSH)).status == 200


async def test_a_machine_that_was_held_and_goes_on_refuses_nothing(desk: Desk, clocks: Clocks) -> None:
    wechat_says(desk, clocks.ours)
    clocks.ours += timedelta(days=3)  # nobody's seconds have passed
    later = {"timestamp": str(int(TIMESTAMP) + 3 * 86400)}
    signature = sha1_of(TOKEN, later["timestamp"], NONCE)
    raw = written("/wx/plain", TEXT, signed() | later | {"signature": signature})
    assert (await ask(desk, raw)).status == 200
    assert (await ask(desk, PUSH)).status == 200
    assert [event.signed_at for event in desk.events if isinstance(event, PushSeen)] == [clocks.ours, SIGNED_AT]
    wechat_says(desk, clocks.ours)
    assert (await ask(desk, PUSH)).status == 403


async def test_before_wechats_clock_is_known_nothing_is_refused_for_its_age(desk: Desk, clocks: Clocks) -> None:
    clocks.ours += timedelta(days=400)
    assert (await ask(desk, PUSH)).status == 200
