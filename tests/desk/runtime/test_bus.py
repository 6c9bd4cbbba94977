"""Subscriptions to the bus: kinds of events, order, ends and failures."""

import pytest

from wxdesk.core.events import ConversationChanged, Event, PauseChanged, TroubleRaised
from wxdesk.desk.runtime.bus import Bus


def test_listeners_hear_their_kinds_of_events_in_the_order_of_subscribing() -> None:
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


def test_a_subscription_hears_events_from_its_begin_to_its_end_only() -> None:
    bus: Bus = Bus()
    first: list[Event] = []
    second: list[Event] = []
    end = bus.subscribe(first.append)
    bus.publish(PauseChanged(True))
    end()
    bus.subscribe(second.append, PauseChanged)
    bus.publish(PauseChanged(False))
    assert (first, second) == ([PauseChanged(True)], [PauseChanged(False)])


def test_a_trouble_is_heard_once_until_it_changes_or_ends_but_each_time_if_it_passes() -> None:
    bus, heard = Bus(), list[Event]()
    bus.subscribe(heard.append)
    full, fuller = TroubleRaised("disk", "500 MB"), TroubleRaised("disk", "100 MB")
    passing = TroubleRaised("quarantine", "One more.", passing=True)
    for event in (TroubleRaised("disk", ""), full, full, fuller, TroubleRaised("server", ""), passing, passing):
        bus.publish(event)
    for key in ("disk", "disk", "quarantine"):
        bus.publish(TroubleRaised(key, ""))
    bus.publish(full)
    ends = [TroubleRaised("disk", ""), TroubleRaised("quarantine", "")]
    assert heard == [full, fuller, passing, passing, *ends, full]


@pytest.mark.expects_log("A subscriber failed on PauseChanged")
def test_a_failing_listener_does_not_keep_others_from_hearing() -> None:
    bus: Bus = Bus()
    heard: list[Event] = []

    def fails(event: Event) -> None:
        raise ValueError(event)

    bus.subscribe(fails)
    bus.subscribe(heard.append)
    bus.publish(PauseChanged(True))
    assert heard == [PauseChanged(True)]
