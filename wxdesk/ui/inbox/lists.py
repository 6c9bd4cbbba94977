"""Base classes of the inbox's lists: rows, view, and the guard of clicks."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from wxdesk.core.model.conversation import Contact
from wxdesk.desk.ports import Clock
from wxdesk.i18n import account_title
from wxdesk.ui.widgets.fields.growing import place_candidates
from wxdesk.ui.widgets.row_list import Index, RowList, RowModel
from wxdesk.ui.wording.reply_status import FindHoldReason, no_hold_reason


class TimedRows[R](RowModel[R]):
    """Rows of which times and countdowns are told; these only need repainting.

    `hold_reason_of` returns what holds a reply back; a row names its mini program unless it is the only one of
    `accounts`, or these are none. Subclasses change the rows in steps that keep the selection.
    """

    accounts: Collection[str] = ()

    def __init__(
        self, clock: Clock, hold_reason_of: FindHoldReason = no_hold_reason, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.clock = clock
        self._hold_reason_of = hold_reason_of

    def account_of(self, contact: Contact) -> str:
        """Return the mini program that a row names, also a removed one's; empty for none."""
        return account_among(self.accounts, contact.account)


def account_among(accounts: Collection[str], name: str) -> str:
    """Return an account's title, also a removed one's; empty if it is the only one."""
    return "" if tuple(accounts) in ((), (name,)) else account_title(name)


_SHIFTS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def typed_text(event: QKeyEvent) -> str:
    """Return the text that a key types; empty for any other key."""
    text = event.text()
    return text if text.isprintable() and not event.modifiers() & ~_SHIFTS else ""


class RowsView(RowList):
    """List whose keys only move; letters and pastes go to the page, or to the reply."""

    _writes_into: QWidget | None = None

    def write_into(self, edit: QWidget) -> None:
        """Let an input method compose here for `edit`, which gets the focus on commit.

        An earlier change of focus would end the composition and leave its first letter raw.
        """
        self._writes_into = edit
        self._let_compose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if typed_text(event) or event.matches(QKeySequence.StandardKey.Paste):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            event.ignore()
            return
        decided = bool(event.commitString())
        QApplication.sendEvent(edit, event)
        if decided and self.hasFocus():
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.hasFocus():
            place_candidates(self)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # noqa: N802 - Qt's name
        """Answer for the reply, so that the candidates are shown there."""
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            return super().inputMethodQuery(query)
        answer = edit.inputMethodQuery(query)
        if isinstance(answer, QRect | QRectF):
            by = self.mapFromGlobal(edit.mapToGlobal(edit.rect().topLeft()))
            return answer.translated(by)
        return answer

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Enable the input method, which Qt disables where nothing can be edited."""
        super().focusInEvent(event)
        self._let_compose()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Enable the input method, which Qt disables with each new row."""
        super().currentChanged(current, previous)
        self._let_compose()

    def _let_compose(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, self._writes_into is not None)


READABLE = timedelta(seconds=1)
"""Time after a change in which clicks and keys on it are ignored."""


def is_fresh(at: datetime, now: datetime) -> bool:
    """Return True if a change is too new to be read; a clock put back locks nothing."""
    return at <= now < at + READABLE


class ClickGuard(QObject):
    """Watches the rows of `model` for a view, which gets the model after it.

    A row goes by itself when its time is over or its contact writes again. The next row takes its place under
    the mouse and gets the focus; a click or key of that moment was meant for the one before.
    """

    def __init__(self, model: TimedRows[Any]) -> None:
        super().__init__()
        self._clock = model.clock
        self._decided = QPersistentModelIndex()
        self._fell: datetime | None = None
        self._shifts: list[tuple[datetime, int]] = []
        model.rowsAboutToBeRemoved.connect(self._leaving)
        model.rowsRemoved.connect(self._shifted)
        model.rowsInserted.connect(self._came)
        model.rowsMoved.connect(self._moved)

    def watch(self, view: QAbstractItemView) -> None:
        """Guard the rows as they stand in this view."""
        self._view = view
        self.setParent(view)

    def decided(self) -> None:
        """Note that the operator has decided about the current row by key."""
        self._decided = QPersistentModelIndex(self._view.currentIndex())

    def accepts_key(self) -> bool:
        """Return True if the current row has had the focus long enough."""
        return self._fell is None or not is_fresh(self._fell, self._clock())

    def accepts_click(self, row: int) -> bool:
        """Return True if this row has stood in its place long enough."""
        return not any(first <= row and is_fresh(at, self._clock()) for at, first in self._shifts)

    def _leaving(self, _: QModelIndex, first: int, last: int) -> None:
        chosen = self._view.currentIndex()
        if first <= chosen.row() <= last:
            self._fell = None if self._decided == chosen else self._clock()

    def _came(self, parent: QModelIndex, first: int, last: int) -> None:
        if last + 1 < self._view.model().rowCount():  # what comes at the end is in nobody's way
            self._shifted(parent, first, last)

    def _moved(self, parent: QModelIndex, first: int, last: int, _: QModelIndex, to: int) -> None:
        self._shifted(parent, min(first, to), last)

    def _shifted(self, _: QModelIndex, first: int, __: int) -> None:
        now = self._clock()
        self._shifts = [*(shift for shift in self._shifts if is_fresh(shift[0], now)), (now, first)]
