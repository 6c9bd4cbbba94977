"""Challenges that another process can meet, because they are signed as by WeChat."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlencode

from wxdesk.core.setup.probe_challenges import OWN_ECHO, ProbeChallenge, ProbeChallenges
from wxdesk.webhook.crypto import signature


class SignedChallenges(ProbeChallenges):
    """Challenges for the desk that is open on this home: it knows the Token as well.

    Their echo begins with `OWN_ECHO`, by which the desk does not take them for WeChat's check.
    """

    def __init__(self, account: str, push_token: str) -> None:
        super().__init__()
        self.account = account
        self._token = push_token

    @contextmanager
    def issued(self, path: str, at: datetime) -> Iterator[ProbeChallenge]:
        """Issue a challenge; nobody tells this process when it is met."""
        timestamp, nonce, echo = str(int(at.timestamp())), secrets.token_hex(5), OWN_ECHO + secrets.token_hex(8)
        signed = signature(self._token, timestamp, nonce)
        query = urlencode({"signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": echo})
        yield ProbeChallenge(path, query, echo.encode())
