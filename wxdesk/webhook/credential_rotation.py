"""Valid push tokens and AES keys: the current ones, and former ones for a day.

In WeChat's console, token and key are changed separately and never in the same second as here, so each
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


class PushSecrets:
    """Checks and decrypts with the current secrets first, then with valid former ones.

    Former ones that are unusable are left out.

    Raises:
        BadInput: the current ones are unusable; see `PushCipher`.
    """

    __slots__ = ("_pairs", "present")

    def __init__(self, credentials: Credentials, app_id: str) -> None:
        self.present = PushCipher(credentials.push_token, credentials.encoding_aes_key, app_id)
        tokens = (_Dated(credentials.push_token), *map(_Dated.of, credentials.former_push_tokens))
        keys = (_Dated(credentials.encoding_aes_key), *map(_Dated.of, credentials.former_encoding_aes_keys))
        former = (_pair(token, key, app_id) for token, key in list(product(tokens, keys))[1:])
        self._pairs = (_Pair(self.present), *(pair for pair in former if pair is not None))

    def check(self, given: str, timestamp: str, nonce: str, at: datetime) -> PushCipher:
        """Find the secrets that made a request's `signature`; raises `PushRefused`."""
        for cipher in self._at(at):
            try:
                cipher.check(given, timestamp, nonce)
            except PushRefused:
                continue
            return cipher
        raise PushRefused(Refusal.SIGNATURE)

    def open(self, given: str, timestamp: str, nonce: str, encrypted: str, at: datetime) -> tuple[PushCipher, bytes]:
        """Decrypt a push; return the secrets it was made with and its message.

        Raises `PushRefused` with the reason of the pair that came farthest: a wrong key is not reported as a wrong
        signature because a former token did not fit either.
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
    """A secret and the end of its validity; None for a current one."""

    value: str
    until: datetime | None = None

    @classmethod
    def of(cls, former: FormerSecret) -> _Dated:
        return cls(former.value, former.until)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A token with a key, and the end of their common validity."""

    cipher: PushCipher
    until: datetime | None = None


def _pair(token: _Dated, key: _Dated, app_id: str) -> _Pair | None:
    ends = [dated.until for dated in (token, key) if dated.until is not None]
    try:
        return _Pair(PushCipher(token.value, key.value, app_id), min(ends, default=None))
    except BadInput:
        return None
