"""How many replies WeChat lets through, and that the desk's own count agrees with it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.worlds import HandClock
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.core.wechat import quota
from wxdesk.sandbox.platform.contacts import Allowance
from wxdesk.sandbox.platform.errors import ApiRefusal


def sent_until_refused(allowance: Allowance, clock: HandClock) -> tuple[int, int]:
    for count in range(100):
        try:
            allowance.spend(clock())
        except ApiRefusal as refusal:
            return count, refusal.errcode
    raise AssertionError("never refused")


def test_five_replies_are_allowed_after_a_message(clock: HandClock) -> None:
    allowance = Allowance()
    allowance.wrote(clock())
    assert sent_until_refused(allowance, clock) == (5, 45047)


def test_two_replies_are_allowed_after_entering(clock: HandClock) -> None:
    allowance = Allowance()
    allowance.entered(clock())
    assert sent_until_refused(allowance, clock) == (2, 45047)


@pytest.mark.parametrize(("entering", "span"), [(False, timedelta(hours=48)), (True, timedelta(minutes=1))])
def test_replies_are_refused_after_their_time(clock: HandClock, entering: bool, span: timedelta) -> None:
    allowance = Allowance()
    (allowance.entered if entering else allowance.wrote)(clock())
    clock.now += span - timedelta(seconds=1)
    allowance.spend(clock())
    clock.forward(seconds=1)
    assert sent_until_refused(allowance, clock) == (0, 45015)


def test_a_contact_who_never_wrote_cannot_be_written_to(clock: HandClock) -> None:
    assert sent_until_refused(Allowance(), clock) == (0, 45015)


def test_a_new_message_starts_anew_and_does_not_add_up(clock: HandClock) -> None:
    allowance = Allowance()
    allowance.wrote(clock())
    allowance.spend(clock())
    allowance.wrote(clock())
    assert sent_until_refused(allowance, clock) == (5, 45047)


def test_entering_does_not_shorten_what_a_message_gave(clock: HandClock) -> None:
    allowance = Allowance()
    allowance.wrote(clock())
    allowance.entered(clock())
    clock.forward(hours=47)
    assert sent_until_refused(allowance, clock) == (5, 45047)


def test_typing(clock: HandClock) -> None:
    allowance = Allowance()

    def typing(command: str = "Typing") -> int:
        try:
            allowance.type(command, clock())
        except ApiRefusal as refusal:
            return refusal.errcode
        return 0

    assert typing() == 45015
    allowance.wrote(clock())
    assert [typing("typing"), typing(), typing()] == [45072, 0, 45081]
    clock.forward(seconds=15)
    assert [typing(), typing("CancelTyping"), typing()] == [0, 0, 0]
    clock.forward(seconds=16)
    assert typing() == 45080


@given(st.lists(st.tuples(st.sampled_from("wes"), st.integers(0, 130_000)), max_size=30))
def test_the_desks_guess_is_the_platforms_count(steps: list[tuple[str, int]]) -> None:
    clock, allowance, window = HandClock(), Allowance(), ReplyWindow()
    for step, seconds in steps:
        clock.forward(seconds=seconds)
        if step == "w":
            allowance.wrote(clock())
            window = quota.window_after_event(window, MessageType.TEXT, clock())
        elif step == "e":
            allowance.entered(clock())
            window = quota.window_after_event(window, MessageType.ENTER_SESSION, clock())
        else:
            guess = quota.replies_left(window, clock())
            try:
                allowance.spend(clock())
            except ApiRefusal:
                assert guess == 0
            else:
                assert guess == allowance.left + 1
                window = quota.window_after_send(window)
