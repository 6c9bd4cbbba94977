"""Diagnosis of requests: the mistake in the set-up that explains what arrived.

It is for the operator's eyes alone and made when the answer has left: whoever sent the request sees the same
refusal, after the same time, whatever is found ([0032](docs/adr/0032-the-diagnosis-stays-inside.md)).

The secret in WeChat's console is guessed from the mistakes that people make: only secrets that this program knows
anyway are tried, each at the cost of one hash.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice

from msgspec import Struct, field

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat, Push, Refusal
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.probe_challenges import OWN_ECHO
from wxdesk.core.setup.public_url import push_path
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.setup.account_findings import push_finding
from wxdesk.desk.wechat.clock_skew import skew_values
from wxdesk.webhook.crypto import SIGNATURE, PushCipher, same_signature, signature
from wxdesk.webhook.parse import read_fields

MOST_KEYS = 16
"""Most keys that are tried on one body."""

type KnownAccounts = Mapping[str, tuple[Account, Credentials]]
"""All accounts with their secrets, by name."""

type Fits = Callable[[str], bool]
"""Tells if a token made the signature of a request."""


LONGEST_PATH = 80
"""Characters of an asked path that are kept."""

MOST_A_SECOND = 10
"""Diagnoses of refused requests a second; of the others nothing is known."""


_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_LONGEST_NONCE = 64
_APP_ID = re.compile(r"wx[0-9a-z]{16}")
_ORIGINAL_ID = re.compile(r"gh_[0-9a-zA-Z]{12}")
_NOT_OF_AN_URL = re.compile(r"[^A-Za-z0-9/…_.~:@%!$&()*+,;=-]")


class ReadRequest(Struct):
    """A request as far as it was read, and why it was refused; empty if it was not.

    `account` is that of its path, or empty. `body` is empty where it was not read.
    """

    is_get: bool
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    body: bytes = b""
    why: str = ""

    @property
    def check(self) -> Check:
        """WeChat's check of the URL, or a push."""
        return Check.URL_CHECK if self.is_get else Check.PUSH

    @property
    def is_wechats(self) -> bool:
        """True if it carries the parameters that WeChat sends."""
        query = self.query
        signed = any(SIGNATURE.fullmatch(query.get(name, "")) for name in ("signature", "msg_signature"))
        timed = _TIMESTAMP.fullmatch(query.get("timestamp", "")) is not None
        asks = not self.is_get or bool(query.get("echostr"))
        return signed and timed and 0 < len(query.get("nonce", "")) <= _LONGEST_NONCE and asks


class DiagnosisPace:
    """Limit on the work that strangers can cause."""

    def __init__(self) -> None:
        self._second = datetime.min.replace(tzinfo=UTC)
        self._made = 0

    def allows(self, at: datetime) -> bool:
        """Count one more; False if there were too many in this second."""
        if not timedelta() <= at - self._second < timedelta(seconds=1):
            self._second, self._made = at, 0
        self._made += 1
        return self._made <= MOST_A_SECOND


class Diagnosis:
    """Finds causes by the secrets of all accounts."""

    def __init__(self, accounts: KnownAccounts) -> None:
        self._accounts = dict(accounts)

    def of_refused(self, request: ReadRequest, at: datetime) -> Finding | None:
        """Return what is wrong; None if the request says nothing about the set-up."""
        if not request.is_wechats:
            return self._of_stranger(request, at)
        if request.why == Refusal.AGE:  # genuine once, and sent again by somebody else
            return None
        encrypted = _encrypted(request.body)
        fits = fits_signature(request.query, encrypted)
        if not request.account:
            return self._of_unknown_path(request, fits, at)
        account, credentials = self._accounts[request.account]
        if request.why == Refusal.CREDENTIALS:
            judged = push_finding(account, credentials, at)
            return Finding(request.check, judged.verdict, account.name, judged.values, at)
        if any(map(fits, tokens_of(credentials))) and request.why != Refusal.SIGNATURE:
            return self._of_signed(request, encrypted, at)
        return self._of_foreign_token(request, fits, at)

    def _of_stranger(self, request: ReadRequest, at: datetime) -> Finding | None:
        looked = request.is_get and request.why in (Refusal.ADDRESS, Refusal.QUERY, Refusal.SIGNATURE)
        return Finding(request.check, CheckVerdict.NOT_WECHAT, request.account, {}, at) if looked else None

    def _of_unknown_path(self, request: ReadRequest, fits: Fits, at: datetime) -> Finding:
        names = self._signers(fits)
        name = names[0] if len(names) == 1 else ""
        likely = name or (next(iter(self._accounts)) if len(self._accounts) == 1 and request.is_get else "")
        values = {"path": self._shown(request.path)}
        if not likely and not request.is_get:  # a message: the URL was right once, as that of an account since removed
            values["cause"] = "removed"
        elif likely:
            expected = push_path(likely)
            values["expected"] = expected
            if request.path != expected and request.path.lower() == expected.lower():
                values["cause"] = "case"
        return Finding(request.check, CheckVerdict.WRONG_PATH, name, values, at)

    def _of_foreign_token(self, request: ReadRequest, fits: Fits, at: datetime) -> Finding:
        name = request.account
        credentials = self._accounts[name][1]

        def found(verdict: CheckVerdict, account: str = name, **values: str) -> Finding:
            return Finding(request.check, verdict, account, values, at)

        if fits(credentials.push_token):  # so only the signature over the body is wrong
            return found(CheckVerdict.PUSH_UNREADABLE, cause="changed")
        if cause := token_mistake(credentials, fits):
            return found(CheckVerdict.TOKEN_DIFFERS, cause=cause)
        if others := self._signers(fits):
            return found(CheckVerdict.OTHER_ACCOUNT_PATH, others[0], other=name, expected=push_path(others[0]))
        return found(CheckVerdict.TOKEN_DIFFERS)

    def _of_signed(self, request: ReadRequest, encrypted: str, at: datetime) -> Finding:
        """Judge a request whose token is ours: mode, key or app id are not."""
        account, credentials = self._accounts[request.account]

        def found(verdict: CheckVerdict, **values: str) -> Finding:
            return Finding(request.check, verdict, account.name, values, at)

        if request.why == Refusal.PLAIN_TEXT:
            return found(CheckVerdict.MODE_DIFFERS, cause="plain", here=account.push_mode.value, there="plain")
        if request.why == Refusal.DECRYPTION:
            return found(CheckVerdict.AES_KEY_DIFFERS, **key_mistake(account.name, self._accounts, encrypted))
        if request.why == Refusal.APP_ID:
            keys = (credentials.encoding_aes_key, *(one.value for one in credentials.former_encoding_aes_keys))
            owner = next(filter(None, (owner_of(encrypted, key) for key in keys)), "")
            return found(CheckVerdict.APP_ID_DIFFERS, **({"app_id": owner} if _APP_ID.fullmatch(owner) else {}))
        return found(CheckVerdict.PUSH_UNREADABLE)

    def is_own_probe(self, request: ReadRequest) -> bool:
        """Tell if another process of ours asks, which knows a Token."""
        own = request.is_get and request.query.get("echostr", "").startswith(OWN_ECHO)
        return own and bool(self._signers(fits_signature(request.query, "")))

    def of_check(self, account: str, signed_at: datetime | None, at: datetime) -> Finding:
        """Judge a check of the URL that was answered."""
        skew = _skew(signed_at, at)
        return Finding(Check.URL_CHECK, CheckVerdict.CLOCK_SKEW if skew else CheckVerdict.OK, account, skew, at)

    def of_push(self, push: Push, signed_at: datetime | None, at: datetime) -> Finding:
        """Judge a push that was kept."""
        account = self._accounts[push.account][0]

        def found(verdict: CheckVerdict, **values: str) -> Finding:
            return Finding(Check.PUSH, verdict, account.name, values, at)

        incoming = push.incoming
        if incoming is None:
            if account.push_mode is PushMode.PLAIN and _encrypted(push.body):
                return found(CheckVerdict.MODE_DIFFERS, cause="secure", here="plain", there="secure")
            return found(CheckVerdict.PUSH_UNREADABLE)
        if account.original_id not in ("", incoming.to_user) and _ORIGINAL_ID.fullmatch(incoming.to_user):
            return found(CheckVerdict.ORIGINAL_ID_DIFFERS, original_id=incoming.to_user)
        if skew := _skew(signed_at, at):
            return found(CheckVerdict.CLOCK_SKEW, **skew)
        return found(CheckVerdict.XML_FORMAT if push.format is BodyFormat.XML else CheckVerdict.OK)

    def _signers(self, fits: Fits) -> list[str]:
        """Return the names of the accounts of which a token fits."""
        return [name for name, (_, secrets) in self._accounts.items() if any(map(fits, tokens_of(secrets)))]

    def _shown(self, path: str) -> str:
        """Make a path fit to be shown: bounded, as in an URL, without secrets.

        Whoever sends a request chooses its path, so it must not read like a sentence of ours.
        """
        for _, credentials in self._accounts.values():
            for secret in filter(None, credentials.secrets):
                path = path.replace(secret, "…")
        shown = _NOT_OF_AN_URL.sub("?", path)
        return shown if len(shown) <= LONGEST_PATH else shown[: LONGEST_PATH - 1] + "…"


def _encrypted(body: bytes) -> str:
    try:
        return read_fields(body).get("Encrypt", "")
    except BadInput:
        return ""


def _skew(signed_at: datetime | None, at: datetime) -> dict[str, str]:
    return {} if signed_at is None else skew_values(at - signed_at)


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
