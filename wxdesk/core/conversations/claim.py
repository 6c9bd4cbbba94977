"""Claims of conversations among the colleagues of a team."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

RETURNS_AFTER = timedelta(minutes=3)
"""Time after which what an absent operator has goes back to all."""


class Sight(Struct, frozen=True, order=True):
    """Operator `name` at a desk.

    `conversation_id` is the conversation that they see or type in, 0 for none.
    """

    name: str
    conversation_id: int = 0
    typing: bool = False


def called_in(text: str, names: Iterable[str]) -> set[str]:
    """Return the names that `text` calls by an @, such as @小王.

    Where one name begins another, it is the longest.
    """
    longest_first = sorted(names, key=len, reverse=True)
    parts = text.split("@")[1:]
    found = (next((name for name in longest_first if part.startswith(name)), "") for part in parts)
    return set(filter(None, found))
