"""Parts of one answer: pieces of a long text, or several replies of one rule.

They leave in their order, and a later one waits where an earlier one has not arrived: nobody shall read the
second half of a sentence without the first. `store.replies.parts` decides it in the query that claims a
reply; here is the same for a caller that has the replies, such as the window.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter

from wxdesk.core.model.reply import UNSETTLED, WAITS, Reply, ReplyState
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.replies.lifecycle import BEFORE_SENDING, is_locked


def is_blocked_by(part: Reply, earlier: Reply) -> bool:
    """True if an `earlier` part keeps `part` from leaving, now or when it is due.

    An unsettled one blocks all later ones; one that waits blocks those that no operator released.
    """
    if part.state is not ReplyState.QUEUED and not part.counts_down:
        return False
    if earlier.state in UNSETTLED:
        return True
    comes_by_itself = part.counts_down and earlier.counts_down
    return not part.by and earlier.state in WAITS and not comes_by_itself


def blocked_parts(replies: Iterable[Reply]) -> dict[int, tuple[Reply, ...]]:
    """Return the blocked parts by id, with the earlier parts that block each.

    Oldest first. Answers are whole in `replies` or not in it; their parts have the same `created_at`.
    """
    return _told(
        (part, tuple(one for one in earlier if is_blocked_by(part, one))) for earlier, part, _ in _all(replies)
    )


def needs_operator(part: Reply) -> bool:
    """True if `part` waits for the operator: a draft, or held without a deadline."""
    return part.state is ReplyState.DRAFT or part.asks


def parts_needing_operator(replies: Iterable[Reply]) -> dict[int, tuple[Reply, ...]]:
    """Return several parts of an answer that need the operator, by the first one's id.

    Releasing the first can release all of them, unless a value is missing in a later one.
    """
    answers = (tuple(part for part in parts if needs_operator(part)) for parts in _answers(replies))
    return {parts[0].id: parts for parts in answers if len(parts) > 1 and not any(map(_lacks, parts[1:]))}


def blocked_by_gap(replies: Iterable[Reply]) -> dict[int, str]:
    """Return the parts blocked by a gap in an earlier part, by id, with its name.

    An operator can fill it in, or cancel the earlier part and the later ones with it.
    """
    waiting = ((earlier, part) for earlier, part, _ in _all(replies) if part.state in WAITS)
    return _told((part, next(chain(*map(_lacks, earlier)), "")) for earlier, part in waiting)


def earlier_parts_released(replies: Iterable[Reply]) -> dict[int, int]:
    """Return how many earlier parts leave with a part sent by an operator, by its id.

    All pending ones but locked drafts.
    """
    waiting = ((earlier, part) for earlier, part, _ in _all(replies) if part.state in WAITS)
    return _told((part, sum(one.state in WAITS and not is_locked(one) for one in earlier)) for earlier, part in waiting)


def _lacks(part: Reply) -> tuple[str, ...]:
    return open_gaps(part.content) if part.state in WAITS else ()


def later_parts_unsent(replies: Iterable[Reply]) -> dict[int, int]:
    """Return how many later parts have not left, and are cancelled with it, by id."""
    return _told((part, sum(one.state in BEFORE_SENDING for one in later)) for _, part, later in _all(replies))


def _told[T](about: Iterable[tuple[Reply, T]]) -> dict[int, T]:
    """Return what is found about parts by their ids, without those of nothing."""
    return {part.id: found for part, found in about if found}


def _all(replies: Iterable[Reply]) -> Iterator[tuple[list[Reply], Reply, list[Reply]]]:
    """Yield each part between the earlier and the later ones of its answer."""
    for parts in _answers(replies):
        for at, part in enumerate(parts):
            yield parts[:at], part, parts[at + 1 :]


def _answers(replies: Iterable[Reply]) -> list[list[Reply]]:
    answers: defaultdict[int, list[Reply]] = defaultdict(list)
    for reply in sorted(replies, key=attrgetter("id")):
        answers[reply.part_of or reply.id].append(reply)
    return list(answers.values())
