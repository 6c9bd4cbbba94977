"""Editor of one record: undo, saving and reverting for rules and templates."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from msgspec import Struct, structs
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.errors import Text
from wxdesk.core.model.operator import Role
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import Record
from wxdesk.ui.editing.revisions.comparison import revision_title
from wxdesk.ui.editing.text_undo import UndoKeys, UndoSteps, focused_name, refocus
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import STRETCH, BoxPart, ColumnScroll, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.fields.title import TitleField
from wxdesk.ui.widgets.labels import key_name, small_label


class EditorCard(Frame):
    """Framed column of fields.

    Signals:
        changed: what is written in it has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)

    def _stack(self, *parts: BoxPart, foot: int = 12) -> None:
        """Put the parts below each other, with `foot` pixels below the last one."""
        vbox(*parts, spacing=10, margins=(16, 14, 16, foot), within=self)


class RecordHead(QWidget):
    """Title above the fields of an editor; its `bar` stays in sight below them.

    A subclass makes the `history` button and lays all out. `name` names the title's field, which takes `longest`
    characters. `refused` tells why nobody here may edit it, if so.
    """

    history: Button

    def __init__(self, name: str, longest: int) -> None:
        super().__init__()
        self.refused: Callable[[], str] = str
        self.title = TitleField(self)
        self.title.setFixedHeight(32)
        self.title.setPlaceholderText(name)
        self.title.setAccessibleName(name)
        self.title.setMaxLength(longest)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar = Frame("footer", self)
        self.state = small_label(elide=True, parent=self)
        self.revert = Button(tr("Revert"), icon="undo", parent=self)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self)
        self.save.setToolTip(key_name("Ctrl+S"))

    def _lay_out_bar(self, widest: int, *links: Button) -> None:
        """Lay out state, `links`, and what reverts and saves, below fields of that width."""
        row = Frame("flat", self.bar)
        row.setMaximumWidth(widest + SIDE_MARGINS)
        hbox(self.state, *links, STRETCH, self.revert, self.save, spacing=8, margins=(24, 8, 24, 8), within=row)
        hbox(row, within=self.bar)

    def show_title(self, title: str) -> None:
        """Show another title, scrolled to its beginning."""
        self.title.setText(title)
        self.title.setCursorPosition(0)

    def show_state(self, stored: Record, now: datetime, text: str = "", role: str = "secondary") -> None:
        """Show why it cannot be edited here, else `text`, else the stored revision."""
        self.state.set_role(role)
        if not text and stored.id and stored.updated_at is not None:
            text = revision_title(stored.revision, stored.updated_at, now)
        refused = self.refused()
        self.state.setText(tr(refused) if refused else text or tr("New, not saved yet"))

    def show_refusal(self, reason: str) -> None:
        """Say why the record was not stored, where no field is to blame."""
        self.state.set_role("pending")
        self.state.setText(reason)

    def allow(self, *, save: bool, revert: bool) -> None:
        """Enable or disable saving and reverting; nobody saves what is refused."""
        self.save.setEnabled(save and not self.refused())
        self.revert.setEnabled(revert)


SIDE_MARGINS = 48
"""Pixels of both side margins together."""


class RecordFault(Protocol):
    """Fault that keeps a record from being saved."""

    @property
    def reason(self) -> Text:
        """The reason for `i18n.tr`."""


class RecordEditor[R: Record](QWidget):
    """Editor of one record that validates it as it is written and stores nothing.

    Mistakes are marked at their fields. What is not written yet is mentioned calmly, below the title. Subclasses
    have the fields; `blank` is a record of which nothing is written.

    Signals:
        touched: True if the record differs from the stored one.
        save_asked: the operator wants this record stored.
        history_asked: the operator wants to see the revisions of this record.
    """

    touched = Signal(bool)
    save_asked = Signal(object)
    history_asked = Signal(object)

    def __init__(self, bridge: Bridge, head: RecordHead, blank: R, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = head
        head.setParent(self)
        head.refused = partial(bridge.desk.why_not, Role.LEAD)
        self.blank = blank
        self.faults: tuple[RecordFault, ...] = ()
        self._clock = bridge.desk.clock
        self.saved = self._shown = self._reads = blank
        self._touched = self._showing = False
        self._later = Debounce(self.check_now, self)
        self._steps = UndoSteps[R]()
        head.title.textChanged.connect(self._changed)
        head.history.clicked.connect(self._ask_history)
        head.revert.clicked.connect(self.revert)
        head.save.clicked.connect(self.save)
        bind(self, "Ctrl+S", self.save)
        self._keys = UndoKeys(self, self.undo, self.redo)

    # -- a kind of record

    def name_of(self, record: R) -> str:
        """Return a record's name, or a text in its place."""
        raise NotImplementedError

    def _blank_after(self, gone: R) -> R:
        """Return the blank record that takes the place of a deleted one."""
        return self.blank

    def _fill(self, record: R) -> None:
        """Show `record` in the fields."""
        raise NotImplementedError

    def _read(self) -> R:
        """Return the content that the fields show."""
        raise NotImplementedError

    def _find_faults(self, record: R) -> Iterable[RecordFault]:
        """Return what keeps `record` from being saved."""
        raise NotImplementedError

    def _show_check(self, record: R, changed: bool) -> None:
        """Show `faults` at their fields, and the state in the head."""
        raise NotImplementedError

    # -- the record

    def show_record(self, record: R) -> None:
        """Edit `record`, a stored one or a new one (id 0).

        Where it reads the same already, the fields stay, so that typing can go on while it is saved.
        """
        before, self.saved = self.saved, record
        reads_the_same = record.id != 0 and before.id in (0, record.id) and not self.unsaved
        if reads_the_same:
            self.check_now()
        else:
            self.write(record)
        if not (reads_the_same or before.id == record.id != 0):
            self._steps.begin(self.record())

    def begin(self, record: R) -> None:
        """Write a new record with these contents."""
        self.show_record(self._blank_after(record))
        self.write(record)

    def show_stored(self, record: R | None) -> None:
        """Take over the stored record, None if it is deleted; what is written stays."""
        self.saved = self._blank_after(self.saved) if record is None else record
        self.check_now()

    def write(self, record: R) -> None:
        """Fill the fields with other contents, such as a revision's, without storing them."""
        self._showing = True
        self._fill(record)
        self._showing = False
        self._shown, self._reads = record.written, self._read()
        self.check_now()

    def record(self) -> R:
        """Return the record as edited; untouched parts are as stored."""
        return self.saved.with_written(preserve_untouched(self._read(), self._reads, self._shown))

    @property
    def unsaved(self) -> bool:
        """True if leaving the editor would lose changes."""
        return self._differs(self.record())

    def _differs(self, record: R) -> bool:
        return record.written != self.saved.written

    def undo(self) -> None:
        """Restore the record as before the last pause in typing, in whatever field."""
        self._step(-1)

    def redo(self) -> None:
        """Redo the last undone step."""
        self._step(1)

    def _step(self, step: int) -> None:
        self.check_now()
        record = self._steps.move(step)
        if record is not None:
            name = focused_name(self)
            self._rewrite(record)
            refocus(self, name)

    def _rewrite(self, record: R) -> None:
        """Fill the fields with an undone or redone step."""
        self.write(record)

    def revert(self) -> None:
        """Go back to what is stored."""
        self.write(self.saved)

    def save(self) -> bool:
        """Ask to store the record if changed and valid; return True if asked."""
        self.check_now()
        if not self.head.save.isEnabled():
            return False
        self.save_asked.emit(self.record())
        return True

    def judged(self) -> tuple[str, str]:
        """Return the record's name, and why it cannot be saved; empty if it can."""
        self.check_now()
        return self.name_of(self.record()), next((tr(fault.reason) for fault in self.faults), "")

    def check_now(self) -> None:
        """Validate the record, and show its faults and state."""
        self._later.stop()
        record = self.record()
        self._steps.add(record)
        changed = self._differs(record)
        self.faults = tuple(self._find_faults(record))
        self.head.allow(save=changed and not self.faults, revert=changed)
        self._show_check(record, changed)
        self._emit_touched(changed)

    def _changed(self) -> None:
        if self._showing:
            return
        changed = self.unsaved
        self.head.allow(save=changed and self.head.save.isEnabled(), revert=changed)
        self._emit_touched(changed)
        self._later.start()

    def _emit_touched(self, changed: bool) -> None:
        if changed is not self._touched:
            self._touched = changed
            self.touched.emit(changed)

    def _ask_history(self) -> None:
        self.history_asked.emit(self.saved)


class WidthScroll(ColumnScroll):
    """Vertical scroll area whose content is centred and at most `widest` wide."""

    def __init__(self, inside: QWidget, widest: int, parent: QWidget) -> None:
        super().__init__(parent)
        inside.setProperty("class", "flat")
        inside.setMaximumWidth(widest + SIDE_MARGINS)
        around = Frame("window", self)
        hbox(inside, within=around)
        self.setWidget(around)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which the fields can still be used."""
        return QSize(360, 200)


def preserve_untouched(now: Any, reads: Any, shown: Any) -> Any:  # noqa: ANN401 - a record, or any part of one
    """Return `now`, with the `shown` value wherever a field still `reads` the same.

    `reads` is what the fields returned once filled with `shown`. So looking changes nothing: a line break that
    a field cannot hold, an overlong name, blanks round a keyword. Parts of a record are compared one by one.
    """
    if now == reads:
        return shown
    if type(now) is not type(reads) or type(now) is not type(shown):
        return now
    if isinstance(now, Struct):
        each = (structs.astuple(one) for one in (now, reads, shown))
        return type(now)(*map(preserve_untouched, *each))
    if isinstance(now, tuple) and len(reads) == len(shown):
        return _preserve_items(now, reads, shown)
    return now


def _preserve_items(now: tuple[Any, ...], reads: tuple[Any, ...], shown: tuple[Any, ...]) -> tuple[Any, ...]:
    """Preserve items that read the same, in place or moved; others count as changed."""
    if len(now) != len(reads):
        known = dict(zip(reads, shown, strict=True))
        return tuple(known.get(one, one) for one in now)
    if sorted(map(repr, now)) == sorted(map(repr, reads)):
        known = dict(zip(reads, shown, strict=True))
        return tuple(shown[at] if one == reads[at] else known[one] for at, one in enumerate(now))
    return tuple(preserve_untouched(*several) for several in zip(now, reads, shown, strict=True))
