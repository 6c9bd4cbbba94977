"""Probe that asks the desk's public address as WeChat does; names the obstacle.

WeChat waits five seconds, follows no redirect and wants its answer byte for byte ("消息推送",
framework/server-ability/message-push). What only WeChat meets, such as a firewall that refuses its servers,
cannot be seen from here.
"""

import asyncio
import re
import zlib
from collections.abc import Mapping
from contextlib import closing
from html import unescape
from http import HTTPStatus
from urllib.parse import urljoin

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import PublicUrl, bracketed, cleaned_url, push_path
from wxdesk.desk.ports import Clock
from wxdesk.tunnel.connection import Connecting, NoWay, Surroundings
from wxdesk.tunnel.exchange import NotHttpError, RawAnswer, ask_as_wechat

LIMIT_SECONDS = 5.0
"""For everything, from the name to the last byte, as WeChat waits."""

SLOW, TOO_SLOW = 0.4, 0.8
"""Shares of the limit above which an answer is a warning, and a failure."""

LONGEST_VALUE = 200
"""Characters of what an answer says that are told."""


class PublicProbe:
    """Implements `desk.ports.Prober`."""

    def __init__(self, challenges: ProbeChallenges, clock: Clock, around: Surroundings) -> None:
        self._challenges = challenges
        self._clock = clock
        self._around = around

    def own_addresses(self) -> tuple[str, ...]:
        """Return this machine's addresses: others mean another network, none means none."""
        return tuple(self._around.own())

    async def probe(self, url: PublicUrl, account: str, listener: str) -> Finding:
        """Ask for the push URL of `account`.

        `listener` is where it listens, such as 127.0.0.1:8765. Values of the finding: always `host`, `port`,
        `listener`, and `seconds` once the port was open. Beside them: `ip` and `cause` of a port that is shut, `ip`
        of an address that WeChat cannot call, `reason` of a failed handshake, `cause` of a lost connection
        (handshake or answer), and those of `judge_answer`.
        """
        issued = self._challenges.issued(push_path(account), self._clock())
        with issued as challenge, closing(Connecting(url, self._around)) as way:
            try:
                async with asyncio.timeout(LIMIT_SECONDS):
                    verdict, values = await self._ask(url, challenge, way)
            except TimeoutError:
                verdict, values = self._out_of_time(way)
            except NoWay as stopped:
                verdict, values = stopped.verdict, stopped.values
            except NotHttpError:
                verdict, values = CheckVerdict.OTHER_PROGRAM, {"cause": "not_http"}
            except (OSError, EOFError):
                verdict, values = CheckVerdict.CONNECTION_LOST, {"cause": "answer" if way.open else "handshake"}
        known = {"host": url.host, "port": str(url.port), "listener": listener}
        if way.connected:
            known["seconds"] = f"{max(way.seconds, 0.1):.1f}"
        foreign = {name: _shown(value) for name, value in values.items()}
        return Finding(Check.ADDRESS, verdict, account, known | foreign, self._clock())

    async def _ask(
        self, url: PublicUrl, challenge: ProbeChallenge, way: Connecting
    ) -> tuple[CheckVerdict, Mapping[str, str]]:
        reader, writer = await way.reach()
        path = f"{url.path}{challenge.path}?{challenge.query}"
        answer = await ask_as_wechat(reader, writer, bracketed(url.host), path)
        verdict, values = judge_answer(answer, challenge, self._challenges, f"{url}{challenge.path}")
        return (self._of_right_answer(url, way), {}) if verdict is CheckVerdict.OK else (verdict, values)

    def _out_of_time(self, way: Connecting) -> tuple[CheckVerdict, Mapping[str, str]]:
        if way.connected:
            return CheckVerdict.TOO_SLOW, {}
        if way.address:
            shut = way.shut("timeout")
            return shut.verdict, shut.values
        return CheckVerdict.NAME_UNRESOLVED, {}

    def _of_right_answer(self, url: PublicUrl, way: Connecting) -> CheckVerdict:
        """Judge a right answer by its time, and by what else WeChat could stumble over."""
        if way.seconds > TOO_SLOW * LIMIT_SECONDS:
            return CheckVerdict.TOO_SLOW
        if way.seconds > SLOW * LIMIT_SECONDS:
            return CheckVerdict.SLOW
        if way.only_newest_tls:
            return CheckVerdict.TLS13_ONLY
        return CheckVerdict.OK if url.ip is None else CheckVerdict.IP_WITHOUT_NAME


def _shown(value: str) -> str:
    """Make a foreign text fit to be told: bounded, and without characters that steer."""
    shown = "".join(char if char.isprintable() else "?" for char in value[: LONGEST_VALUE + 1])
    return shown if len(shown) <= LONGEST_VALUE else shown[: LONGEST_VALUE - 1] + "…"


_REDIRECTS = {301, 302, 303, 307, 308}
# Not the number of a registration, which stands at the foot of many a page.
_UNREGISTERED = re.compile(
    r"未[^。，<]{0,8}备案|没有[^。，<]{0,4}备案|完成备案|non-compliance icp|webblock|batit\.aliyun", re.IGNORECASE
)
_UNREGISTERED_SERVER = "beaver"  # Alibaba Cloud's gate for names without a registration
_TITLE = re.compile(r"<title[^>]*>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
_LONGEST_TITLE = 60
_GZIP, _LONGEST_ANSWER = 31, 1024

type Judged = tuple[CheckVerdict, Mapping[str, str]]


def judge_answer(answer: RawAnswer, challenge: ProbeChallenge, challenges: ProbeChallenges, url: str) -> Judged:
    """Name what came back for a challenge.

    `url` is what was asked for, without its query. Values: `to` of a redirect; `code` and `title` of somebody
    else's answer; `path` where the request came in, and the one `expected`; `n` bytes of a change, and its
    `cause`: quotes, bom, newline, compressed, script, cached, replaced or other.
    """
    if answer.status in _REDIRECTS and "location" in answer.headers:
        return _redirected(url, answer.headers["location"], answer.status)
    encoding = answer.headers.get("content-encoding", "identity").lower()
    if answer.status == HTTPStatus.OK and answer.body == challenge.answer and encoding == "identity":
        return CheckVerdict.OK, {}
    if challenges.was_answer(answer.body):
        return CheckVerdict.ANSWER_CHANGED, {"cause": "cached"}
    if challenge.arrived:
        kind, n = _kind_of_change(answer, challenge.answer, encoding), abs(len(answer.body) - len(challenge.answer))
        return CheckVerdict.ANSWER_CHANGED, {"cause": kind, "n": str(n)}
    met_at = challenge.met_at or challenge.path_in(answer.body)
    if met_at is not None:
        return CheckVerdict.WRONG_PATH, {"cause": "tunnel", "path": met_at, "expected": challenge.path}
    return _foreign(answer)


def _redirected(url: str, location: str, status: int) -> Judged:
    try:
        to = urljoin(url, location)
    except ValueError:  # no address at all
        to = location
    if _UNREGISTERED.search(to) or "beian" in to:
        return CheckVerdict.FOREIGN_PAGE, {"code": str(status)}
    if not to.lower().startswith(("http://", "https://")):  # such as file:, which nobody should enter
        return CheckVerdict.REDIRECT, {}
    public = cleaned_url(to)
    return CheckVerdict.REDIRECT, {"to": to.partition("?")[0] if public == cleaned_url(url) else public}


def _kind_of_change(answer: RawAnswer, expected: bytes, encoding: str) -> str:
    body = answer.body
    if encoding != "identity" or _unpacked(body) == expected:
        return "compressed"
    if expected not in body or answer.status != HTTPStatus.OK:
        return "replaced"
    added = body.replace(expected, b"", 1)
    kinds = {b"": "newline", b'""': "quotes", b"''": "quotes", b"\xef\xbb\xbf": "bom"}
    return kinds.get(added.strip()) or ("script" if b"<" in added else "other")


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP).decompress(body, _LONGEST_ANSWER)
    except zlib.error:
        return b""


def _foreign(answer: RawAnswer) -> Judged:
    """Name an answer of somebody else: a gate, a tunnel's page, or another program."""
    text = _text(answer.body)
    found = _TITLE.search(text)
    title = " ".join(unescape(found[1]).split())[:_LONGEST_TITLE] if found else ""
    values = {"code": str(answer.status)} | ({"title": title} if title else {})
    if _UNREGISTERED.search(text) or answer.headers.get("server", "").lower() == _UNREGISTERED_SERVER:
        return CheckVerdict.FOREIGN_PAGE, values
    page = "html" in answer.headers.get("content-type", "").lower() or "<html" in text[:2000].lower()
    if page and answer.status < HTTPStatus.BAD_REQUEST:
        return CheckVerdict.INTERSTITIAL, values
    return CheckVerdict.OTHER_PROGRAM, values


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")
