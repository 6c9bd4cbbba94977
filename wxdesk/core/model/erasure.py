"""Receipt of the deletion of everything about one person."""

from msgspec import Struct


class Erasure(Struct, frozen=True):
    """Counts of what was deleted.

    `person` stands for the openid, which is nowhere any more: the first 12 hex digits of its SHA-256. Whoever has an
    openid can tell whether this was its deletion. `pushes` are WeChat's own bytes; of each only the key stays, by which
    a repetition is known.
    """

    account: str
    person: str
    messages: int
    replies: int
    pictures: int
    pushes: int
