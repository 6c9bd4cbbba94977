"""A mini program and its settings, as WeChat's console has them.

The settings are those that a back end notices. Defaults are the numbers WeChat publishes, else no limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

import msgspec
from msgspec import Struct

from wxdesk.core.model.account import Account
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.crypto import PushCipher

TOKEN = "/cgi-bin/token"  # noqa: S105 - a path
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105
SEND = "/cgi-bin/message/custom/send"
UPLOAD = "/cgi-bin/media/upload"

OTHERWISE_A_DAY = 1_000_000
"""Calls a day for paths without a number from WeChat."""

RISKY_WORD = "沙箱违规词"
"""Word refused as risky content (87014) unless other words are set."""


class Escapes(StrEnum):
    r"""Treatment of non-ASCII characters sent as `\uXXXX`; WeChat does both."""

    REFUSED = "refused"  # 40033
    LITERAL = "literal"  # the customer reads the escapes


class ProgramSettings(Struct, frozen=True):
    """The settings of one mini program. Numbers of calls: 0 means no limit.

    `daily` and `minutely` are by path; a path not in `daily` has `OTHERWISE_A_DAY`. `allowed_ips` has addresses
    and networks that may use the app secret, None for all; `seen_as` is the address that WeChat sees callers
    come from, empty for their real one. `business_needs_id` is whether the paths with `business/` need a
    businessid (40101). `kf_takes_at_once` is whether WeChat's own tool accepts a transferred session at once,
    or it queues; `kf_events` is whether its beginnings and ends are pushed as events.
    """

    risky_words: tuple[str, ...] = (RISKY_WORD,)
    escapes: Escapes = Escapes.REFUSED
    business_needs_id: bool = True
    allowed_ips: tuple[str, ...] | None = None
    seen_as: str = ""
    secret_frozen: bool = False
    kf_account: str = "kf2001@shop"
    kf_takes_at_once: bool = True
    kf_events: bool = False
    to_one_a_minute: int = 0
    minutely: Mapping[str, int] = msgspec.field(default_factory=lambda: {STABLE_TOKEN: 10_000})
    daily: Mapping[str, int] = msgspec.field(
        default_factory=lambda: {TOKEN: 2000, STABLE_TOKEN: 500_000, SEND: 500_000, UPLOAD: 100_000}
    )

    def __post_init__(self) -> None:
        for allowed in self.allowed_ips or ():
            ip_network(allowed, strict=False)
        if self.seen_as:
            ip_address(self.seen_as)

    def daily_limit(self, path: str) -> int:
        """Return the allowed calls of `path` a day."""
        return self.daily.get(path, OTHERWISE_A_DAY)


@dataclass(frozen=True, slots=True, repr=False)
class MiniProgram:
    """One mini program; push is off while `push_url` is empty."""

    account: Account
    credentials: Credentials
    format: BodyFormat = BodyFormat.JSON
    push_url: str = ""
    settings: ProgramSettings = field(default_factory=ProgramSettings)

    @property
    def cipher(self) -> PushCipher:
        """Cipher of the program's pushes; raises `BadInput` for an invalid key."""
        secret = self.credentials
        return PushCipher(secret.push_token, secret.encoding_aes_key, self.account.app_id)
