"""The push tokens and AES keys that count at one moment: the present ones, and former ones for a day.

In WeChat's console, token and key are changed apart from each other and never in the same second as here, so each
token is tried with each key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.refusal import Refusal


class SideBySide:
    """Checks and opens with the present secrets first, then with the former ones while their time lasts.

    Former ones that cannot work are left out.

    Raises:
        BadInput: the present ones cannot work; see `PushCipher`.
    """

    __slots__ = ("_pairs", "present")

    def __init__(self, credentials: Credentials, app_id: str) -> None:
        self.present = PushCipher(credentials.push_token, credentials.encoding_aes_key, app_id)
        tokens = (_Dated(credentials.push_token), *map(_Dated.of, credentials.former_push_tokens))
        keys = (_Dated(credentials.encoding_aes_key), *map(_Dated.of, credentials.former_encoding_aes_keys))
        former = (_pair(token, key, app_id) for token, key in list(product(tokens, keys))[1:])
        self._pairs = (_Pair(self.present), *(pair for pair in former if pair is not None))

    def check(self, given: str, timestamp: str, nonce: str, at: datetime) -> PushCipher:
        """The secrets that made the `signature` of a request at `at`; raises `PushRefused`."""
        for cipher in self._at(at):
            try:
                cipher.check(given, timestamp, nonce)
            except PushRefused:
                continue
            return cipher
        raise PushRefused(Refusal.SIGNATURE)

    def open(self, given: str, timestamp: str, nonce: str, encrypted: str, at: datetime) -> tuple[PushCipher, bytes]:
        """The secrets that a push was made with, and its decrypted message; raises `PushRefused`.

        The reason tells how far it came: a wrong key is not called a wrong signature because a former token did not
        fit either.
        """
        why: str = Refusal.SIGNATURE
        for cipher in self._at(at):
            try:
                return cipher, cipher.open(given, timestamp, nonce, encrypted)
            except PushRefused as refused:
                if why == Refusal.SIGNATURE:
                    why = refused.why
        raise PushRefused(why)

    def _at(self, at: datetime) -> Iterator[PushCipher]:
        return (pair.cipher for pair in self._pairs if pair.until is None or at < pair.until)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A secret and when it ends to count; None for a present one."""

    value: str
    until: datetime | None = None

    @classmethod
    def of(cls, former: FormerSecret) -> _Dated:
        return cls(former.value, former.until)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A token and a key together, and when the first of them ends to count."""

    cipher: PushCipher
    until: datetime | None = None


def _pair(token: _Dated, key: _Dated, app_id: str) -> _Pair | None:
    ends = [dated.until for dated in (token, key) if dated.until is not None]
    try:
        return _Pair(PushCipher(token.value, key.value, app_id), min(ends, default=None))
    except BadInput:
        return None
