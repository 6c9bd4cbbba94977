"""Ten thousand forged requests over a real connection: none is taken, and no answer tells which check it failed.

Each is a genuine push with something changed that WeChat's signature covers, or with something left out, doubled,
swapped or made with other secrets. What no signature covers (`ToUserName` of an envelope, the openid in the query,
the clear twins of compat mode) is left alone: it may be anything, and counts for nothing.
"""

import base64
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes

from tests.webhook.conftest import Open
from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.pushing import (
    APP_ID,
    CIPHER,
    KEY,
    NONCE,
    TEXT,
    TIMESTAMP,
    TOKEN,
    Desk,
    encrypted,
    message,
    read_reply,
    sha1_of,
)
from wxdesk.core.model.push import BodyFormat
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.http_server import Limits

FORGERIES = 10_000
AT_ONCE = 50
XML = message("official-text-xml")
OTHER_TOKEN, OTHER_KEY = "another_token", "0" * 43

type Pair = tuple[str, str]
type Chance = random.Random


@dataclass(frozen=True)
class Sent:
    """A request by what it is made of; `encrypted` stands where `@` is in `body`."""

    path: str
    query: tuple[Pair, ...]
    body: bytes
    encrypted: str = ""
    method: str = "POST"

    @property
    def signature(self) -> str:
        """The name of the signature that counts."""
        return "msg_signature" if self.encrypted else "signature"

    def value(self, name: str) -> str:
        return dict(self.query)[name]

    def having(self, name: str, value: str) -> "Sent":
        if name == "encrypted":
            return replace(self, encrypted=value)
        return replace(self, query=tuple((n, value if n == name else v) for n, v in self.query))

    def sealed(self, encrypted: str, token: str) -> "Sent":
        """With other content, signed with `token`."""
        signature = sha1_of(token, self.value("timestamp"), self.value("nonce"), encrypted)
        return replace(self, encrypted=encrypted).having("msg_signature", signature)

    def raw(self) -> bytes:
        body = self.body.replace(b"@", self.encrypted.encode("utf-8", "surrogatepass"))
        query = "&".join("=".join(quote_from_bytes(t.encode("utf-8", "surrogatepass")) for t in p) for p in self.query)
        length = "" if self.method == "GET" else f"Content-Length: {len(body)}\r\n"
        return f"{self.method} {self.path}?{query} HTTP/1.1\r\nHost: desk\r\n{length}\r\n".encode() + body


def genuine() -> Iterator[Sent]:
    """A push in each mode and format, and WeChat's check of the URL in each mode."""
    stamps = (("timestamp", TIMESTAMP), ("nonce", NONCE))
    plain = (("signature", sha1_of(TOKEN, TIMESTAMP, NONCE)), *stamps)
    for clear, written in ((TEXT, BodyFormat.JSON), (XML, BodyFormat.XML)):
        encrypted = CIPHER.encrypt(clear)
        sealed = (*plain, ("msg_signature", sha1_of(TOKEN, TIMESTAMP, NONCE, encrypted)))
        yield Sent("/wx/secure", sealed, push_envelope("gh", "@", written), encrypted)
        yield Sent("/wx/compat", sealed, compat_body(clear, "@"), encrypted)
        yield Sent("/wx/plain", plain, clear)
    for path in ("/wx/secure", "/wx/compat", "/wx/plain"):
        yield Sent(path, (*plain, ("echostr", "4375120948345356249")), b"", method="GET")


def covered(sent: Sent, chance: Chance) -> tuple[str, str]:
    """Something that the signature covers, or itself: its name and its value."""
    name = chance.choice([sent.signature, "timestamp", "nonce", *["encrypted"] * 2 * bool(sent.encrypted)])
    return name, sent.encrypted if name == "encrypted" else sent.value(name)


def another_character(sent: Sent, chance: Chance) -> Sent:
    """A bit, the case, a digit of another script, a character less or more, a blank."""
    name, text = covered(sent, chance)
    at = chance.randrange(len(text))
    new = chance.choice(
        [
            chr(ord(text[at]) ^ 1 << chance.randrange(7)),
            text[at].swapcase(),
            chr(0x660 + at % 10),
            chr(0xFF10 + at % 10),
            "",
            text[at] * 2,
            text[at] + chance.choice(" \n\t\0"),
        ]
    )
    return sent.having(name, text[:at] + new + text[at + 1 :])


def another_length(sent: Sent, chance: Chance) -> Sent:
    name, text = covered(sent, chance)
    cut = chance.randrange(1, len(text))
    return sent.having(
        name, chance.choice([text[:cut], text[cut:], text * 2, text[cut:] + text[:cut], "", text.upper()])
    )


def another_order(sent: Sent, chance: Chance) -> Sent:
    """Two values changed for each other; time and nonce may be, their order is no part of the signature."""
    names = [name for name, _ in sent.query if name in ("signature", "msg_signature", "timestamp", "nonce")]
    one, other = sent.signature, chance.choice([name for name in names if name != sent.signature])
    return sent.having(one, sent.value(other)).having(other, sent.value(one))


def another_parameter(sent: Sent, chance: Chance) -> Sent:
    """A parameter left out, twice, under another name, or many more of them."""
    name = chance.choice([sent.signature, "timestamp", "nonce"])
    value = sent.value(name)
    others = tuple(pair for pair in sent.query if pair[0] != name)
    given: list[tuple[Pair, ...]] = [
        (),
        ((name, value), (name, value)),
        ((name, value), (name, "")),
        ((name, ""), (name, value)),
        ((name.upper(), value),),
        ((name + " ", value),),
        ((name.replace("msg_", "") + "[]", value),),
        ((name, value), *((f"p{n}", "") for n in range(20))),
    ]
    return replace(sent, query=(*others, *chance.choice(given)))


def another_signature(sent: Sent, chance: Chance) -> Sent:
    """Made with another token, without one, in another order, with another hash, or that of the other kind."""
    parts = [sent.value("timestamp"), sent.value("nonce"), *[sent.encrypted] * bool(sent.encrypted)]
    joined = "".join(sorted([TOKEN, *parts])).encode()
    unsorted = "".join([TOKEN, *parts, "."]).encode()
    made = [
        sha1_of(OTHER_TOKEN, *parts),
        sha1_of(*parts),
        hashlib.sha1(unsorted).hexdigest(),  # noqa: S324
        hashlib.md5(joined).hexdigest() + "00000000",  # noqa: S324
        hashlib.sha256(joined).hexdigest()[:40],
        sha1_of(TOKEN, *parts).upper(),
        sha1_of(TOKEN, *parts, "0"),
        "0" * 40,
        "f" * chance.randrange(90),
    ]
    return sent.having(sent.signature, chance.choice(made))


def another_content(sent: Sent, chance: Chance) -> Sent:
    """Signed with the right token, but sealed with another key, for another app, or in another layout."""
    if not sent.encrypted:
        return another_signature(sent, chance)
    sealed = base64.b64decode(sent.encrypted)
    at = chance.randrange(16, len(sealed))
    length = chance.choice([0, 1, len(TEXT) + 1, 2**31, 2**32 - 1, -1])
    made = [
        PushCipher(TOKEN, OTHER_KEY, APP_ID).encrypt(TEXT),
        PushCipher(TOKEN, KEY, "wx_another").encrypt(TEXT),
        PushCipher(TOKEN, KEY, "").encrypt(TEXT),
        CIPHER.encrypt(TEXT)[: -chance.randrange(1, 40)],
        base64.b64encode(sealed[:at]).decode(),
        base64.b64encode(sealed + sealed[:at]).decode(),
        base64.b64encode(sealed).decode().replace("=", "") + "====",
        base64.b64encode(with_length(length)).decode(),
        chance.choice(["", "A", "AAAA", "A" * 64, "!" * 64, "你" * 64]),
    ]
    return sent.sealed(chance.choice(made), TOKEN)


def with_length(length: int) -> bytes:
    """A message whose inner length is a wrong one, sealed with the right key."""
    inner = b"0123456789abcdef" + (length % 2**32).to_bytes(4) + TEXT + APP_ID.encode()
    pad = 32 - len(inner) % 32
    return encrypted(inner + bytes((pad,)) * pad)


def another_body(sent: Sent, chance: Chance) -> Sent:
    """In the clear where it must be encrypted, of another kind, or cut short."""
    if not sent.encrypted:
        return another_character(sent, chance)
    whole = sent.body.replace(b"@", sent.encrypted.encode())
    bodies = [
        TEXT,
        XML,
        b"",
        whole[: whole.index(b"Encrypt")],
        whole.replace(b"Encrypt", b"encrypt"),
        whole.replace(b"Encrypt", b"Encrypted"),
        b'{"Encrypt":["' + sent.encrypted.encode() + b'"]}',
        b'{"Encrypt":{"Encrypt":"' + sent.encrypted.encode() + b'"}}',
        b'{"Encrypt":null}',
        b"[" + whole + b"]",
        b"<a>" + whole + b"</a>",
        whole[::-1],
        whole.decode().encode("utf-16"),
    ]
    return replace(sent, body=chance.choice(bodies))


KINDS: tuple[Callable[[Sent, Chance], Sent], ...] = (
    another_character,
    another_length,
    another_order,
    another_parameter,
    another_signature,
    another_content,
    another_body,
)


def forged() -> Iterator[tuple[str, Sent]]:
    chance, originals = random.Random(20260301), list(genuine())
    while True:
        for kind in KINDS:
            original = chance.choice(originals)
            sent = kind(original, chance)
            if sent.raw() != original.raw():
                yield kind.__name__, sent


async def answers(desk: Desk, requests: list[bytes]) -> list[tuple[int, tuple[Pair, ...], bytes]]:
    """Status, headers without the time, and body, for requests that share a connection."""
    reader, writer = await desk.connect()
    found = []
    for start in range(0, len(requests), AT_ONCE):
        batch = requests[start : start + AT_ONCE]
        writer.write(b"".join(batch))
        for _ in batch:
            reply = await read_reply(reader)
            headers = tuple((name, value) for name, value in reply.headers.items() if name != "date")
            found.append((reply.status, headers, reply.body))
    return found


async def test_no_forgery_of_ten_thousand_is_taken_and_all_get_the_same_answer(open_desk: Open) -> None:
    desk = await open_desk(Limits())
    making = forged()
    made = [next(making) for _ in range(FORGERIES)]
    assert min(Counter(kind for kind, _ in made).values()) > FORGERIES / len(KINDS) * 0.9
    seen = await answers(desk, [sent.raw() for _, sent in made])
    taken = [sent for (_, sent), outcome in zip(made, desk.outcomes, strict=True) if not outcome.startswith("refused")]
    assert taken == []
    assert desk.shelf.pushes == []
    assert Counter(seen) == {
        (403, (("content-type", "text/plain"), ("content-length", "0")), b""): FORGERIES,
    }
    # Every check refused some of them, so that the answer hides something.
    assert set(desk.outcomes) == {
        f"refused: {why}" for why in ("query", "signature", "not encrypted", "plain text", "decryption", "app_id")
    }


async def test_the_genuine_requests_behind_the_forgeries_are_taken(open_desk: Open) -> None:
    desk = await open_desk(Limits())
    for status, _, body in await answers(desk, [sent.raw() for sent in genuine()]):
        assert (status, body) in [(200, b"success"), (200, b"4375120948345356249")]
    assert Counter(desk.outcomes) == {"kept": 6, "checked": 3}
