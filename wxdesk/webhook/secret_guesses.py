"""Guesses of the secret in WeChat's console, from the mistakes that people make.

Only secrets that this program knows anyway are tried, each at the cost of one hash.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.model.account import Account
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.crypto import PushCipher, same_signature, signature

MOST_KEYS = 16
"""Most keys that are tried on one body."""

type KnownAccounts = Mapping[str, tuple[Account, Credentials]]
"""All accounts with their secrets, by name."""

type Fits = Callable[[str], bool]
"""Tells if a token made the signature of a request."""


def fits_signature(query: Mapping[str, str], encrypted: str) -> Fits:
    """Return the test of a token on a request.

    `signature` is compared where the request has one, as it does not depend on the body; else `msg_signature`.
    """
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if given := query.get("signature", ""):
        return lambda token: same_signature(given, signature(token, timestamp, nonce))
    given = query.get("msg_signature", "")
    return lambda token: bool(encrypted) and same_signature(given, signature(token, timestamp, nonce, encrypted))


def tokens_of(credentials: Credentials) -> Iterator[str]:
    """Yield an account's token and its former ones, ended or not."""
    yield from filter(None, (credentials.push_token, *(one.value for one in credentials.former_push_tokens)))


def token_mistake(credentials: Credentials, fits: Fits) -> str:
    """Name the mistake that made another token of this account's; empty if none fits."""
    token = credentials.push_token
    guesses = {
        "former": tuple(one.value for one in credentials.former_push_tokens),
        "blanks": (f"{token} ", f" {token}", f" {token} ", f"{token}\t", f"{token}\n", f"{token}\r\n", token.strip()),
        "case": (token.lower(), token.upper(), token.swapcase(), token.capitalize()),
        "aes_key": (credentials.encoding_aes_key, f"{credentials.encoding_aes_key}="),
        "app_secret": (credentials.app_secret,),
    }
    return next((name for name, values in guesses.items() if any(value and fits(value) for value in values)), "")


def key_mistake(account: str, accounts: KnownAccounts, encrypted: str) -> dict[str, str]:
    """Find the known key that opens a body: its `cause`, perhaps the `other` account."""
    for cause, name, key in islice(_keys(account, accounts), MOST_KEYS):
        if owner_of(encrypted, key) is not None:
            return {"cause": cause, "other": name} if name else {"cause": cause}
    return {}


def owner_of(encrypted: str, key: str) -> str | None:
    """Return the app id in a body that `key` opens; None if it does not open it."""
    try:
        return PushCipher("-", key, "").owner(encrypted)
    except (BadInput, PushRefused):
        return None


def _keys(account: str, accounts: KnownAccounts) -> Iterator[tuple[str, str, str]]:
    for one in accounts[account][1].former_encoding_aes_keys:
        yield "former", "", one.value
    for name, (_, credentials) in accounts.items():
        if name != account and credentials.encoding_aes_key:
            yield "other_account", name, credentials.encoding_aes_key
