"""Which part of an answer waits for which, and what goes along with a part that an operator sends or cancels."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.replies.gaps import gap_mark
from wxdesk.core.replies.parts import (
    blocked_by_gap,
    blocked_parts,
    earlier_parts_released,
    is_blocked_by,
    later_parts_unsent,
    needs_operator,
    parts_needing_operator,
)

S = ReplyState
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LACKING = Content(text=gap_mark("contact.alias"), gaps=("contact.alias",))
COUNTS: dict[str, Any] = {"due_at": NOW}  # a held reply with a deadline


def part(state: ReplyState = S.QUEUED, number: int = 1, **more: Any) -> Reply:
    first = None if number == 1 else 1
    return replace(
        Reply(number, 1, "shop", "o1", Author.RULE, Content(text="好的"), state, NOW, NOW, part_of=first), **more
    )


def answer(*states: ReplyState) -> list[Reply]:
    return [part(state, number) for number, state in enumerate(states, start=1)]


@pytest.mark.parametrize("state", [S.DRAFT, S.SENDING, S.SENT, S.FAILED, S.UNKNOWN, S.CANCELLED])
def test_a_part_that_does_not_leave_by_itself_is_blocked_by_nothing(state: ReplyState) -> None:
    for earlier in ReplyState:
        assert not is_blocked_by(part(state, 2), part(earlier))
        assert not is_blocked_by(part(state, 2, **COUNTS), part(earlier))


def test_a_held_part_without_a_deadline_is_blocked_by_nothing() -> None:
    assert [is_blocked_by(part(S.HELD, 2), part(earlier)) for earlier in ReplyState] == [False] * len(ReplyState)


@pytest.mark.parametrize("earlier", ReplyState)
@pytest.mark.parametrize("by", ["", "operator"])
def test_a_queued_part_waits_for_failed_ones_and_an_automatic_one_for_undecided_too(
    earlier: ReplyState, by: str
) -> None:
    stops = {S.FAILED, S.UNKNOWN} if by else {S.FAILED, S.UNKNOWN, S.DRAFT, S.HELD}
    assert is_blocked_by(part(S.QUEUED, 2, by=by), part(earlier)) is (earlier in stops)
    assert is_blocked_by(part(S.QUEUED, 2, by=by), part(earlier, **COUNTS)) is (earlier in stops)


@pytest.mark.parametrize("earlier", ReplyState)
def test_a_part_that_counts_down_is_not_blocked_by_one_that_does(earlier: ReplyState) -> None:
    waiting = part(S.HELD, 2, **COUNTS)
    assert is_blocked_by(waiting, part(earlier)) is (earlier in {S.FAILED, S.UNKNOWN, S.DRAFT, S.HELD})
    assert is_blocked_by(waiting, part(earlier, **COUNTS)) is (earlier in {S.FAILED, S.UNKNOWN, S.DRAFT})


def test_the_blocked_parts_name_all_that_block_them_oldest_first() -> None:
    parts = answer(S.DRAFT, S.SENT, S.HELD, S.QUEUED, S.QUEUED)
    blocked = blocked_parts(reversed(parts))
    assert blocked == {4: (parts[0], parts[2]), 5: (parts[0], parts[2])}
    assert blocked_parts([part(S.DRAFT), part(S.QUEUED, 2, part_of=7)]) == {}
    assert blocked_parts([part(S.HELD, **COUNTS), part(S.UNKNOWN, 2)]) == {}  # what comes later blocks nothing


@pytest.mark.parametrize("state", ReplyState)
def test_drafts_and_held_parts_without_a_deadline_need_the_operator(state: ReplyState) -> None:
    assert needs_operator(part(state)) is (state in {S.DRAFT, S.HELD})
    assert needs_operator(part(state, **COUNTS)) is (state is S.DRAFT)


def test_several_parts_that_need_the_operator_are_released_with_the_first() -> None:
    first, second, third = answer(S.DRAFT, S.SENT, S.HELD)
    assert parts_needing_operator([third, second, first]) == {1: (first, third)}
    assert parts_needing_operator([first, second]) == {}
    assert parts_needing_operator([]) == {}


def test_parts_are_not_released_together_while_a_later_one_has_a_gap() -> None:
    lacking = part(S.DRAFT, 2, content=LACKING)
    assert parts_needing_operator([part(S.DRAFT), lacking]) == {}
    assert parts_needing_operator([part(S.DRAFT), lacking, part(S.DRAFT, 3)]) == {}
    assert list(parts_needing_operator([part(S.DRAFT, content=LACKING), part(S.DRAFT, 2)])) == [1]


@pytest.mark.parametrize("state", ReplyState)
def test_a_gap_blocks_the_later_parts_that_wait(state: ReplyState) -> None:
    gap = part(S.DRAFT, content=LACKING)
    told = {2: "contact.alias"} if state in {S.DRAFT, S.HELD} else {}
    assert blocked_by_gap([gap, part(state, 2)]) == told
    assert blocked_by_gap([part(state, content=LACKING), part(S.DRAFT, 2)]) == told
    assert blocked_by_gap([part(S.DRAFT), part(state, 2, content=LACKING)]) == {}


def test_the_first_gap_is_reported_and_none_of_another_answer() -> None:
    other = replace(LACKING, text=gap_mark("order"), gaps=("order",))
    parts = [part(S.DRAFT, content=LACKING), part(S.DRAFT, 2, content=other), part(S.DRAFT, 3)]
    assert blocked_by_gap(parts) == {2: "contact.alias", 3: "contact.alias"}
    assert blocked_by_gap([parts[0], part(S.DRAFT, 2, part_of=None)]) == {}


@pytest.mark.parametrize(
    ("earlier", "count"),
    [
        (answer(S.DRAFT, S.HELD), 2),
        (answer(S.SENT, S.QUEUED), 0),
        ([part(S.DRAFT, by="operator"), part(S.HELD, 2)], 1),
        ([part(S.DRAFT, by="operator", edited=True), part(S.HELD, 2)], 2),
        ([part(S.DRAFT, edited=True), part(S.HELD, 2)], 2),
        ([part(S.HELD, by="operator"), part(S.HELD, 2)], 2),
    ],
)
def test_earlier_parts_that_wait_leave_with_the_one_that_is_sent(earlier: Sequence[Reply], count: int) -> None:
    for state in ReplyState:
        released = earlier_parts_released([*earlier, part(state, 3)]).get(3, 0)
        assert released == (count if state in {S.DRAFT, S.HELD} else 0)
    assert 1 not in earlier_parts_released(earlier)


def test_later_parts_that_have_not_left_are_cancelled_with_an_earlier_one() -> None:
    parts = answer(S.SENT, S.FAILED, S.DRAFT, S.HELD, S.SENDING, S.QUEUED, S.CANCELLED)
    assert later_parts_unsent(parts) == {1: 3, 2: 3, 3: 2, 4: 1, 5: 1}
    assert later_parts_unsent(answer(S.DRAFT)) == {}
