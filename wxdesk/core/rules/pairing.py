"""Rules and their places: two lists paired, deleted rules restored, fewest moves."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from wxdesk.core.model.rule import Rule


def paired_rules(wanted: Sequence[Rule], known: Sequence[Rule]) -> dict[int, Rule]:
    """Pair wanted rules, by index, with known ones: by content first, then by name."""
    found: dict[int, Rule] = {}
    left = list(known)
    for feature in (attrgetter("written"), attrgetter("name")):
        having: defaultdict[object, deque[Rule]] = defaultdict(deque)
        for rule in left:
            having[feature(rule)].append(rule)
        for index, rule in enumerate(wanted):
            if index not in found and having[feature(rule)]:
                found[index] = having[feature(rule)].popleft()
        taken = {rule.id for rule in found.values()}
        left = [rule for rule in left if rule.id not in taken]
    return found


def out_of_order(places: Sequence[int]) -> frozenset[int]:
    """Return the fewest of these places without which the others ascend."""
    tails: list[int] = []  # the least place with which so many ascending ones end
    ends: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
        ends.append(at)
    left, kept = len(tails) - 1, set[int]()
    for place, at in zip(reversed(places), reversed(ends), strict=True):
        if at == left:
            kept.add(place)
            left -= 1
    return frozenset(places) - kept


class DeletedRule(Struct, frozen=True):
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
