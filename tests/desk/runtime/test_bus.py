"""Subscriptions to the bus: kinds of events, order, ends and failures."""

from __future__ import annotations

import pytest

from wxdesk.core.events import ConversationChanged, Event, PauseChanged
from wxdesk.desk.runtime.bus import Bus


def test_each_hears_the_kinds_it_wants_in_the_order_of_subscribing() -> None:
    bus, heard = Bus(), []
    bus.subscribe(lambda event: heard.append(("all", event)))
    bus.subscribe(lambda event: heard.append(("pause", event)), PauseChanged)
    bus.publish(PauseChanged(True))
    bus.publish(ConversationChanged(1))
    assert heard == [
        ("all", PauseChanged(True)),
        ("pause", PauseChanged(True)),
        ("all", ConversationChanged(1)),
    ]


def test_whoever_ends_hears_no_more_and_whoever_comes_later_hears_from_then_on() -> None:
    bus: Bus = Bus()
    first: list[Event] = []
    second: list[Event] = []
    end = bus.subscribe(first.append)
    bus.publish(PauseChanged(True))
    end()
    bus.subscribe(second.append, PauseChanged)
    bus.publish(PauseChanged(False))
    assert (first, second) == ([PauseChanged(True)], [PauseChanged(False)])


@pytest.mark.expects_log("A subscriber failed on PauseChanged")
def test_one_that_fails_does_not_keep_the_others_from_hearing() -> None:
    bus: Bus = Bus()
    heard: list[Event] = []

    def fails(event: Event) -> None:
        raise ValueError(event)

    bus.subscribe(fails)
    bus.subscribe(heard.append)
    bus.publish(PauseChanged(True))
    assert heard == [PauseChanged(True)]
