"""Banner beside the composer's tools: the reply being edited, or drafts below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.inbox.sendability import put_by_words
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel


class DraftBanner(QWidget):
    """Hidden while no reply is edited and no draft lies below.

    Signals:
        left: leave the reply as it was, or show the draft below.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = PlainLabel(size=Size.SMALL, role="pending", strong=True, elide=True)
        self.leave = Button("", kind=ButtonKind.LINK, key_hint="Esc")
        self.leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.leave)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, editing: str, *, put_by: int) -> None:
        """Show the `editing` text, else the number of drafts below (`put_by`)."""
        self.words.setText(editing or (put_by_words(put_by) if put_by else ""))
        self.leave.setText(tr("Leave it as it was") if editing else tr("Show it"))
        self.setVisible(bool(editing) or put_by > 0)
