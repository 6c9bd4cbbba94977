"""The parts of one answer: a long text in several messages, or several replies of one rule to one message.

They leave in their order, and a later one waits where an earlier one has not arrived: nobody shall read the second half
of a sentence without the first. What may leave is decided in `store.parts`, in the query that claims it; here is the
same for whoever has the replies at hand, such as the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.replies.lifecycle import BEFORE_SENDING

STOPS = frozenset({ReplyState.FAILED, ReplyState.UNKNOWN})
"""A part in one of these lets no later one leave until its human has settled it."""

UNDECIDED = frozenset({ReplyState.DRAFT, ReplyState.HELD})
"""A part in one of these lets only those of the later ones leave that their human has let go himself."""


def waits_behind(part: Reply, earlier: Reply) -> bool:
    """Whether `part` may not leave, or will not when its time comes, because of an `earlier` part of its answer."""
    counts = part.state is ReplyState.HELD and part.due_at is not None
    if part.state is not ReplyState.QUEUED and not counts:
        return False
    if earlier.state in STOPS:
        return True
    comes_by_itself = counts and earlier.state is ReplyState.HELD and earlier.due_at is not None
    return not part.by and earlier.state in UNDECIDED and not comes_by_itself


def waiting(replies: Iterable[Reply]) -> dict[int, tuple[Reply, ...]]:
    """The parts that wait, by their ids, each with the earlier parts behind which it waits, the oldest first.

    Answers are whole in `replies` or not in it at all; their parts have the same `created_at`.
    """
    found: dict[int, tuple[Reply, ...]] = {}
    for parts in _answers(replies):
        for place, part in enumerate(parts):
            ahead = tuple(earlier for earlier in parts[:place] if waits_behind(part, earlier))
            if ahead:
                found[part.id] = ahead
    return found


def needs_word(part: Reply) -> bool:
    """Whether `part` waits for its human and has no time: it is a draft, or it is held and asks."""
    return part.state is ReplyState.DRAFT or (part.state is ReplyState.HELD and part.due_at is None)


def asking(replies: Iterable[Reply]) -> dict[int, tuple[Reply, ...]]:
    """The parts of an answer that need a word, where they are several, by the id of the first of them.

    One word at that one can be for all of them, unless a value is missing in a later one.
    """
    answers = (tuple(part for part in parts if needs_word(part)) for parts in _answers(replies))
    return {parts[0].id: parts for parts in answers if len(parts) > 1 and not any(map(_lacks, parts[1:]))}


def lacking_ahead(replies: Iterable[Reply]) -> dict[int, str]:
    """The parts that may not leave because a value is missing in an earlier one, by their ids, with its name.

    A human can fill that in, or cancel the earlier part and the later ones with it.
    """
    found: dict[int, str] = {}
    for parts in _answers(replies):
        missing = ""
        for part in parts:
            if missing and part.state in UNDECIDED:
                found[part.id] = missing
            missing = missing or next(iter(_lacks(part)), "")
    return found


def going_ahead(replies: Iterable[Reply]) -> dict[int, int]:
    """How many earlier parts leave with a part that its human sends, by the ids of those of which there are such.

    All that wait, but for one that he has in hand and has not changed yet.
    """
    found: dict[int, int] = {}
    for parts in _answers(replies):
        ahead = 0
        for part in parts:
            if ahead and part.state in UNDECIDED:
                found[part.id] = ahead
            in_hand = part.state is ReplyState.DRAFT and bool(part.by) and not part.edited
            ahead += part.state in UNDECIDED and not in_hand
    return found


def _lacks(part: Reply) -> tuple[str, ...]:
    return open_gaps(part.content) if part.state in UNDECIDED else ()


def following(replies: Iterable[Reply]) -> dict[int, int]:
    """How many later parts of its answer have not left, by the ids of the parts that have such.

    It is those that are cancelled with it.
    """
    found: dict[int, int] = {}
    for parts in _answers(replies):
        not_left = 0
        for part in reversed(parts):
            if not_left:
                found[part.id] = not_left
            not_left += part.state in BEFORE_SENDING
    return found


def _answers(replies: Iterable[Reply]) -> list[list[Reply]]:
    """The parts of each answer in their order."""
    answers: defaultdict[int, list[Reply]] = defaultdict(list)
    for reply in sorted(replies, key=_id):
        answers[reply.part_of or reply.id].append(reply)
    return list(answers.values())


def _id(reply: Reply) -> int:
    return reply.id
