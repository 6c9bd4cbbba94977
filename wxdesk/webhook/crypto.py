"""WeChat's signatures and message encryption, as far as pushes need them.

The scheme is WeChat's own (消息推送, "framework/server-ability/message-push"): SHA-1 over sorted strings, and
AES-256-CBC over `random(16) · length(4, big-endian) · message · app_id`, padded to blocks of 32, not 16.
"""

import base64
import binascii
import contextlib
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha1
from itertools import product
from typing import TYPE_CHECKING

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.model.push import Refusal
from wxdesk.core.wechat.credentials import Credentials, FormerSecret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

_KEY = re.compile(r"[A-Za-z0-9]{43}")
SIGNATURE = re.compile(r"[0-9a-f]{40}")
_PAD_BLOCK = 32
_CIPHER_BLOCK = 16
_RANDOM = 16
_HEAD = _RANDOM + 4


def signature(*parts: str) -> str:
    """Compute SHA-1 over the sorted, joined `parts`: 40 lower-case hex digits."""
    joined = "".join(sorted(parts)).encode("utf-8", "surrogateescape")
    return sha1(joined, usedforsecurity=False).hexdigest()


def same_signature(given: str, expected: str) -> bool:
    """Compare two signatures (40 lower-case hex digits) in constant time."""
    return SIGNATURE.fullmatch(given) is not None and hmac.compare_digest(given, expected)


class PushCipher:
    """Signs, checks, encrypts and decrypts the pushes of one account.

    `encoding_aes_key` is the console's EncodingAESKey, 43 letters and digits; empty in plain mode, and then
    nothing can be encrypted or decrypted.

    Raises:
        BadInput: the token is empty, or the key is not of that form.
    """

    __slots__ = ("_aes_key", "_app_id", "_push_token")

    def __init__(self, push_token: str, encoding_aes_key: str, app_id: str) -> None:
        if not push_token:
            raise BadInput(reason="The push Token is empty.")
        self._push_token = push_token
        self._app_id = app_id.encode()
        self._aes_key = _aes_key(encoding_aes_key) if encoding_aes_key else b""

    @property
    def encrypts(self) -> bool:
        """True if there is a key."""
        return bool(self._aes_key)

    def sign(self, timestamp: str, nonce: str) -> str:
        """Compute the `signature` of a request; it does not cover the body."""
        return signature(self._push_token, timestamp, nonce)

    def sign_encrypted(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Compute the `msg_signature` of an encrypted body's Base64 text as it is sent."""
        return signature(self._push_token, timestamp, nonce, encrypted)

    def open(self, given: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """Check the `msg_signature`, then decrypt; raises `PushRefused`."""
        if not same_signature(given, self.sign_encrypted(timestamp, nonce, encrypted)):
            raise PushRefused(Refusal.SIGNATURE)
        return self.decrypt(encrypted)

    def decrypt(self, encrypted: str) -> bytes:
        """Decrypt the message in `encrypted` (Base64); check its signature first.

        Raises:
            PushRefused: not Base64, not whole blocks, wrong padding, wrong length, or for another app_id.
        """
        message, owner = self._decrypted(encrypted)
        if not hmac.compare_digest(owner, self._app_id):
            raise PushRefused(Refusal.APP_ID)
        return message

    def owner(self, encrypted: str) -> str:
        """Return the app id that `encrypted` was made for; raises `PushRefused`."""
        return self._decrypted(encrypted)[1].decode("utf-8", "replace")

    def _decrypted(self, encrypted: str) -> tuple[bytes, bytes]:
        """Return message and app id."""
        padded = self._decrypt_blocks(encrypted)
        pad = padded[-1]
        if not 1 <= pad <= _PAD_BLOCK or padded[-pad:] != bytes((pad,)) * pad:
            raise PushRefused(Refusal.DECRYPTION)
        inner = padded[:-pad]
        end = _HEAD + int.from_bytes(inner[_RANDOM:_HEAD])
        if not _HEAD <= end <= len(inner):
            raise PushRefused(Refusal.DECRYPTION)
        return inner[_HEAD:end], inner[end:]

    def encrypt(self, plaintext: bytes, random16: bytes | None = None) -> str:
        """Encrypt `plaintext` to Base64; `random16` fixes the random head, for tests.

        Raises:
            BadInput: there is no key.
        """
        if not self._aes_key:
            raise BadInput(reason="The EncodingAESKey is missing.")
        head = secrets.token_hex(_RANDOM // 2).encode() if random16 is None else random16
        inner = head + len(plaintext).to_bytes(4) + plaintext + self._app_id
        pad = _PAD_BLOCK - len(inner) % _PAD_BLOCK
        encryptor = _cipher(self._aes_key).encryptor()
        return base64.b64encode(encryptor.update(inner + bytes((pad,)) * pad) + encryptor.finalize()).decode()

    def _decrypt_blocks(self, encrypted: str) -> bytes:
        if not self._aes_key:
            raise PushRefused(Refusal.CREDENTIALS)
        try:
            blocks = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise PushRefused(Refusal.DECRYPTION) from None
        # The shortest real one has two blocks; fewer could not hold the head, the length and a pad.
        if len(blocks) < 2 * _CIPHER_BLOCK or len(blocks) % _CIPHER_BLOCK:
            raise PushRefused(Refusal.DECRYPTION)
        decryptor = _cipher(self._aes_key).decryptor()
        return decryptor.update(blocks) + decryptor.finalize()


def _aes_key(encoding_aes_key: str) -> bytes:
    text = encoding_aes_key.strip().removesuffix("=")
    if _KEY.fullmatch(text) is None:
        raise BadInput(reason="The EncodingAESKey must have 43 letters and digits.")
    # Not validate=True on purpose: WeChat's keys may carry spare bits in their last character.
    return base64.b64decode(text + "=")


def _cipher(aes_key: bytes) -> "Cipher[CBC]":
    from cryptography.hazmat.primitives.ciphers import Cipher  # 9 MB, not needed in plain mode
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher(AES(aes_key), CBC(aes_key[:_CIPHER_BLOCK]))


_NO_END = datetime.max.replace(tzinfo=UTC)


class PushSecrets:
    """Checks and decrypts with the current secrets first, then with valid former ones.

    In WeChat's console, token and key are changed separately and never in the same second as here, so each token is
    tried with each key for a day. Former ones that are unusable are left out.

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
