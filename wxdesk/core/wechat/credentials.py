"""The secrets of one account, in records that do not print them.

The console's Token and EncodingAESKey can be changed there at any time, and not in the same second as here; so
the former ones go on counting for a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SIDE_BY_SIDE = timedelta(hours=24)
"""Time for which a former push token or AES key is accepted beside the new one."""


@dataclass(frozen=True, slots=True, repr=False)
class FormerSecret:
    """A replaced secret; pushes made with it are accepted before `until`."""

    value: str
    until: datetime

    def __repr__(self) -> str:
        return f"FormerSecret(…, until={self.until.isoformat()})"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The secrets that WeChat and this desk share about one account.

    `app_secret` opens the API, `push_token` (the console's Token) signs pushes, `encoding_aes_key` (43
    characters, empty in plain mode) decrypts them. The former ones of both are there newest first.
    """

    app_secret: str
    push_token: str
    encoding_aes_key: str = ""
    former_push_tokens: tuple[FormerSecret, ...] = ()
    former_encoding_aes_keys: tuple[FormerSecret, ...] = ()

    @property
    def accepted_until(self) -> tuple[tuple[str, datetime], ...]:
        """Former secrets, named as in `wxdesk secret set`, and the end of each."""
        former = {"push_token": self.former_push_tokens, "encoding_aes_key": self.former_encoding_aes_keys}
        return tuple((name, max(one.until for one in ones)) for name, ones in former.items() if ones)

    def ending_as(self, known: "Credentials") -> "Credentials":
        """Return them with earlier ends, where `known` has the same former secrets."""
        return replace(
            self,
            former_push_tokens=_not_later(self.former_push_tokens, known.former_push_tokens),
            former_encoding_aes_keys=_not_later(self.former_encoding_aes_keys, known.former_encoding_aes_keys),
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not appear in a log."""
        former = (*self.former_push_tokens, *self.former_encoding_aes_keys)
        return (self.app_secret, self.push_token, self.encoding_aes_key, *(secret.value for secret in former))

    def __repr__(self) -> str:
        return "Credentials(…)"


NO_CREDENTIALS = Credentials("", "")
"""Those of an account whose secrets are not known."""


def _not_later(former: tuple[FormerSecret, ...], known: tuple[FormerSecret, ...]) -> tuple[FormerSecret, ...]:
    ends = {one.value: one.until for one in known}
    return tuple(FormerSecret(one.value, min(one.until, ends.get(one.value, one.until))) for one in former)
