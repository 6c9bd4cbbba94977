"""Notice of a newer version: a signed file, fetched if wanted, that only tells."""

import base64
import logging
import ssl
import urllib.request
from http.client import HTTPException

import certifi
import msgspec

from wxdesk import __version__

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024
SECONDS = 15.0


class SignedNotice(msgspec.Struct, frozen=True):
    """The file: a `VersionNotice` as JSON text, and its Ed25519 signature in base64."""

    notice: str
    signature: str


class VersionNotice(msgspec.Struct, frozen=True):
    """A version, and what it brings, in one sentence for each language."""

    version: str
    en: str = ""
    zh_CN: str = ""  # noqa: N815 - the language's name


def newer_version(url: str, key: str) -> VersionNotice | None:
    """Fetch the notice; None where it is missing, not newer, or not signed by `key`.

    Blocks for seconds. `key` is the publisher's Ed25519 key, 32 bytes in base64.
    """
    try:
        notice = verified(_fetched(url), key)
        return notice if _numbers(notice.version) > _numbers(__version__) else None
    except (OSError, ValueError, HTTPException) as error:
        log.info("There is no notice of a version: %s", type(error).__name__)
        return None


def verified(body: bytes, key: str) -> VersionNotice:
    """Read a notice; raises `ValueError` for none, or one signed by another key."""
    from cryptography.exceptions import InvalidSignature  # 9 MB, and most homes ask for no notice
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = msgspec.json.decode(body, type=SignedNotice)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    try:
        public.verify(base64.b64decode(signed.signature), signed.notice.encode())
    except InvalidSignature:
        raise ValueError("wrong signature") from None
    return msgspec.json.decode(signed.notice, type=VersionNotice)


def _fetched(url: str) -> bytes:
    if not url.startswith("https://"):
        raise ValueError(url)
    context = ssl.create_default_context(cafile=certifi.where())
    with urllib.request.urlopen(url, timeout=SECONDS, context=context) as answer:  # noqa: S310
        return bytes(answer.read(MOST_BYTES))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
