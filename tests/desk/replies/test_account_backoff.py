"""An account in back-off goes on by one reply, whatever its outcome."""

from datetime import timedelta

from tests.sandbox.worlds import HandClock
from wxdesk.core.events import Event
from wxdesk.desk.replies.account_backoff import AccountBackoff


def test_a_probing_reply_that_ends_lets_the_account_probe_again() -> None:
    clock = HandClock()
    told: list[Event] = []
    rests = AccountBackoff(told.append, clock)
    later = rests.begin("shop") + timedelta(minutes=1)
    clock.forward(minutes=2)
    assert rests.to_probe(later) == ("shop",)
    rests.probe_started("shop", 9)
    assert rests.to_probe(later) == ()
    rests.call_ended(8)
    assert rests.to_probe(later) == ()
    rests.call_ended(9)
    assert rests.to_probe(later) == ("shop",)
