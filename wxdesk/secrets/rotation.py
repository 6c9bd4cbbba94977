"""Former values of a secret, as kept beside the present one.

A replaced push token or AES key stays valid beside the new one for a day, because WeChat's console cannot
be changed in the same second: in keychain and vault with the time of the change, in the environment and in
files as `…_OLD`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from wxdesk.core.wechat.credentials import SIDE_BY_SIDE, FormerSecret
from wxdesk.secrets.names import SecretName, entry_of

MOST_FORMER = 3
"""Most former values kept of one secret, in case the last one was mistyped."""


class _FormerEntry(msgspec.Struct):
    """A former secret as stored, with the time of the change."""

    value: str
    changed_at: Annotated[datetime, msgspec.Meta(tz=True)]


_kept = msgspec.json.Decoder(list[_FormerEntry])


def former_entry(account: str, name: SecretName) -> str:
    """The name of the entry that has the former values of a secret."""
    return f"{entry_of(account, name)}/former"


def former_in(text: str | None, present: str, now: datetime) -> tuple[FormerSecret, ...]:
    """Read an entry's former values that are still valid; none if it is not ours."""
    try:
        kept = _kept.decode(text or "[]")
    except msgspec.DecodeError:
        return ()
    former = (FormerSecret(one.value, one.changed_at + SIDE_BY_SIDE) for one in kept if one.value != present)
    return tuple(secret for secret in former if secret.until > now)


def former_text(before: str, former: Sequence[FormerSecret], value: str, now: datetime) -> str:
    """Write the entry after a change from `before` to `value`, newest first."""
    changed = (FormerSecret(before, now + SIDE_BY_SIDE), *former)
    kept = [_FormerEntry(one.value, one.until - SIDE_BY_SIDE) for one in changed if one.value != value]
    return msgspec.json.encode(kept[:MOST_FORMER]).decode()
