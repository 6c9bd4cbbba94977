"""Verification of one account's requests as genuine pushes, apart from HTTP.

Pure: a query and a body go in, the message comes out or `PushRefused` is raised.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat, Incoming, Push, Refusal
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.crypto import PushCipher, PushSecrets
from wxdesk.webhook.dedupe import push_key
from wxdesk.webhook.envelope import reply_envelope, transfer_body
from wxdesk.webhook.parse import find_format, read_fields, read_push

_MAX_PARAMETERS = 16

type Query = Mapping[str, str]


def read_query(raw: str) -> Query:
    """Parse a raw query string; bytes that are not UTF-8 become surrogate escapes.

    Raises:
        PushRefused: a parameter comes twice, or there are too many. Two programs in a row could each take
            another one of two values for the signed one.
    """
    if raw.count("&") >= _MAX_PARAMETERS:
        raise PushRefused(Refusal.QUERY)
    if "%" in raw or "+" in raw:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="surrogateescape")
    else:  # the query of a push has nothing to decode, and this is the quicker way
        pairs = [(name, value) for name, _, value in (part.partition("=") for part in raw.split("&") if part)]
    query = dict(pairs)
    if len(query) != len(pairs):
        raise PushRefused(Refusal.QUERY)
    return query


class PushVerifier:
    """Verifies an account's requests; unusable credentials refuse every one."""

    __slots__ = ("_secrets", "account")

    def __init__(self, account: Account, credentials: Credentials) -> None:
        self.account = account
        self._secrets = _usable_secrets(account, credentials)

    def check_url(self, query: Query, at: datetime) -> bytes:
        """Return the `echostr` for WeChat's check of the URL; raises `PushRefused`."""
        echostr = query.get("echostr", "")
        if not echostr:
            raise PushRefused(Refusal.QUERY)
        self._ready().check(query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""), at)
        return echostr.encode("utf-8", "surrogateescape")

    def _opened(self, query: Query, body: bytes, at: datetime) -> tuple[PushCipher, bytes]:
        """Verify a push; return the secrets it was made with and its message.

        Plain mode: the query is signed, the body is not. Secure and compat mode: only the decrypted content of
        `Encrypt` counts; the clear fields beside it are covered by no signature.

        Raises:
            PushRefused: the push is not genuine; `why` is for counters, the sender must not learn it.
        """
        secrets = self._ready()
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if self.account.push_mode is PushMode.PLAIN:
            secrets.check(query.get("signature", ""), timestamp, nonce, at)
            return secrets.present, body
        encrypted = _encrypted(body)
        return secrets.open(query.get("msg_signature", ""), timestamp, nonce, encrypted, at)

    def is_signed(self, query: Query, at: datetime) -> bool:
        """Tell if the query bears WeChat's signature, so that the body is worth reading.

        WeChat signs the query in every mode. False if there is none, as from programs that write their own pushes.

        Raises:
            PushRefused: there is one, and it is wrong.
        """
        secrets = self._ready()
        if "signature" not in query:
            return False
        secrets.check(query["signature"], query.get("timestamp", ""), query.get("nonce", ""), at)
        return True

    def receive(self, query: Query, body: bytes, received_at: datetime, *, signed: bool = False) -> Push:
        """Verify and parse a push; `incoming` is None and `note` says why if unreadable.

        `signed`: `is_signed` has just found this query's signature right, which is all that plain mode has.

        Raises:
            PushRefused: it is not genuine; `why` is for counters, the sender must not learn it.
        """
        plain = signed and self.account.push_mode is PushMode.PLAIN
        message = body if plain else self._opened(query, body, received_at)[1]
        incoming, note = None, ""
        try:
            incoming = read_push(message)
        except BadInput as error:
            note = str(error)
        key = push_key(incoming, message)
        return Push(self.account.name, key, message, find_format(message), received_at, incoming, note)

    def transfer(self, query: Query, body: bytes, incoming: Incoming, at: datetime) -> tuple[bytes, BodyFormat]:
        """Write the answer that transfers the sender of a push to WeChat's own tool.

        It has the push's mode and format and is encrypted with the very secrets of the request: during a change of
        secrets, WeChat may not know the new ones yet.

        Raises:
            PushRefused: the request is none that `receive` takes.
        """
        cipher, _ = self._opened(query, body, at)
        written = find_format(body) or BodyFormat.JSON
        answer = transfer_body(incoming, written, at)
        if self.account.push_mode is not PushMode.PLAIN:
            answer = reply_envelope(cipher, answer, written, int(at.timestamp()), query.get("nonce", ""))
        return answer, written

    def _ready(self) -> PushSecrets:
        if self._secrets is None:
            raise PushRefused(Refusal.CREDENTIALS)
        return self._secrets


def _encrypted(body: bytes) -> str:
    """Read an envelope's `Encrypt`; raises `PushRefused`."""
    try:
        fields = read_fields(body)
    except BadInput:
        fields = {}
    if encrypted := fields.get("Encrypt"):
        return encrypted
    raise PushRefused(Refusal.PLAIN_TEXT if fields.get("MsgType") else Refusal.ENVELOPE)


def _usable_secrets(account: Account, credentials: Credentials) -> PushSecrets | None:
    try:
        secrets = PushSecrets(credentials, account.app_id)
    except BadInput:
        return None
    return secrets if secrets.present.encrypts or account.push_mode is PushMode.PLAIN else None
