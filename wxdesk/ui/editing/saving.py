"""The way of what was edited into the store, and what comes back from there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from wxdesk.core.errors import BadInput
from wxdesk.i18n import explain, tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import Notices


class Keeper(Protocol):
    """An editor of rules or templates, which stores nothing itself."""

    @property
    def save_asked(self) -> SignalInstance:
        """Carries what shall be stored."""
        ...

    def show_stored(self, record: Any, /) -> None:  # noqa: ANN401 - of its own kind
        """This is stored now; what is being written stays."""
        ...

    def show_refusal(self, reason: str, /) -> None:
        """Say why it was not stored."""
        ...


@dataclass(frozen=True, slots=True)
class Way[R]:
    """What differs between rules and templates: `store` one, what it is called, what is written now, `show` it anew."""

    store: Callable[[R], Coroutine[Any, Any, R]]
    name_of: Callable[[R], str]
    written: Callable[[], R]
    show: Callable[[R], None]


class Saving[R](QObject):
    """Stores what `editor` asks to be stored, and tells it and the operator what became of it.

    Signals:
        saved: the record as it is stored now.
        refused: nothing was stored.
    """

    saved = Signal(object)
    refused = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, editor: Keeper, way: Way[R], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._editor = editor
        self._way = way
        self._sent: R | None = None
        editor.save_asked.connect(self._save)

    def _save(self, record: R) -> None:
        self._sent = record
        self._bridge.ask(self._way.store(record), self._saved, self._refused)

    def _saved(self, record: R) -> None:
        if self._way.written() == self._sent:
            self._way.show(record)
        else:
            self._editor.show_stored(record)  # something was written meanwhile
        self._notices.toast(tr("“{name}” saved", name=self._way.name_of(record)))
        self.saved.emit(record)

    def _refused(self, error: Exception) -> None:
        self.refused.emit()
        if isinstance(error, BadInput):
            self._editor.show_refusal(explain(error))
        else:
            self._notices.report(error)
