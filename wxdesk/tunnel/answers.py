"""Comparison of a probe's answer, byte for byte, with the one that this desk gave."""

import re
import zlib
from collections.abc import Mapping
from html import unescape
from http import HTTPStatus
from urllib.parse import urljoin

from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import cleaned_url
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.tunnel.exchange import RawAnswer

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
        return CheckVerdict.ANSWER_CHANGED, _change(answer, challenge.answer, encoding)
    if challenge.met_at is not None:
        return CheckVerdict.WRONG_PATH, {"cause": "tunnel", "path": challenge.met_at, "expected": challenge.path}
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


def _change(answer: RawAnswer, expected: bytes, encoding: str) -> dict[str, str]:
    body = answer.body
    return {"cause": _kind_of_change(answer, expected, encoding), "n": str(abs(len(body) - len(expected)))}


def _kind_of_change(answer: RawAnswer, expected: bytes, encoding: str) -> str:
    body = answer.body
    if encoding != "identity" or _unpacked(body) == expected:
        return "compressed"
    if expected not in body or answer.status != HTTPStatus.OK:
        return "replaced"
    added = body.replace(expected, b"", 1)
    kinds = ((b'"', "quotes"), (b"'", "quotes"), (b"\xef\xbb\xbf", "bom"))
    if not added.strip():
        return "newline"
    for mark, kind in kinds:
        if not added.strip().replace(mark, b""):
            return kind
    return "script" if b"<" in added else "other"


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
