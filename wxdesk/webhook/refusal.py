"""Reasons for refusing a request as a push, and the HTTP status its sender sees.

Every failure of a signature or a decryption is the same 403 with an empty body, so that nobody outside can
learn which check failed. The reasons are for our own counters and for the traffic page.
"""

from enum import StrEnum
from http import HTTPStatus


class Refusal(StrEnum):
    """Reasons in `PushRefused.why`, and after `refused: ` in `PushSeen.outcome`."""

    ADDRESS = "unknown address"
    METHOD = "wrong method"
    HTTP = "not HTTP"
    TOO_LARGE = "too large"
    ENCODED = "compressed"
    SLOW = "too slow"
    BROKEN_OFF = "broken off"
    CREDENTIALS = "no credentials"
    QUERY = "query"
    ENVELOPE = "not encrypted"
    PLAIN_TEXT = "plain text"  # a whole message in the clear where only encrypted ones count: an attack
    SIGNATURE = "signature"
    DECRYPTION = "decryption"
    APP_ID = "app_id"
    AGE = "old"


STATUS: dict[str, HTTPStatus] = {
    Refusal.ADDRESS: HTTPStatus.NOT_FOUND,
    Refusal.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Refusal.HTTP: HTTPStatus.BAD_REQUEST,
    Refusal.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.ENCODED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Refusal.BROKEN_OFF: HTTPStatus.BAD_REQUEST,
}
"""HTTP statuses of requests that are wrong as HTTP; every other reason gets 403."""
