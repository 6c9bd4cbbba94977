"""Places in WeChat's two consoles, menu by menu as they read there."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.setup.text import ConsolePath
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.labels import PlainLabel


class ConsolePaths(QFrame):
    """A sunken box: what is found where, in the former console and the new one."""

    def __init__(self, title: str, paths: Sequence[ConsolePath], parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("class", "well")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (console, menus) in enumerate(paths):
            name = PlainLabel(console.partition(" ")[0], size=Size.SMALL, role="secondary", parent=self)
            name.setToolTip(console.partition(" ")[2])
            path = PlainLabel(" → ".join(menus), size=Size.SMALL, wrap=True, parent=self)
            path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(path, row, 1)
        head = PlainLabel(title, size=Size.SMALL, role="secondary", strong=True, wrap=True, parent=self)
        vbox(head, grid, within=self, spacing=8, margins=(14, 10, 14, 12))
