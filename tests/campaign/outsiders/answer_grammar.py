"""Answers that stand in WeChat's place: its own with something wrong, a gateway's, a portal's, or no HTTP at all.

`answers` yields the same ones each time, as the bytes that go over the wire.
"""

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.campaign.outsiders.mutations import PIECES

type Chance = random.Random

BOMB = gzip.compress(bytes(4_000_000), 9)
"""Four megabytes in four kilobytes; a program that unpacks it shows it by its memory."""

VALUES: tuple[object, ...] = (
    0, 1, -1, 40001, 40164, 45009, 45015, 45047, 48001, 87014, 42001, 40014, 2**31, 2**53, -(2**63), 2**64, 10**400,
    1.5, 1e308, "0", "40001", "", "ok", "x" * 5000, " " * 40_000, "hint: [" * 5000,
    "invalid ip 1.2.3.4, not in whitelist", None, True, [], {}, [0], {"errcode": 0}, "71_" + "t" * 500,
    "a\r\nX-Injected: 1", "令牌", "\ud83d", "\0", 7200, "7200",
)  # fmt: skip
NAMES = ("errcode", "errcode", "errcode", "errmsg", "access_token", "expires_in", "media_id", "dns", "msgid", "x")
STATUSES = (
    "200 OK", "200 OK", "200 OK", "200 OK", "201 Created", "204 No Content", "206 Partial", "301 Moved", "302 Found",
    "307 Again", "400 Bad", "401 Unauthorized", "403 Forbidden", "404 Not Found", "407 Proxy Authentication Required",
    "413 Large", "429 Many", "500 Error", "502 Bad Gateway", "503 Busy", "504 Timeout",
    "511 Network Authentication Required", "599 x", "999 x", "100 Continue", "0 x", "abc",
)  # fmt: skip
HEADERS = (
    "Content-Type: text/plain", "Content-Type: application/json; charset=utf-16", "Content-Type: text/html",
    "Content-Encoding: gzip", "Content-Encoding: deflate", "Content-Encoding: br, gzip",
    "Date: Tue, 24 Nov 2026 10:00:00 GMT",
    "Date: Mon, 01 Jan 0001 00:00:00 +9999", "Date: x", "Location: http://127.0.0.1:9/", "Location: file:///etc/passwd",
    "Set-Cookie: a=b; domain=.qq.com", "Proxy-Authenticate: Basic", "Retry-After: 999999999999",
    "X: \xe9\xff", "Age: -1",
    "WWW-Authenticate: Negotiate", "Transfer-Encoding: identity", "Strict-Transport-Security: max-age=0",
)  # fmt: skip
PORTAL = '<html><meta http-equiv="refresh" content="0;url=http://10.0.0.1/"><title>请登录 Wi-Fi</title></html>'


@dataclass(frozen=True)
class OddAnswer:
    """What goes over the wire, and whether the connection ends with it."""

    number: int
    raw: bytes
    kind: str


def answers(count: int, right: dict[str, object]) -> Iterator[OddAnswer]:
    """Yield answers of which some are nearly `right`."""
    for number in range(count):
        chance = random.Random(number)
        kind = chance.choice(BODIES)
        body = kind(chance, right)
        yield OddAnswer(number, wired(body, chance), kind.__name__)


def nearly_right(chance: Chance, right: dict[str, object]) -> bytes:
    fields = dict(right)
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        fields[chance.choice(NAMES)] = chance.choice(VALUES)
    return json.dumps(fields, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def any_json(chance: Chance, right: dict[str, object]) -> bytes:
    value = chance.choice(VALUES)
    for _ in range(chance.choice((0, 1, 3, 50, 2000))):
        value = [value] if chance.random() < 0.5 else {chance.choice(NAMES): value}
    try:
        return json.dumps(value).encode()
    except RecursionError:
        return b"[" * 100_000


def twice(chance: Chance, right: dict[str, object]) -> bytes:
    name = chance.choice(NAMES)
    pairs = ",".join(f'"{name}":{json.dumps(chance.choice(VALUES))}' for _ in range(2))
    return f"{{{pairs},{json.dumps(right)[1:]}".encode()


def cut_short(chance: Chance, right: dict[str, object]) -> bytes:
    body = nearly_right(chance, right)
    return body[: chance.randrange(len(body) + 1)]


def of_a_portal(chance: Chance, right: dict[str, object]) -> bytes:
    return chance.choice((PORTAL, "<html>nginx</html>", "<?xml version='1.0'?><a/>", " \n" + PORTAL)).encode()


def compressed(chance: Chance, right: dict[str, object]) -> bytes:
    body = nearly_right(chance, right)
    return chance.choice((BOMB, gzip.compress(body), zlib.compress(body), BOMB[:100]))


def of_pieces(chance: Chance, right: dict[str, object]) -> bytes:
    return "".join(chance.choices(PIECES, k=chance.choice((0, 1, 9, 400)))).encode("utf-8", "surrogatepass")


def huge(chance: Chance, right: dict[str, object]) -> bytes:
    filling = chance.choice((b" ", b"[", b'{"errcode":0,', b"9"))
    return nearly_right(chance, right)[:-1] + filling * chance.choice((1000, 300_000))


def of_another_encoding(chance: Chance, right: dict[str, object]) -> bytes:
    return (
        nearly_right(chance, right).decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-32", "utf-8-sig")))
    )


BODIES: tuple[Callable[[Chance, dict[str, object]], bytes], ...] = (
    nearly_right, nearly_right, nearly_right, nearly_right, any_json, twice, twice, cut_short, of_a_portal, compressed,
    of_pieces, huge, of_another_encoding,
)  # fmt: skip


def wired(body: bytes, chance: Chance) -> bytes:
    """Put HTTP round a body, right or wrong."""
    if chance.random() < 0.4:
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    headers = chance.sample(HEADERS, k=chance.choice((0, 1, 2, 5)))
    way = chance.random()
    if way < 0.75:
        headers.append(f"Content-Length: {len(body)}")
    elif way < 0.85:
        headers.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    elif way < 0.95:
        lies = (0, len(body) + 1, max(0, len(body) - 3), -1, 10**20, "x", "5, 6")
        headers.append(f"Content-Length: {chance.choice(lies)}")
    elif way < 0.98:
        return body  # no HTTP at all
    else:
        headers.extend(f"X-{n}: {'y' * 50}" for n in range(chance.choice((30, 2000))))
    head = "\r\n".join([f"HTTP/1.1 {chance.choice(STATUSES)}", *headers, "Connection: close", "", ""])
    whole = head.encode("latin-1") + body
    return whole if chance.random() < 0.95 else whole[: chance.randrange(len(whole) + 1)]
