"""Asks the desk the same question again after changes, one at a time."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject

from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce


class Refresher[T](QObject):
    """Asks once more if something changed while an answer was awaited.

    `question` returns the coroutine to run, None if there is nothing to ask. `failed` is called after an error,
    which the bridge's notices show in any case. Changes are gathered for `gather_ms` before the next question.
    """

    def __init__(
        self,
        bridge: Bridge,
        question: Callable[[], Coroutine[Any, Any, T] | None],
        done: Callable[[T], None],
        parent: QObject,
        *,
        failed: Callable[[], None] | None = None,
        gather_ms: int = 0,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._question = question
        self._done = done
        self._failed = failed
        self._gathering = Debounce(self.ask, self, gather_ms)
        self._asking = False
        self._again = False
        self._subject = 0

    def turn(self) -> None:
        """Ask about something else from now on, and drop the answer that is awaited."""
        self._subject += 1
        self._asking = self._again = False

    def ask(self) -> None:
        """Ask now, or once more after the answer that is awaited."""
        if self._asking:
            self._again = True
            return
        work = self._question()
        if work is not None:
            self._asking = True
            self._bridge.ask(work, self._answered, self._refused, about=lambda: self._subject)

    def ask_soon(self) -> None:
        """Ask after the time for gathering changes, without one at once."""
        if self._gathering.interval():
            self._gathering.gather()
        else:
            self.ask()

    def _answered(self, answer: T) -> None:
        self._asking = False
        self._done(answer)
        self._ask_again()

    def _refused(self, error: Exception) -> None:
        self._asking = False
        self._bridge.outdated.emit(error)
        if self._failed is not None:
            self._failed()
        self._ask_again()

    def _ask_again(self) -> None:
        if self._again:
            self._again = False
            self.ask_soon()
