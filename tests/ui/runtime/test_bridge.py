"""The crossing between the threads: how often the window hears, and that it leaves the desk its time."""

import asyncio
import gc
from collections.abc import Iterator
from functools import partial
from weakref import WeakSet

import pytest
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import Event, ListenerChanged
from wxdesk.ui.runtime.bridge import FRAME_MS, LONGEST_REST_MS, Bridge, FramePace

UPDATE_MS = 60
ROUNDING_MS = 10
"""A timer of Qt's may fire a twentieth early, a clock of milliseconds counts whole ones."""


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("took", "later", "wait"),
    [
        (0.0, 0.0, FRAME_MS),
        (0.02, 0.0, 60),
        (0.02, 0.02, 40),
        (0.02, 5.0, FRAME_MS),
        (0.04, 0.0, LONGEST_REST_MS),
        (60.0, 0.0, LONGEST_REST_MS),
        (60.0, 0.2, FRAME_MS),
    ],
)
def test_the_window_rests_three_times_as_long_as_its_last_update_took_within_bounds(
    took: float, later: float, wait: int
) -> None:
    clock = Clock()
    pace = FramePace(clock)
    assert pace.wait_ms() == FRAME_MS
    pace.begin()
    clock.now += took
    pace.end()
    clock.now += later
    assert pace.wait_ms() == wait


def test_an_update_that_never_ends_delays_the_next_but_does_not_prevent_it() -> None:
    clock = Clock()
    pace = FramePace(clock)
    pace.begin()
    clock.now += 600
    assert pace.wait_ms() == LONGEST_REST_MS


def test_after_a_long_update_the_next_one_leaves_the_desk_as_much_time(
    qtbot: QtBot, bridge: Bridge, world: World
) -> None:
    said = ListenerChanged("http://127.0.0.1:1")
    heard: list[tuple[Event, ...]] = []
    since = QElapsedTimer()
    rested: list[int] = []

    def say() -> None:
        world.loop.call_soon_threadsafe(world.desk.bus.publish, said)

    def updated(_: object) -> None:
        since.start()
        say()

    def hear(events: tuple[Event, ...]) -> None:
        heard.append(events)
        if len(heard) == 1:
            bridge.ask(asyncio.sleep(UPDATE_MS / 1000), updated)
        else:
            rested.append(since.elapsed())

    bridge.events.connect(hear)
    say()
    qtbot.waitUntil(lambda: len(rested) == 1)
    assert rested[0] >= UPDATE_MS - ROUNDING_MS


def test_what_comes_during_an_update_waits_no_longer_than_for_its_rest(
    qtbot: QtBot, bridge: Bridge, world: World
) -> None:
    said = ListenerChanged("http://127.0.0.1:1")
    heard: list[tuple[Event, ...]] = []
    bridge._pace = FramePace(Clock())  # by which an update takes no time

    async def say() -> None:
        world.desk.bus.publish(said)

    def hear(events: tuple[Event, ...]) -> None:
        heard.append(events)
        if len(heard) == 1:
            bridge.ask(say())

    bridge.events.connect(hear)
    world.call(say())
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert bridge._frame.interval() == FRAME_MS


class Asker(QObject):
    """Remembers what it was told."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def hear(self, which: str, _: object = None) -> None:
        self._told.append(which)


def test_a_deleted_object_gets_no_answer_however_its_method_was_bound(
    qtbot: QtBot, bridge: Bridge, world: World
) -> None:
    told: list[str] = []
    gone, stays = Asker(told), Asker(told)
    for asker, which in ((gone, "gone"), (stays, "stays")):
        bridge.ask(asyncio.sleep(0), partial(partial(asker.hear, which)))
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert told == ["stays"]


def test_an_answer_about_something_else_than_what_is_shown_by_now_is_dropped(qtbot: QtBot, bridge: Bridge) -> None:
    told: list[str] = []
    shown = ["first"]

    async def refused() -> str:
        raise OSError(shown[0])

    bridge.ask(asyncio.sleep(0, "answer"), told.append, about=lambda: shown[0])
    bridge.ask(refused(), told.append, lambda error: told.append(str(error)), about=lambda: shown[0])
    shown[0] = "second"
    bridge.ask(asyncio.sleep(0, "second answer"), told.append, about=lambda: shown[0])
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert told == ["second answer"]


@pytest.mark.expects_log("Unexpected in the window")
@pytest.mark.parametrize("fails", [False, True])
def test_whoever_asked_hears_first_that_it_has_ended_however_it_did(qtbot: QtBot, bridge: Bridge, fails: bool) -> None:
    told: list[str] = []

    async def work() -> str:
        if fails:
            raise OSError("an error")
        return "an answer"

    bridge.failed.connect(lambda error: told.append(str(error)))
    bridge.ask(work(), told.append, ended=lambda: told.append("ended"))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert told == ["ended", "an error" if fails else "an answer"]


@pytest.mark.expects_log("Unexpected in the window")
@pytest.mark.parametrize(("error", "told"), [(FileNotFoundError("no file"), "expected"), (OSError("other"), "failed")])
def test_an_expected_error_goes_to_who_asked_and_any_other_to_the_operator(
    qtbot: QtBot, bridge: Bridge, error: OSError, told: str
) -> None:
    heard: list[tuple[str, Exception]] = []

    async def work() -> None:
        raise error

    bridge.failed.connect(lambda failure: heard.append(("failed", failure)))
    bridge.ask(work(), expected=(FileNotFoundError, lambda failure: heard.append(("expected", failure))))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert heard == [(told, error)]


def test_a_question_with_a_key_is_asked_once_until_its_answer_is_here(qtbot: QtBot, bridge: Bridge) -> None:
    asked: list[str] = []
    answered: list[None] = []

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        asked.append(name)

    bridge.ask(work("first"), answered.append, once=("send", 1))
    bridge.ask(work("pressed again"), answered.append, once=("send", 1))
    bridge.ask(work("another"), answered.append, once=("send", 2))
    assert bridge.is_asking(("send", 1))
    qtbot.waitUntil(lambda: len(answered) == 2 and bridge.is_idle)
    assert not bridge.is_asking(("send", 1))
    bridge.ask(work("later"), answered.append, once=("send", 1))
    qtbot.waitUntil(lambda: len(answered) == 3)
    assert sorted(asked) == ["another", "first", "later"]


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
def test_an_answer_that_was_passed_on_is_kept_by_nobody_until_garbage_is_collected(
    qtbot: QtBot, bridge: Bridge
) -> None:
    class Answer:
        pass

    answers: WeakSet[Answer] = WeakSet()

    async def work() -> Answer:
        answers.add(answer := Answer())
        return answer

    asked: list[int] = []
    bridge.ask(work(), lambda _: asked.append(len(answers)))
    qtbot.waitUntil(lambda: bridge.is_idle)
    qtbot.waitUntil(lambda: not answers)
    assert asked == [1]
