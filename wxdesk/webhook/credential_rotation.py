"""Valid push tokens and AES keys: the current ones, and former ones for a day.

In WeChat's console, token and key are changed separately and never in the same second as here, so each
token is tried with each key.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.webhook.crypto import PushCipher, same_signature
from wxdesk.webhook.refusal import Refusal

_NO_END = datetime.max.replace(tzinfo=UTC)


class PushSecrets:
    """Checks and decrypts with the current secrets first, then with valid former ones.

    Former ones that are unusable are left out.

    Raises:
        BadInput: the current ones are unusable; see `PushCipher`.
    """

    __slots__ = ("_dated", "present")

    def __init__(self, credentials: Credentials, app_id: str) -> None:
        self.present = PushCipher(credentials.push_token, credentials.encoding_aes_key, app_id)
        tokens = (FormerSecret(credentials.push_token, _NO_END), *credentials.former_push_tokens)
        keys = (FormerSecret(credentials.encoding_aes_key, _NO_END), *credentials.former_encoding_aes_keys)
        self._dated = [(self.present, _NO_END)]
        for token, key in list(product(tokens, keys))[1:]:
            with contextlib.suppress(BadInput):
                self._dated.append((PushCipher(token.value, key.value, app_id), min(token.until, key.until)))

    def check(self, given: str, timestamp: str, nonce: str, at: datetime) -> None:
        """Raise `PushRefused` unless some valid secrets made a request's `signature`."""
        if not any(same_signature(given, cipher.sign(timestamp, nonce)) for cipher in self._at(at)):
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
        return (cipher for cipher, until in self._dated if at < until)
