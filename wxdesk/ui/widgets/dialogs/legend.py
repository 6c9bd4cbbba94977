"""Dialog that says what names mean, such as those of the window's figures."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import ColumnScroll, vbox
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.labels import PlainLabel

WIDTH = 480


class Legend(Dialog):
    """Names with their meanings, one below the other; Esc closes it."""

    def __init__(self, title: str, entries: Iterable[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent.window(), title)
        content = QFrame()
        content.setProperty("class", "panel")
        head = PlainLabel(title, size=Size.TITLE, strong=True)
        column = vbox(head, 8, within=content, spacing=2, margins=(24, 20, 24, 20))
        for name, meaning in entries:
            column.addWidget(PlainLabel(name, strong=True))
            column.addWidget(PlainLabel(meaning, role="secondary", wrap=True))
            column.addSpacing(8)
        scroll = ColumnScroll(self, content)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        vbox(scroll, within=self)
        self.resize(WIDTH, min(column.totalHeightForWidth(WIDTH), parent.window().height() - 48))
