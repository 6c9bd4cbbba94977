"""Chat as the customer would see it, below the trial's verdicts."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wxdesk.core.model.reply import Content
from wxdesk.i18n import ntr, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.pieces import Paragraph
from wxdesk.ui.content.preview import ContentPreview
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, extend, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import Surface

WIDTH = 300
"""Pixels of the whole panel."""

WIDEST = WIDTH - 2 * 16 - 2 * 12 - 8
"""Pixels of a bubble."""

BODIES = 120


class TrialBubbles(QWidget):
    """Bubbles of the tried message and its answer, as the customer would see them."""

    def __init__(self, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._album = album
        self.setAccessibleName(tr("What the customer would see"))
        self.texts: list[str] = []
        self._chat = Surface(self)
        self._lines = vbox(spacing=8, margins=(12, 12, 12, 12), within=self._chat)
        self.cost = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        self._column = vbox(self._chat, spacing=8, within=self)
        self._make_bodies()
        extend(self._column, self.cost, (self.open, AT_LEFT), self.bodies, STRETCH)
        self.show_bodies([])

    def _make_bodies(self) -> None:
        self.open = Button(tr("What leaves, byte for byte"), kind=ButtonKind.LINK, parent=self)
        self.open.setCheckable(True)
        self.bodies = QPlainTextEdit(self, readOnly=True, tabChangesFocus=True)
        self.bodies.setProperty("class", "well")
        self.bodies.setAccessibleName(tr("What leaves, byte for byte"))
        self.bodies.setFont(font(Size.SMALL))
        self.bodies.setFixedHeight(BODIES)
        self.open.toggled.connect(self._show_bodies)

    def show_answer(self, asked: str, contents: tuple[Content, ...], beside: str) -> None:
        """Show the message, the answers, and a sentence on what is no answer."""
        remove_widgets(self._lines)
        self.texts = []
        if asked:
            bubble = ContentPreview(self._album, self._chat, fill="panel")
            bubble.show_pieces((Paragraph(asked),))
            self._add(bubble, asked, AT_LEFT)
        for content in contents:
            bubble = ContentPreview(self._album, self._chat, fill="accent_tint", line="")
            bubble.show_content(content)
            self._add(bubble, content.text or content.title or content.media_id, Qt.AlignmentFlag.AlignRight)
        if beside:
            self.texts.append(beside)
            self._lines.addWidget(PlainLabel(beside, size=Size.SMALL, role="secondary", wrap=True, parent=self._chat))

    def show_bodies(self, bodies: Sequence[bytes]) -> None:
        """Offer the requests that WeChat would get, each with its size in bytes."""
        parts = [
            "\n".join((ntr("{n} byte", "{n} bytes", len(body)), body.decode("utf-8", "replace"))) for body in bodies
        ]
        self.bodies.setPlainText("\n\n".join(parts))
        self._show_bodies()

    def _show_bodies(self) -> None:
        there = bool(self.bodies.toPlainText())
        self.open.setVisible(there)
        self.bodies.setVisible(there and self.open.isChecked())

    def _add(self, bubble: ContentPreview, text: str, side: Qt.AlignmentFlag) -> None:
        self.texts.append(text)
        bubble.fit_width(WIDEST)
        self._lines.addWidget(bubble, 0, side)
