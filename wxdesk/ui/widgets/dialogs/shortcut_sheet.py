"""The sheet of all keyboard shortcuts, and functions to bind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.labels import KeyCap, PlainLabel


@dataclass(frozen=True, slots=True)
class ShortcutKey:
    """One shortcut and its action; alternatives are separated by a space: `F1 Ctrl+/`."""

    keys: str
    does: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The shortcuts of one place in the window."""

    title: str
    keys: tuple[ShortcutKey, ...]


@runtime_checkable
class HasKeys(Protocol):
    """A page with shortcuts of its own."""

    def keys(self) -> Sequence[ShortcutKey]:
        """Return the page's shortcuts, for the sheet."""


def bind(owner: QWidget, sequence: str, slot: Callable[[], object]) -> QShortcut:
    """Call `slot` on `sequence` anywhere in the window of `owner`, without repeat."""
    shortcut = QShortcut(QKeySequence(sequence), owner)
    shortcut.setAutoRepeat(False)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(slot)
    return shortcut


def bind_always(owner: QWidget, sequence: str, slot: Callable[[], object]) -> None:
    """Call `slot` on `sequence` even over an open menu or list, which closes then.

    A dialog hands the key on (`widgets.dialogs.dialog.ALWAYS`).
    """

    def act() -> None:
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        slot()

    bind(owner, sequence, act).setContext(Qt.ShortcutContext.ApplicationShortcut)


class ShortcutSheet(Dialog):
    """All shortcuts by place, two groups side by side; Esc closes it."""

    def __init__(self, groups: Sequence[KeyGroup], parent: QWidget) -> None:
        super().__init__(parent, tr("Keys"))
        self.groups = tuple(groups)
        content = QFrame()
        content.setProperty("class", "panel")
        sides = hbox(within=content, spacing=40, margins=(24, 20, 24, 8))
        for side in _two_sides(groups):
            sides.addLayout(vbox(*(_column(group, content) for group in side), STRETCH, spacing=20), 1)
        close = Button(tr("Close"), key_hint="Esc", parent=self)
        close.clicked.connect(self.accept)
        foot = hbox(STRETCH, close, margins=(24, 8, 24, 16))
        scroll = ColumnScroll(self, content)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        vbox((scroll, 1), foot, within=self)
        wanted = content.sizeHint()
        height = min(wanted.height() + 64, parent.window().height() - 48)
        self.resize(min(max(wanted.width() + 16, 480), parent.window().width() - 48), height)


def _two_sides(groups: Sequence[KeyGroup]) -> tuple[list[KeyGroup], list[KeyGroup]]:
    """Distribute the groups in order, each to the shorter side."""
    sides: tuple[list[KeyGroup], list[KeyGroup]] = ([], [])
    for group in groups:
        min(sides, key=lambda side: sum(len(one.keys) + 2 for one in side)).append(group)
    return sides


def _column(group: KeyGroup, parent: QWidget) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.addWidget(PlainLabel(group.title, size=Size.TITLE, strong=True, parent=parent), 0, 0, 1, 2)
    for row, key in enumerate(group.keys, 1):
        caps = (KeyCap(cap, parent) for cap in key.keys.split(" "))
        grid.addLayout(hbox(*caps, STRETCH, spacing=4), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(key.does, role="secondary", wrap=True, parent=parent), row, 1)
    grid.setColumnMinimumWidth(0, 96)
    grid.setColumnStretch(1, 1)
    return grid
