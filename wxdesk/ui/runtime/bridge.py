"""The only crossing between the window's thread and the desk's.

Desk to window: events of the bus are gathered and delivered at most once a frame, as one Qt signal with all
of them; under load a frame is longer (`FramePace`), and only messages of contacts come at once. Window to
desk: `ask` hands a coroutine to the desk's loop; its result comes back as a plain call on the window's
thread, its error goes to the notices. Widgets never see a task, a future or a thread.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from time import monotonic
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from wxdesk.core.events import Event, MessageArrived
from wxdesk.desk.desk import Desk

FRAME_MS = 16
"""Milliseconds of one frame; the events within it are delivered together."""

REST_RATIO = 3
"""Rest after an update, as a multiple of the time that it took."""

LONGEST_REST_MS = 100
"""Longest rest between updates: ten updates a second are enough for the eye."""


class FramePace:
    """Rest of the window after an update, `REST_RATIO` times as long as it took.

    Window and desk share one interpreter: without a rest between updates, a busy desk would spend more time on
    the window, which asks it for what has changed, than on answering. `clock` counts seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._free_from = 0.0

    def begin(self) -> None:
        """Note that an update begins; one that still goes on continues."""
        if self._began is None:
            self._began = self._clock()

    def end(self) -> bool:
        """Note that everything the update asked for is shown; False if there was none."""
        if self._began is None:
            return False
        now = self._clock()
        self._free_from = now + min(REST_RATIO * (now - self._began), LONGEST_REST_MS / 1000)
        self._began = None
        return True

    def wait_ms(self) -> int:
        """Milliseconds from now to the next frame."""
        if self._began is not None:
            return LONGEST_REST_MS
        return max(FRAME_MS, round(1000 * (self._free_from - self._clock())))


CLOSE_SECONDS = 2.0
"""Seconds for which closing waits for commands that the desk still runs."""


class _Question(Struct, frozen=True, eq=False):
    """The calls for the end of a coroutine that runs on the desk's loop.

    The future, which holds the answer, is kept apart: it knows the question, and a cycle of both would keep every
    answer in memory until the next collection of garbage.
    """

    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    ended: Callable[[], object] | None
    expected: tuple[type[Exception], Callable[[Any], object]] | None
    once: Hashable | None
    about: Callable[[], object]
    subject: object
    awaited: bool

    def call(self, callback: Callable[[Any], object], answer: object) -> None:
        """Call back, unless its object is gone or the question is about another subject."""
        if _owner_exists(callback) and self.about() == self.subject:
            callback(answer)


class Bridge(QObject):
    """Carries questions and commands to the desk, and its events and answers back.

    Signals:
        events: a tuple of the `core.events` of the last frame, oldest first, on the window's thread.
        message_arrived: a contact's new `Message`, on the window's thread, without the wait for a frame.
        failed: an exception that nobody handled otherwise; the window shows it by its notices.
        outdated: an exception of a question that the window asked by itself; nothing that the operator did has failed.
        idle: the last open question has been answered and no event is pending.
        closing: the window closes; what can be stopped has to stop.
    """

    events = Signal(object)
    message_arrived = Signal(object)
    failed = Signal(object)
    outdated = Signal(object)
    idle = Signal()
    closing = Signal()
    _gathering = Signal()
    _message = Signal(object)
    _answered = Signal(object)

    def __init__(self, desk: Desk, desk_loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.desk = desk
        self._loop = desk_loop
        self._lock = threading.Lock()
        self._gathered: list[Event] = []
        self._open: dict[_Question, Future[Any]] = {}
        self._closed = False
        self._pace = FramePace()
        self._frame = QTimer(self, singleShot=True)
        self._frame.timeout.connect(self._deliver)
        self._gathering.connect(self._start_frame, Qt.ConnectionType.QueuedConnection)
        self._message.connect(self.message_arrived, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._call, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def is_idle(self) -> bool:
        """True while no question is open and no event is pending."""
        with self._lock:
            return not self._open and not self._gathered

    @property
    def is_awaited(self) -> bool:
        """True while a question is open without whose answer no window should close."""
        return any(question.awaited for question in self._open)

    def connect_to_bus(self) -> None:
        """Start carrying events, before a window reads what they would change.

        The window hears of them once it is made, as soon as Qt's loop turns.
        """
        self._loop.call_soon_threadsafe(self._subscribe)

    def ask[T](  # noqa: PLR0913 - each question needs few of them
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        ended: Callable[[], object] | None = None,
        expected: tuple[type[Exception], Callable[[Any], object]] | None = None,
        once: Hashable | None = None,
        about: Callable[[], object] = lambda: None,
        awaited: bool = False,
    ) -> None:
        """Run `work` on the desk's loop, then call `done` or `failed` on this thread.

        `done` gets the result, `failed` the error. Without `failed`, the error goes to the `failed` signal and so
        to the operator; `expected` is a kind of error and what to call for it instead. `ended` is called before any of
        these. A callback whose object has been deleted meanwhile is not called. Nothing happens while another question
        with the key `once` is open, such as after a second press of a button. `about` returns the subject of the
        question: none but `ended` is called if that is another one by then, as an answer that comes too late.
        `awaited`: a window closes after the answer, if it comes soon.
        """
        if self._closed or self.is_asking(once):
            work.close()
            return
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        question = _Question(done, failed, ended, expected, once, about, about(), awaited)
        self._open[question] = future
        future.add_done_callback(lambda _: None if self._closed else self._answered.emit(question))

    def follow(self, owner: QObject, slot: Callable[[], object], *kinds: type[Event]) -> None:
        """Call `slot` once a frame with events of these kinds, as long as `owner` lives."""
        _Follower(self, owner, slot, kinds)

    def follow_shown(self, widget: QWidget, slot: Callable[[], object], *kinds: type[Event]) -> None:
        """Call `slot` as `follow` does while `widget` is visible; shown, it reads all."""
        self.follow(widget, lambda: widget.isVisible() and slot(), *kinds)

    def is_asking(self, once: Hashable | None) -> bool:
        """Return True while a question with this key is open."""
        return once is not None and any(question.once == once for question in self._open)

    def close(self) -> None:
        """Stop carrying events and answers; commands under way are not cut off."""
        self._closed = True
        self._frame.stop()
        self.closing.emit()
        wait(self._open.values(), CLOSE_SECONDS)
        if self._unsubscribe is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._unsubscribe)

    # -- on the desk's thread

    def _subscribe(self) -> None:
        self._unsubscribe = self.desk.bus.subscribe(self._gather)

    def _gather(self, event: Event) -> None:
        if isinstance(event, MessageArrived):
            self._message.emit(event.message)
            return
        with self._lock:
            first = not self._gathered
            self._gathered.append(event)
        if first and not self._closed:
            self._gathering.emit()

    # -- on the window's thread

    def _start_frame(self) -> None:
        if not self._closed and not self._frame.isActive():
            self._frame.start(self._pace.wait_ms())

    def _deliver(self) -> None:
        with self._lock:
            events, self._gathered = tuple(self._gathered), []
        if events:
            self._pace.begin()
            self.events.emit(events)
        self._emit_if_idle()

    def _emit_if_idle(self) -> None:
        if not self._open and self._pace.end() and self._frame.isActive():
            self._frame.start(self._pace.wait_ms())  # what came during the update waits no longer than it must
        if not self._closed and self.is_idle:
            self.idle.emit()

    def _call(self, question: _Question) -> None:
        done = question.done
        future = self._open.pop(question)
        if self._closed:
            return
        if question.ended is not None and _owner_exists(question.ended):
            question.ended()
        try:
            result = future.result()
        except CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever the desk raised belongs to the operator
            kind, then = question.expected or ((), None)
            failed = then if isinstance(error, kind) else question.failed
            if failed is None:
                self.failed.emit(error)
            else:
                question.call(failed, error)
        else:
            if done is not None:
                question.call(done, result)
        self._emit_if_idle()


class _Follower(QObject):
    """A slot for some kinds of events; it lives and dies with its owner."""

    def __init__(
        self, bridge: Bridge, owner: QObject, slot: Callable[[], object], kinds: tuple[type[Event], ...]
    ) -> None:
        super().__init__(owner)
        self._slot, self._kinds = slot, kinds
        bridge.events.connect(self._on_events)

    def _on_events(self, events: tuple[Event, ...]) -> None:
        if any(isinstance(event, self._kinds) for event in events):
            self._slot()


def _owner_exists(callback: Callable[..., object]) -> bool:
    while isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
