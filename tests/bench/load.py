"""The client of `webhook.py`: many connections, each with one signed push under way; prints its figures as JSON.

It speaks HTTP by hand, because a client library would cost more than the servers that are measured.
"""

import asyncio
import hashlib
import json
import sys
import time
from urllib.parse import urlsplit

from wxdesk.sandbox.demo_customers import demo_account

WARM_UP_SECONDS = 1.0
CONTACTS = 200


class Connection(asyncio.Protocol):
    """Writes the next push as soon as the last one is answered."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        if not (data.startswith(b"HTTP/1.1 200") and data.endswith(b"success")):
            raise SystemExit(f"not acknowledged: {data[:80]!r}")
        self._load.answered(self._began)
        self._next()

    def _next(self) -> None:
        request = self._load.request()
        self._began = time.perf_counter()
        self._transport.write(request)


class Load:
    """Makes the requests and collects the answers' times."""

    def __init__(self, url: str, number: int) -> None:
        self.host, self.port = urlsplit(url).hostname or "", urlsplit(url).port or 0
        account, credentials = demo_account()
        self._original_id = account.original_id
        self._token = credentials.push_token
        self._written = number * 10_000_000
        self._count_from = time.perf_counter() + WARM_UP_SECONDS
        self.times: list[float] = []

    def request(self) -> bytes:
        """The next message as the bytes of an HTTP request."""
        self._written += 1
        n, now = self._written, int(time.time())
        joined = "".join(sorted((self._token, str(now), str(n))))
        signature = hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - WeChat's choice
        body = (
            f'{{"ToUserName":"{self._original_id}","FromUserName":"oBENCH{n % CONTACTS:022d}","CreateTime":{now},'
            f'"MsgType":"text","Content":"第 {n} 条：请问几点关门","MsgId":{6_000_000_000_000_000_000 + n}}}'
        ).encode()
        head = (
            f"POST /wx/shop?signature={signature}&timestamp={now}&nonce={n} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def answered(self, began: float) -> None:
        """Count an answer, once the server is warm."""
        now = time.perf_counter()
        if now >= self._count_from:
            self.times.append(now - began)


async def run(url: str, seconds: float, connections: int, number: int) -> None:
    """Load the server and print what it did."""
    load = Load(url, number)
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Connection(load), load.host, load.port) for _ in range(connections)]
    await asyncio.sleep(WARM_UP_SECONDS + seconds)
    for transport, _ in opened:
        transport.abort()
    times = sorted(load.times)
    figures = {
        "rate": len(times) / seconds,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[int(len(times) * 0.99)] * 1000,
        "worst": times[-1] * 1000,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
