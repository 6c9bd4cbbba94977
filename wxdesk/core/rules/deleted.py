"""Deleted rules, with the facts needed to restore them at their place."""

from collections.abc import Sequence
from dataclasses import dataclass

from wxdesk.core.model.rule import Rule


@dataclass(frozen=True, slots=True)
class DeletedRule:
    """A deleted rule, with the ids of the rules `below` it."""

    rule: Rule
    below: frozenset[int] = frozenset()

    def place_in(self, listed: Sequence[Rule]) -> int:
        """Return the index at which the rule is restored: its former one.

        A default goes below newer rules, which stand at the end, so that they can be reached.
        """
        if not self.rule.default:
            return min(self.rule.position - 1, len(listed))
        place = next((place for place, one in enumerate(listed) if one.id in self.below), len(listed))
        while place >= self.rule.position and listed[place - 1].default:  # one that ends the list since
            place -= 1
        return place


def deleted_from(listed: Sequence[Rule], rule_id: int) -> DeletedRule | None:
    """Return the rule of that id as deleted from `listed`; None if it is not there."""
    at = next((at for at, one in enumerate(listed) if one.id == rule_id), None)
    if at is None:
        return None
    return DeletedRule(listed[at], frozenset(one.id for one in listed[at + 1 :]))
