"""Challenges by which this process recognises its own probes, and its own answers.

A probe looks like WeChat's check of a URL, but instead of a signature it carries a number that only this
process knows, and is answered by another one. Whoever reads both on the way gains nothing: a challenge is
forgotten when its probe ends, and no secret of the account takes part.
"""

import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

OWN_ECHO = "wxdesk-"
"""Beginning of the echo of another process's probe; WeChat's own has digits only."""

_REMEMBERED = 3000
"""Former answers that are known again; a day's, as caches keep theirs long."""


class ProbeChallenge(Struct):
    """One probe: its query as WeChat would write it, and the answer that is due.

    `path` is where the listener must meet it; `met_at` is the path where it did, None until then.
    """

    path: str
    query: str
    answer: bytes
    met_at: str | None = None

    @property
    def arrived(self) -> bool:
        """True once the listener has answered it."""
        return self.met_at == self.path

    def path_in(self, body: bytes) -> str | None:
        """Read the path at which another process of ours says it met the probe."""
        echo, _, path = body.partition(b" ")
        return path.decode(errors="replace") if echo == self.answer and path else None


class ProbeChallenges:
    """Open challenges of this process, for the probe and the listener on one loop."""

    def __init__(self) -> None:
        self._open: dict[str, ProbeChallenge] = {}
        self._former: deque[bytes] = deque(maxlen=_REMEMBERED)

    @contextmanager
    def issued(self, path: str, at: datetime) -> Iterator[ProbeChallenge]:
        """Open a challenge to be met at `path` for as long as the context lasts."""
        number = secrets.token_hex(20)  # 40 hex digits, as a signature has
        timestamp, nonce, echo = str(int(at.timestamp())), _digits(9), _digits(19)
        query = urlencode({"signature": number, "timestamp": timestamp, "nonce": nonce, "echostr": echo})
        challenge = ProbeChallenge(path, query, _digits(19).encode())
        self._open[number] = challenge
        try:
            yield challenge
        finally:
            del self._open[number]
            self._former.append(challenge.answer)

    def met(self, number: str, path: str) -> bytes | None:
        """Return the answer to a challenge at its path; None for any other request."""
        challenge = self._open.get(number)
        if challenge is None:
            return None
        challenge.met_at = path
        return challenge.answer if challenge.arrived else None

    def is_open(self, number: str) -> bool:
        """Tell if a probe of this process asks just now, wherever it came in."""
        return number in self._open

    def was_answer(self, body: bytes) -> bool:
        """Tell if this answered an earlier challenge, and so comes from a cache."""
        return body in self._former


def _digits(count: int) -> str:
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))
