"""Pairing of the rules of two lists, and the fewest moves between their orders."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from wxdesk.core.model.rule import Rule


def revision_content(rule: Rule) -> Rule:
    """Return the rule without position, switch and values given by the store."""
    return replace(rule, id=0, position=0, revision=0, enabled=True, updated_at=None, by="")


def with_content_of(rule: Rule, wanted: Rule) -> Rule:
    """Return `rule` with the content of `wanted`, in its own place and switch."""
    return replace(
        wanted,
        id=rule.id,
        position=rule.position,
        revision=rule.revision,
        enabled=rule.enabled,
        updated_at=rule.updated_at,
    )


def paired_rules(wanted: Sequence[Rule], known: Sequence[Rule]) -> dict[int, Rule]:
    """Pair wanted rules, by index, with known ones: by content first, then by name."""
    found: dict[int, Rule] = {}
    left = list(known)
    for feature in (revision_content, attrgetter("name")):
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
