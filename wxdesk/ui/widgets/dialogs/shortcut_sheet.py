"""The sheet of all keyboard shortcuts, and functions to bind them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from msgspec import Struct
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.keys import FIXED, is_for_commands, own_key, own_keys, sequence
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import AT_TOP, STRETCH, ColumnScroll, Frame, grid, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.labels import KeyCap, PlainLabel, key_label
from wxdesk.ui.widgets.painting import paint_focus, painting


class ShortcutKey(Struct, frozen=True):
    """One shortcut and its action; alternatives are separated by a space: `F1 Ctrl+/`.

    They are the usual ones, by which each command is known in the whole window. `slot` is what a page binds to it.
    """

    keys: str
    does: str
    slot: Callable[[], object] | None = None


class KeyGroup(Struct, frozen=True):
    """The shortcuts of one place in the window."""

    title: str
    keys: tuple[ShortcutKey, ...]


@runtime_checkable
class HasKeys(Protocol):
    """A page with shortcuts of its own."""

    def keys(self) -> Sequence[ShortcutKey]:
        """Return the page's shortcuts, for the sheet."""


def bind(owner: QWidget, usual: str, slot: Callable[[], object]) -> QShortcut:
    """Call `slot` on the operator's key in the window of `owner`, without repeat."""
    shortcut = QShortcut(sequence(own_key(usual)), owner, autoRepeat=False)
    shortcut.setObjectName(usual)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(slot)
    return shortcut


def bind_page(owner: QWidget, keys: Sequence[ShortcutKey]) -> None:
    """Bind all keys of a page that have a slot."""
    for key in keys:
        if key.slot is not None:
            for usual in key.keys.split(" "):
                bind(owner, usual, key.slot)


def bind_always(owner: QWidget, usual: str, slot: Callable[[], object]) -> None:
    """Call `slot` on the operator's key even over an open menu, which closes then.

    A dialog hands the key on (`widgets.dialogs.dialog.ALWAYS`).
    """

    def act() -> None:
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        slot()

    bind(owner, usual, act).setContext(Qt.ShortcutContext.ApplicationShortcut)


_ALONE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}


class KeyField(KeyCap):
    """A key that is replaced by pressing another; Delete asks for the usual one.

    Signals:
        pressed: a `QKeySequence`, the usual one for Delete.
    """

    pressed = Signal(QKeySequence)

    def __init__(self, usual: str, does: str, parent: QWidget) -> None:
        super().__init__(usual, parent)
        self.usual = usual
        self.does = does
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_key(self, key: str) -> None:
        """Show this key."""
        self.text = key_label(key)
        self.setAccessibleName(f"{self.does}: {self.text}")
        self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # the key does nothing here
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.pressed.emit(sequence(self.usual))
        elif event.key() not in _ALONE:
            self.pressed.emit(QKeySequence(event.keyCombination()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            with painting(self) as painter:
                paint_focus(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1))


class ShortcutSheet(Dialog):
    """All shortcuts by place, in two columns; each can be changed. Esc closes it.

    A key that another command has is exchanged with it, if the operator wants that.

    Signals:
        chosen: the operator's own keys, by the usual ones.
    """

    chosen = Signal(dict)

    def __init__(self, groups: Sequence[KeyGroup], parent: QWidget) -> None:
        super().__init__(parent, tr("Keys"))
        self.groups = tuple(_by_command(groups))
        self._own = own_keys()
        self._exchanged: dict[str, str] | None = None
        """Keys that `exchange` gives to two commands."""
        self.fields: list[KeyField] = []
        content = Frame("panel")
        sides = hbox(within=content, spacing=40, margins=(24, 20, 24, 8))
        for side in _two_sides(self.groups):
            sides.addLayout(vbox(*(self._column(group, content) for group in side), STRETCH, spacing=20), 1)
        self.note = PlainLabel(role="secondary", wrap=True, parent=self)
        self.exchange = Button(tr("Swap them"), kind=ButtonKind.LINK, parent=self, then=self._exchange)
        self.usual = Button(tr("All as usual"), kind=ButtonKind.LINK, parent=self, then=self._reset)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self, then=self._choose)
        close = Button(tr("Close"), key_hint="Esc", parent=self, then=self.reject)
        foot = hbox((self.note, 1), self.exchange, self.usual, close, self.save, spacing=12, margins=(24, 8, 24, 16))
        scroll = ColumnScroll(self, content)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        vbox((scroll, 1), foot, within=self)
        self._show()
        wanted = content.sizeHint()
        self._fit_into_window(max(wanted.width() + 16, 480), wanted.height() + 64)
        scroll.setFocus()

    def _column(self, group: KeyGroup, parent: QWidget) -> QGridLayout:
        column = grid(across=16, down=8, names=96)
        column.addWidget(PlainLabel(group.title, size=Size.TITLE, strong=True, parent=parent), 0, 0, 1, 2)
        for row, key in enumerate(group.keys, 1):
            caps = [
                KeyCap(one, parent) if one in FIXED else KeyField(one, key.does, parent) for one in key.keys.split(" ")
            ]
            column.addLayout(hbox(*caps, STRETCH, spacing=4), row, 0, AT_TOP)
            column.addWidget(PlainLabel(key.does, role="secondary", wrap=True, parent=parent), row, 1)
            for field in caps:
                if isinstance(field, KeyField):
                    self.fields.append(field)
                    field.pressed.connect(partial(self._take, field))
        return column

    def _show(self, refusal: str = "") -> None:
        """Show the keys as they are chosen so far, and why the last one was not."""
        for field in self.fields:
            field.show_key(self._of(field.usual))
        note = tr("To change a key, click it and press another. Delete restores the usual one.")
        self.note.setText(refusal or note)
        self.note.set_role("failed" if refusal else "secondary")
        self.exchange.setVisible(self._exchanged is not None)
        self.usual.setVisible(bool(self._own))
        self.save.setEnabled(self._own != own_keys())

    def _of(self, usual: str) -> str:
        return self._own.get(usual, usual)

    def _take(self, field: KeyField, wanted: QKeySequence) -> None:
        """Give a command this key, or say why not and what could be done."""
        key, usual = wanted.toString(QKeySequence.SequenceFormat.PortableText).replace("Return", "Enter"), field.usual
        self._exchanged, name = None, key_label(key)
        if key != usual and not is_for_commands(wanted):
            no = tr("{key} is fixed or for writing. Use another with Ctrl or Alt, or a function key.", key=name)
            self._show(no)
            return
        other = next((one for one in self.fields if one is not field and self._of(one.usual) == key), None)
        if other is None:
            self._give({usual: key})
        else:
            self._exchanged = {usual: key, other.usual: self._of(usual)}
            self._show(tr("{key} is in use: {does}", key=name, does=other.does))

    def _exchange(self) -> None:
        given, self._exchanged = self._exchanged, None
        self._give(given or {})

    def _give(self, given: dict[str, str]) -> None:
        self._own = {usual: key for usual, key in (self._own | given).items() if key != usual}
        self._show()

    def _reset(self) -> None:
        self._own, self._exchanged = {}, None
        self._show()

    def _choose(self) -> None:
        self.chosen.emit(self._own)
        self.accept()


def _by_command(groups: Sequence[KeyGroup]) -> Iterator[KeyGroup]:
    """Put the commands of several places, each by one key, into a group of their own."""
    does: dict[str, list[str]] = {}
    for group in groups:
        for key in group.keys:
            if not FIXED.issuperset(key.keys.split(" ")):
                does.setdefault(key.keys, []).append(tr("{place}: {does}", place=group.title, does=key.does))
    shared = {keys: "\n".join(lines) for keys, lines in does.items() if len(lines) > 1}
    several = KeyGroup(tr("On several pages"), tuple(ShortcutKey(*one) for one in shared.items()))
    alone = [KeyGroup(one.title, tuple(key for key in one.keys if key.keys not in shared)) for one in groups]
    return (one for one in (*alone[:1], several, *alone[1:]) if one.keys)


def _two_sides(groups: Sequence[KeyGroup]) -> tuple[list[KeyGroup], list[KeyGroup]]:
    """Distribute the groups in order, each to the shorter side."""
    sides: tuple[list[KeyGroup], list[KeyGroup]] = ([], [])
    for group in groups:
        min(sides, key=lambda side: sum(len(one.keys) + 2 for one in side)).append(group)
    return sides
