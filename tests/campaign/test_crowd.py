"""Genuine pushes are served beside a crowd of connections that hold places and come back at once."""

import asyncio
import resource
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from tests.conftest import Sized
from tests.flow.serving import Serving, write_config
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.webhook.crypto import PushCipher

ROOT = Path(__file__).parents[2]
WECHAT_WAITS = 5.0
SERVED = 0.5
"""Seconds within which 99 of 100 pushes are served while a crowd holds places and nothing else runs."""

PATIENCE = 30.0
"""Seconds that a push may take where processors are shared with other tests; how many are kept out shows there too."""


def push(number: int) -> bytes:
    """A genuine message in secure mode, as WeChat would send it now."""
    account, credentials = demo_account()
    cipher = PushCipher(credentials.push_token, credentials.encoding_aes_key, account.app_id)
    now = int(datetime.now(UTC).timestamp())
    body = (
        f'{{"ToUserName":"{account.original_id}","FromUserName":"o{number % 7}","CreateTime":{now},'
        f'"MsgType":"text","Content":"在吗","MsgId":"{9_000_000 + number}"}}'
    ).encode()
    encrypted = cipher.encrypt(body)
    timestamp, nonce = str(now), str(number)
    query = (
        f"signature={cipher.sign(timestamp, nonce)}&timestamp={timestamp}&nonce={nonce}&encrypt_type=aes"
        f"&msg_signature={cipher.sign_encrypted(timestamp, nonce, encrypted)}"
    )
    sent = f'{{"ToUserName":"{account.original_id}","Encrypt":"{encrypted}"}}'.encode()
    return (
        f"POST /wx/shop?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(sent)}\r\n\r\n"
    ).encode() + sent


async def served(host: str, port: int, number: int, within: float) -> float:
    """Seconds that a push took on a connection of its own."""
    raw, began = push(number), perf_counter()
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(raw)
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:40]
    return perf_counter() - began


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("files", [None, 1024], ids=["a place for each", "fewer places"])
async def test_a_crowd_that_holds_places_keeps_no_message_out(tmp_path: Path, sized: Sized, files: int | None) -> None:
    """Each is acknowledged at the first try; where nothing else runs, within WeChat's patience.

    And within half a second where the system allows enough open files to hold the whole crowd.
    """
    within = sized(PATIENCE, PATIENCE, WECHAT_WAITS)
    clients, pushes = sized(700, 700, 2000), sized(20, 60, 2000 if files is None else 200)
    write_config(tmp_path, "http://127.0.0.1:9")
    desk = Serving(tmp_path)
    try:
        where = urlsplit(desk.wait_until_listening())
        host, port = str(where.hostname), int(where.port or 0)
        if files is not None:
            resource.prlimit(desk.process.pid, resource.RLIMIT_NOFILE, (files, files))
        command = [sys.executable, "-m", "tests.campaign.crowd", host, str(port), str(clients)]
        with subprocess.Popen(  # noqa: ASYNC220 - starts at once
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as crowd:
            assert crowd.stdin is not None
            assert crowd.stdout is not None
            assert await asyncio.to_thread(crowd.stdout.readline) == b"holding\n"
            took = []
            for number in range(pushes):
                took.append(await served(host, port, number, within))
            assert crowd.poll() is None
            crowd.stdin.close()
    finally:
        desk.terminate()
    p99 = statistics.quantiles(took, n=100)[98]
    figures = f"p50 {statistics.median(took) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    print(f"{pushes} pushes beside {clients} clients: {figures}")
    if files is None:
        assert p99 < sized(PATIENCE, PATIENCE, SERVED), figures
