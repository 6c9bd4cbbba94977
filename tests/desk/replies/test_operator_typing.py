"""Where an operator types: told once at the beginning and once at the end, also by doing nothing more."""

from datetime import timedelta

from tests.flow.timed_desk import START, HandClock
from wxdesk.core.events import Event, EverythingChanged, OperatorWrites
from wxdesk.desk.replies.operator_typing import AHEAD, GRACE, QUIET, OperatorTyping

BEGUN, STOPPED = OperatorWrites(1, True), OperatorWrites(1, False)


def test_the_end_of_typing_is_reported_once_without_further_keys() -> None:
    told: list[Event] = []
    clock = HandClock()
    writing = OperatorTyping(told.append, clock)
    for seconds in (0, 4, 8):
        clock.now = START + timedelta(seconds=seconds)
        writing.key(1)
        writing.publish_ends(clock.now)
    assert told == [BEGUN]
    assert writing.told == {1}
    quiet = START + timedelta(seconds=8) + QUIET
    assert writing.next_typing_end(clock.now) == quiet
    writing.publish_ends(quiet - timedelta(microseconds=1))
    assert len(told) == 1
    writing.publish_ends(quiet)
    writing.publish_ends(quiet + GRACE)
    assert told[1:] == [STOPPED]
    assert not writing.told
    clock.now = quiet
    writing.key(1)
    assert told[2:] == [BEGUN]
    assert writing.told == {1}


def test_an_emptied_composer_ends_typing_at_once_and_once() -> None:
    told: list[Event] = []
    writing = OperatorTyping(told.append, HandClock())
    writing.key(1)
    writing.stop(1)
    writing.publish_ends(START + QUIET + GRACE)
    assert told == [BEGUN, STOPPED]
    assert not writing.told


def test_a_key_after_a_pause_is_reported_also_where_the_stop_was_not() -> None:
    told: list[Event] = []
    clock = HandClock()
    writing = OperatorTyping(told.append, clock)
    for seconds in (0, 9):
        clock.now = START + timedelta(seconds=seconds)
        writing.key(1)
    assert told == [BEGUN]
    clock.now += QUIET
    writing.key(1)
    assert told == [BEGUN, BEGUN]


def test_deadlines_move_a_little_at_a_time_while_the_operator_types() -> None:
    """So that a held reply leaves soon once the composer is emptied."""
    clock = HandClock()
    writing = OperatorTyping(lambda _: None, clock)
    writing.key(1)
    assert writing.held_until(START) == {1: START + AHEAD}
    assert writing.held_until(START + QUIET) == {1: START + QUIET + GRACE}
    writing.stop(1)
    assert writing.held_until(START) == {1: START + GRACE}
    assert writing.held_until(START + GRACE) == {}


def test_a_desk_elsewhere_knows_what_the_server_knows() -> None:
    here = OperatorTyping(lambda _: None, HandClock())
    for event, told in ((BEGUN, {1}), (OperatorWrites(2, True), {1, 2}), (STOPPED, {2}), (EverythingChanged(), set())):
        here.on_event(event)
        assert here.told == told
