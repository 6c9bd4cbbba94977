"""A request that goes beyond its bounds costs nothing and keeps nothing; a thousand genuine ones are taken."""

import asyncio
import gzip
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from time import perf_counter
from urllib.parse import urlencode

import pytest

from tests.campaign.outsiders.test_parsers import memory, reset_peak
from tests.conftest import Sized
from tests.webhook.conftest import Open, open_desk
from tests.webhook.generated import generated
from tests.webhook.pushing import TEXT, Desk, ask, signed, written
from tests.webhook.test_oracle import bodies, received
from wxdesk.core.model.account import PushMode
from wxdesk.webhook.http_server import Limits

__all__ = ["open_desk"]

REQUESTS = (60, 300, 1000)
GENUINE = (60, 500, 10_000)
"""How many requests are sent, and how many pushes of wechatpy's are read, in each size of the campaign."""

MEBIBYTES = 10
SECONDS = 0.1
AT_ONCE = 4
ZEROS = bytes(20_000_000)
BOMBS = {
    "gzip": gzip.compress(ZEROS, 9),
    "deflate": zlib.compress(ZEROS, 9),
    "br": b"\xdb\xff\x7f" * 90,
    "zstd": b"\x28\xb5\x2f\xfd" * 90,
}
MEMBERS = gzip.compress(b"") * 3000


def beyond(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield requests with the right signature, each beyond one bound of HTTP's or of ours."""
    head = f"POST /wx/plain?{urlencode(signed())} HTTP/1.1\r\nHost: desk\r\n".encode()
    while True:
        size = chance.randrange(70_000, 10**7)
        yield "too long, announced", head + f"Content-Length: {size}\r\n\r\n".encode() + TEXT
        yield "too long, sent", head + b"Content-Length: 80000\r\n\r\n" + b"x" * 80_000
        yield (
            "absurd length",
            head + f"Content-Length: {chance.choice(('-1', '1e3', '0x10', '9' * 40))}\r\n\r\n".encode(),
        )
        yield (
            "chunks without an end",
            head + b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n%s\r\n" % (b"x" * 4096) * 30,
        )
        yield "a huge chunk", head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n" + TEXT
        name = chance.choice(tuple(BOMBS))
        yield f"bomb of {name}", written("/wx/plain", BOMBS[name][:60_000], signed(), Content_Encoding=name)
        yield "empty members", written("/wx/plain", MEMBERS[:60_000], signed(), Content_Encoding="gzip")
        yield "many headers", head + b"X: y\r\n" * chance.randrange(65, 2000) + b"Content-Length: 0\r\n\r\n"
        yield "a long header", head + b"X: " + b"y" * chance.randrange(4200, 60_000) + b"\r\n\r\n"
        yield "a long address", written("/wx/plain" + "x" * chance.randrange(4200, 20_000), TEXT, signed())
        yield "two lengths", head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        yield "lengths that differ", head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + TEXT
        yield "a line too many", head + b"Content-Length : 5\r\n\r\nhello"
        yield "no HTTP", chance.randbytes(chance.randrange(1, 3000)).replace(b"\n", b"") + b"\r\n\r\n"


@pytest.mark.campaign
@pytest.mark.timeout(300)
async def test_a_request_beyond_its_bounds_costs_nothing(open_desk: Open, sized: Sized) -> None:
    desk: Desk = await open_desk(Limits(body=0.3, lingering=0.1))
    making = beyond(random.Random(20261128))
    made = [next(making) for _ in range(sized(*REQUESTS))]
    await ask(desk, written("/wx/plain", TEXT, signed()))  # what is imported or cached once
    before = memory("VmRSS") if reset_peak() else 0
    answers: Counter[tuple[str, int]] = Counter()
    left = iter(made)

    async def send() -> None:
        for name, raw in left:
            answers[name, await status_of(desk, raw)] += 1

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    assert {status for _, status in answers} <= {400, 403, 404, 413, 415, 408, 0}, answers
    if before:
        assert memory("VmHWM") - before < MEBIBYTES * 1024
    assert len(desk.shelf.pushes) == 1, "nothing of it reached the store"
    took = sorted(event.milliseconds for event in desk.events if "slow" not in event.outcome)  # type: ignore[attr-defined]
    assert took[len(took) * 98 // 100] < SECONDS * 1000, "but one may lose its turn to another process"
    began = perf_counter()
    assert (await ask(desk, written("/wx/plain", TEXT, signed()))).status == 200
    assert perf_counter() - began < 1


async def status_of(desk: Desk, raw: bytes) -> int:
    """Send it; the status of the answer, 0 if the connection was closed without one."""
    reader, writer = await desk.connect(raw)
    try:
        async with asyncio.timeout(10):
            line = await reader.readline()
        return int(line.split()[1]) if line else 0
    except ConnectionError:
        return 0
    finally:
        writer.close()


@pytest.mark.campaign
@pytest.mark.timeout(300)
def test_pushes_signed_and_encrypted_by_wechatpy_are_accepted(sized: Sized) -> None:
    for number in range(sized(*GENUINE)):
        push = generated(number)
        for form, body in bodies(push):
            found = received(tuple(PushMode)[number % 3], form, body, number)
            assert (found.body, found.note) == (body, ""), number
