"""Every parser of what comes from outside: what it is fed, and the errors that it may raise.

A parser is a line of `PARSERS`. What it returns is thrown away; where more must hold, its reader below asserts it.
"""

import asyncio
import base64
import json
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import strategies as st
from sqlalchemy import NullPool, create_engine

from tests.campaign.outsiders.mutations import PASTED, bodies, texts
from tests.desk.rules.file.checked_reading import read_rules
from tests.prepared import prepare
from tests.webhook.pushing import CIPHER, MESSAGES, TEXT, VECTORS, encrypted
from wxdesk.config.editing import account_names, with_account, with_account_keys, with_keys, without_account
from wxdesk.config.reading import parse
from wxdesk.core.content.picture_header import read_header
from wxdesk.core.content.text_links import segments, visible_text
from wxdesk.core.content.variables import session_fields, without_markup
from wxdesk.core.errors import (
    BadConfig,
    BadInput,
    BadPattern,
    BadPicture,
    BadRulesFile,
    BadTemplate,
    DeliveryUnknown,
    MissingValue,
    NotSent,
    PushRefused,
)
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import read_public_url
from wxdesk.core.wechat.credential_shapes import CredentialField, clean, judge_together
from wxdesk.core.wechat.errcodes import addresses_in
from wxdesk.core.wechat.session_from import fields_of, plain_fields
from wxdesk.desk.answers.liquid.bounds import OUTPUT_LIMIT
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.patterns import compile_pattern
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.emoticons import named, normaliser, read_emoticons, readable
from wxdesk.secrets.vault import LEAST_COST, Vault
from wxdesk.store.search import indexed_words, search
from wxdesk.toml import TomlLines, parsed_toml
from wxdesk.tunnel.command_output import CommandOutput
from wxdesk.tunnel.exchange import NotHttpError
from wxdesk.tunnel.exchange import read_answer as read_raw_answer
from wxdesk.tunnel.presets import ANY_OTHER, PROGRAMS
from wxdesk.tunnel.probe import judge_answer
from wxdesk.webhook.json_body import read_json_fields
from wxdesk.webhook.parse import read_push
from wxdesk.webhook.verification import read_query
from wxdesk.webhook.xml_body import read_xml_fields
from wxdesk.wechat.response import read_answer, read_picture, refusal

RESOURCES = Path(__file__).parents[3] / "resources"

type Read[T: (str, bytes)] = Callable[[T], object]


@dataclass(frozen=True)
class Parser[T: (str, bytes)]:
    """A parser by name; `read` reads each of `inputs` `readings` times, and raises nothing but `refuses`.

    `opened` makes the reader of one that needs a folder, and closes it.
    """

    name: str
    inputs: st.SearchStrategy[T]
    refuses: tuple[type[Exception], ...] = ()
    read: Read[T] | None = None
    opened: Callable[[Path], AbstractContextManager[Read[T]]] | None = None
    readings: int = 1

    def reader(self, folder: Path) -> AbstractContextManager[Read[T]]:
        if self.opened:
            return self.opened(folder)
        assert self.read is not None
        return nullcontext(self.read)


# --- what customers and WeChat send

PUSHES = [entry["body"].encode() for entry in MESSAGES if entry["direction"] == "in"]


def layouts() -> st.SearchStrategy[str]:
    """Anything under the right key: any length, any owner, any padding."""
    inner = st.tuples(st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1) | st.integers(0, 200))
    rest = st.builds(lambda text, owner: text + owner, st.binary(max_size=200), st.sampled_from([b"", b"wx", b"\0"]))
    return st.builds(lambda head, tail: sealed(head[0] + head[1].to_bytes(4) + tail), inner, rest)


def sealed(inner: bytes) -> str:
    return base64.b64encode(encrypted(inner + bytes(-len(inner) % 16))).decode()


def read_session_from(text: str) -> None:
    fields_of(text), plain_fields(text), session_fields(text)
    json.dumps(fields_of(text)).encode()


def read_links(text: str) -> None:
    whole = "".join(segment.text for segment in segments(text))
    assert whole == visible_text(text)
    assert "<" not in without_markup(text)


def read_emoticon_codes(text: str) -> None:
    table = read_emoticons()
    compare = normaliser(table)
    once = compare(text)
    assert compare(once) == once
    compare.forms(text), compare.is_markers(text)
    readable(table, "en")(text), named(table, "zh_CN")(text)


# --- what answers from WeChat's place say


def read_api_answer(body: bytes) -> None:
    status = (200, 200, 200, 302, 404, 500, 502, 504)[len(body) % 8]
    answer = read_answer(status, body)
    assert answer.errcode is None or abs(answer.errcode) <= 2**31
    if answer.errcode:
        refused = refusal(answer)
        str(refused), addresses_in(answer.errmsg)
    with suppress(NotSent, DeliveryUnknown):
        read_picture(status, body)


def read_date(text: str) -> None:
    ClockCheck(lambda _: None, lambda: datetime.now(UTC)).compare(text)


def read_probe_answer(body: bytes) -> None:
    async def whole() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(body)
        reader.feed_eof()
        judge_answer(await read_raw_answer(reader), CHALLENGE, ProbeChallenges(), "https://desk.example.com/wx/shop")

    asyncio.run(whole())


CHALLENGE = ProbeChallenge("/wx/shop", "", b"1234")

# --- what people write


def read_credentials(text: str) -> None:
    values = {}
    for field in CredentialField:
        once = clean(field, text).value
        assert clean(field, once).value == once
        values[field] = once
    judge_together(values)


def read_address(text: str) -> None:
    address, finding = read_public_url(text)
    if address is not None:
        again, _ = read_public_url(str(address))
        assert again == address
        assert urllib.parse.urlsplit(str(address)).hostname
    str(finding)


def read_toml(text: str) -> None:
    expected = parsed_toml(text)
    lines = TomlLines(text)
    for pair in lines.pairs:
        assert text[pair.value : pair.end]
    lines.line(("accounts", 0, "name")), tuple(expected)


def edit_config(text: str) -> None:
    """Each change is made as told or refused; what stood there stays."""
    before = parsed_toml(text)
    for change in (
        lambda: with_keys(text, "listener", {"port": 1, "public_url": text[:40]}),
        lambda: with_account(text, {"name": "new", "app_id": text[-9:]}),
        lambda: without_account(text, account_names(text)[-1] if account_names(text) else ""),
        lambda: with_account_keys(text, "shop", {"name": "renamed", "reserve": None}),
    ):
        with suppress(BadInput, BadConfig, AttributeError, TypeError):
            after = parsed_toml(change())
            others = {key: value for key, value in before.items() if key not in ("listener", "accounts")}
            assert {key: after[key] for key in others} == others


def render(text: str) -> None:
    renderer = _renderer()
    mistakes = renderer.mistakes(text)
    gaps: list[str] = []
    for address in (False, True):
        filled = renderer.render(text, VALUES, gaps, address=address)
        assert len(filled.encode()) <= OUTPUT_LIMIT
        assert "<function" not in filled
        assert "object at 0x" not in filled
    assert not any("Traceback" in str(one) for one in mistakes)


@cache
def _renderer() -> LiquidRenderer:
    return LiquidRenderer()


VALUES: dict[str, object] = {
    "account": "shop",
    "contact": {"alias": "{{ account }} {% raw %} 李雷", "short_id": "WxYz1a"},
    "message": {"text": without_markup("<a href='x'>{{ m }}</a>"), "type": "text"},
    "m": {"no": "20461"},
    "session_from": {"value": "goods=1024", "goods": 1024, "rate": 1.5, "vip": True},
    "time": "14:05",
    "date": "2026-11-24",
    "weekday": 2,
    "window": {"left": 4, "until": "2026-11-26 14:05"},
}

TEMPLATES = (
    "您好，【{{ message.text }}】已收到，{{ contact.alias | default: '您' }}。",
    "{% for i in (1..5) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% case message.type %}{% when 'text' %}字{% else %}图{% endcase %}{{ m['no'] | append: 'x' | upcase }}",
    "{% assign n = window.left | minus: 1 %}{% capture who %}{{ n }}{% endcapture %}{{ who }} {{ session_from.goods }}",
    "{% if weekday > 5 and time contains '1' %}周末{% elsif weekday == 2 %}{{ date | split: '-' }}{% endif %}",
)

PATTERNS = (
    r"(?P<no>\d{4,}).*(到哪|物流)",
    r"(?i)^(?:a|b)+c?[^\s\w]{2,9}$",
    r"(?P<a>x)|(?P<a>y)\Q.*\E\pL\x{10FFFF}",
    r"(a+)+$|(.*a){20}|\b(\w+\s?)*$",
)


def search_by_pattern(text: str) -> None:
    pattern = compile_pattern(text)
    for subject in SUBJECTS:
        pattern.search(subject)


SUBJECTS = ("a" * 10_000, "请问订单 20461 到哪了", "x " * 5000, "\ud83d\0😀" * 2000)

CONFIG = """\
# My desk
[listener]
port = 8765   # as in frpc.toml
public_url = "https://desk.example.com"

[[accounts]]
name = "shop"    # main
app_id = 'wx0123456789abcdef'
reserve = 1

[[accounts]]
name = "tea"
app_id = '''wx2'''

[wechat]
show_typing = true
[tunnel]
kind = "ssh"
host = "203.0.113.9"
user = "desk"
host_key = "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
command = ["frpc", "-c", "frpc.toml"]
"""
INLINE = 'accounts = [{ name = "shop", app_id = "wx1" }]\nlistener = { port = 1 }\nstore.url = "sqlite:///x.db"\n'
RULES = [(RESOURCES / "rules" / f"starter.{language}.toml").read_text("utf-8") for language in ("en", "zh_CN")]

# --- what is on this machine


@contextmanager
def vault_of(folder: Path) -> Iterator[Read[bytes]]:
    """A vault that is open while its file is exchanged, so that no case costs a key derivation."""
    file = folder / "secrets.vault"
    vault = Vault(file, cost=LEAST_COST)
    vault.create("correct horse")
    vault.put({"token": "value"})
    right = file.read_bytes()
    header, key = right[: len(vault._header)], vault._key

    def read(given: bytes) -> None:
        # Half of them with the right header and seal, round any content.
        nonce = bytes(12)
        forged = header + nonce + ChaCha20Poly1305(key).encrypt(nonce, given, header)
        file.write_bytes(given if len(given) % 2 else forged)
        vault._key, vault._header, vault._read = key, header, None
        found = vault.get("token")
        assert found is None or isinstance(found, str)

    yield read


@contextmanager
def database_of(folder: Path) -> Iterator[Read[str]]:
    prepare(folder / "home")
    engine = create_engine(f"sqlite:///{folder / 'home' / 'desk.db'}", poolclass=NullPool)

    def read(given: str) -> None:
        indexed_words(given)
        search(connection, given, 5)

    with engine.connect() as connection:
        yield read


def hear_output(text: str) -> None:
    async def whole() -> None:
        for program in (*PROGRAMS.values(), ANY_OTHER):
            output = CommandOutput(program, "it", 8765, "https://desk.example.com", lambda _: None)
            for line in text.splitlines():
                output.read_line(line)
            output.ended(1)

    asyncio.run(whole())


LINES = (
    "2026-11-24 10:00:00.000 [I] [client/control.go:168] [web] start proxy success",
    "login to the server failed: token in login doesn't match token from configuration. With loginFailExit enabled",
    'time="2026" level=info msg="Tunnel established at https://3f2.r9.cpolar.top"',
    "INF |  https://fast-cat-runs.trycloudflare.com  |\nINF Starting metrics server on 127.0.0.1:20241/metrics",
    't=2026 lvl=info msg="started tunnel" obj=tunnels url=https://1f2.ngrok-free.app\nlvl=eror err="no such host"',
    "your url is: https://fast-cat.loca.lt\nForwarding => https://x.example",
)

ANSWERS = (
    b'{"errcode":0,"errmsg":"ok"}',
    b'{"errcode":40164,"errmsg":"invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 65a-1b2c-3d"}',
    b'{"access_token":"71_x","expires_in":7200}',
    b'{"type":"image","media_id":"m","created_at":1}',
    b"<html><title>502</title></html>",
)
RAW_ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234",
    b"HTTP/1.1 302 Found\r\nLocation: https://beian.example.com/x?y\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n0\r\n\r\n",
    "HTTP/1.1 403 Forbidden\r\nServer: Beaver\r\n\r\n<html><title>未备案</title>".encode("gb18030"),
)
PICTURES = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\6\0\0\0",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\0\x10\0\x10\3\1",
    b"GIF89a\x10\0\x10\0\0\0\0",
)
VALUES_OF_AN_ACCOUNT = ("wx0123456789abcdef", "“gh_0123456789ab”", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=")
ADDRESSES = ("https://desk.example.com/wx/shop?x", "http://[::1]:80/", "例子.中国", "1.2.3.4:8443")
QUERIES = (
    "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492",
    "signature=x&timestamp=1&nonce=2&openid=o-_A&encrypt_type=aes&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
)
NOTHING_SENT = (NotSent, DeliveryUnknown)

PARSERS: tuple[Parser[str] | Parser[bytes], ...] = (
    Parser("push", bodies(PUSHES), (BadInput,), read_push),
    Parser("JSON body", bodies([TEXT, b'{"a":[1,{"b":"\\ud83d"}],"MsgId":1e3}']), (BadInput,), read_json_fields),
    Parser("XML body", bodies([body for body in PUSHES if b"<xml" in body]), (BadInput,), read_xml_fields),
    Parser("encrypted text", texts([entry["encrypted"] for entry in VECTORS if entry.get("encrypted")]) | layouts(),
           (PushRefused,), CIPHER.decrypt),
    Parser("query", texts(QUERIES), (PushRefused,), read_query),
    Parser("session_from", texts(["goods=1024&from=home", "pages/a?b=c", '{"goods":{"id":[1,2]}}', "%7B%22a%3A1"]),
           (), read_session_from),
    Parser("links", texts(['看<a href="https://a.cn">这里</a>',
           "<a data-miniprogram-path='p' href='x'>y</a>"]), (), read_links),
    Parser("emoticons", texts(["好/::)的[微笑]", "https://a.cn/:ok /:north status[OK]"], 4 * PASTED), (),
           read_emoticon_codes),
    Parser("API answer", bodies(ANSWERS), NOTHING_SENT, read_api_answer),
    Parser("Date of an answer", texts(["Tue, 24 Nov 2026 10:00:00 GMT"]), (), read_date),
    Parser("answer to a probe", bodies(RAW_ANSWERS), (NotHttpError, EOFError), read_probe_answer),
    Parser("picture header", bodies(PICTURES), (BadPicture,), read_header),
    Parser("credentials", texts(VALUES_OF_AN_ACCOUNT, PASTED), (), read_credentials),
    Parser("public URL", texts(ADDRESSES, PASTED), (), read_address),
    Parser("config.toml", texts([CONFIG, INLINE]), (BadConfig,), parse),
    Parser("TOML", texts([CONFIG, INLINE, *RULES]), (BadInput,), read_toml),
    Parser("changed config.toml", texts([CONFIG, INLINE]), (BadInput,), edit_config, readings=4),
    Parser("rules file", texts(RULES), (BadRulesFile,), lambda text: read_rules(text, "rules.toml")),
    Parser("template", texts(TEMPLATES), (BadTemplate, MissingValue), render),
    Parser("pattern", texts(PATTERNS), (BadPattern,), search_by_pattern),
    Parser("vault", bodies([b"wxdesk vault 1\n\x0e" + bytes(60), b'{"token":"value"}']), (), opened=vault_of),
    Parser("search", texts(["退款 请问", '"a" OR b*', "NEAR(a b)", "x:y -z ^"]), (), opened=database_of),
    Parser("output of a tunnel program", texts(LINES), (), hear_output, readings=len(PROGRAMS) + 1),
)  # fmt: skip
