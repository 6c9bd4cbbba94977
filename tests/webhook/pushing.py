"""WeChat's side of a push, for the tests: signs with its own lines, so that it does not share a mistake."""

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.events import Event, PushSeen
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import Push
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.listener import Listener

DATA = Path(__file__).parent.parent / "data"
VECTORS: list[dict[str, Any]] = json.loads((DATA / "vectors.json").read_text("utf-8"))
MESSAGES: list[dict[str, Any]] = json.loads((DATA / "messages.json").read_text("utf-8"))

TOKEN = "a_push_token"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
TIMESTAMP, NONCE = "1760000001", "1234567890"
TEXT = (
    '{"ToUserName":"gh_0123456789ab","FromUserName":"oABC-_def","CreateTime":1760000000,'
    '"MsgType":"text","Content":"请问几点关门","MsgId":24051524690104385}'
).encode()
CIPHER = PushCipher(TOKEN, KEY, APP_ID)
ACCOUNTS = {
    mode.value: (Account(mode.value, APP_ID, "gh_0123456789ab", mode), Credentials("", TOKEN, KEY)) for mode in PushMode
}


def vector(name: str) -> dict[str, Any]:
    return next(entry for entry in VECTORS if entry["id"] == name)


def message(name: str) -> bytes:
    body: str = next(entry for entry in MESSAGES if entry["id"] == name)["body"]
    return body.encode()


def sha1_of(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324


def encrypted(inner: bytes) -> bytes:
    """Encrypt whole blocks, which bring their own head, length and pad, with the test key."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return encryptor.update(inner) + encryptor.finalize()


def signed(**more: str) -> dict[str, str]:
    """The query of a plain push or of a check of the URL."""
    signature = sha1_of(TOKEN, TIMESTAMP, NONCE)
    return {"signature": signature, "timestamp": TIMESTAMP, "nonce": NONCE, **more}


def signed_for(encrypted: str, **more: str) -> dict[str, str]:
    """The query of an encrypted push."""
    msg_signature = sha1_of(TOKEN, TIMESTAMP, NONCE, encrypted)
    return signed(openid="oABC-_def", encrypt_type="aes", msg_signature=msg_signature, **more)


def enveloped(encrypted: str) -> bytes:
    return json.dumps({"ToUserName": "gh_0123456789ab", "Encrypt": encrypted}).encode()


@dataclass
class Shelf:
    """A store of one table: keeps pushes by key, or fails as it is told."""

    pushes: list[Push] = field(default_factory=list)
    fault: Exception | None = None
    gate: asyncio.Event | None = None
    transfers: bool = False
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, push: Push) -> Receipt:
        self.entered.set()
        if self.gate:
            await self.gate.wait()
        if self.fault:
            raise self.fault
        if any((push.account, push.key) == (known.account, known.key) for known in self.pushes):
            return Receipt(new=False, transferred=self.transfers)
        self.pushes.append(push)
        return Receipt(new=True, transferred=self.transfers)


@dataclass
class Desk:
    """A running listener, what it kept and what it published, and the connections of its clients."""

    listener: Listener
    url: str
    shelf: Shelf
    events: list[Event]
    seen: asyncio.Event
    clients: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def outcomes(self) -> list[str]:
        return [event.outcome for event in self.events if isinstance(event, PushSeen)]

    async def connect(self, raw: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection of its own on which `raw` has been sent."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self.clients.append(writer)
        writer.write(raw)
        return reader, writer

    async def close(self) -> None:
        for writer in self.clients:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self.clients), return_exceptions=True)
        await self.listener.stop()


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def written(
    path: str, body: bytes = b"", query: dict[str, str] | None = None, method: str = "POST", **more: str
) -> bytes:
    """A request as bytes; `more` are headers, `_` for `-`."""
    target = path + ("?" + urlencode(query) if query else "")
    headers = {"Host": "desk", "Content-Type": "text/xml", "Content-Length": str(len(body))}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    version, status = head[0].split()[:2]
    assert version in {"HTTP/1.0", "HTTP/1.1"}, head[0]
    return Reply(int(status), headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def ask(desk: Desk, raw: bytes) -> Reply:
    """Send bytes over a connection of their own and read the answer."""
    reader, writer = await desk.connect(raw)
    async with asyncio.timeout(20):
        reply = await read_reply(reader)
    writer.close()
    return reply
