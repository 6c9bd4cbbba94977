"""Buttons above the text for everything that is not typed; icons only if narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.inbox.sendability import put_by_words
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

_GAP = 12


class ComposerTools(QWidget):
    """Buttons for templates, pictures, links and cards.

    Signals:
        templates_wanted, picture_wanted, link_wanted, card_wanted: open a panel.
        text_link_wanted: make the selected text a link.
    """

    templates_wanted = Signal()
    picture_wanted = Signal()
    link_wanted = Signal()
    card_wanted = Signal()
    text_link_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = _tool("template", tr("/ Templates"), tr("Templates"))
        self.picture = _tool("image", tr("Picture"), tr("Send a picture (Ctrl+Shift+P)"))
        self.link = _tool("link", tr("Link"), tr("Send a link with title and description (Ctrl+Shift+L)"))
        self.card = _tool("card", tr("Mini-program card"), tr("Send a card of the mini program (Ctrl+Shift+M)"))
        self.text_link = _tool("edit", tr("Link in the text"), tr("Make a link of the selected words (Ctrl+L)"))
        self._buttons = (self.template, self.picture, self.link, self.card, self.text_link)
        self._words = tuple(button.text() for button in self._buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._full = sum(button.sizeHint().width() for button in self._buttons) + _GAP * (len(self._buttons) - 1)
        self.template.clicked.connect(self.templates_wanted)
        self.picture.clicked.connect(self.picture_wanted)
        self.link.clicked.connect(self.link_wanted)
        self.card.clicked.connect(self.card_wanted)
        self.text_link.clicked.connect(self.text_link_wanted)

    def minimumSizeHint(self) -> QSize:
        """Room for the icons."""
        return QSize(len(self._buttons) * (16 + _GAP), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the labels where they do not fit."""
        super().resizeEvent(event)
        roomy = self.width() >= self._full
        for button, words in zip(self._buttons, self._words, strict=True):
            button.setText(words if roomy else "")


def _tool(icon: str, words: str, tip: str) -> Button:
    button = Button(words, kind=ButtonKind.LINK, icon=icon)
    button.setFont(font(Size.SMALL))
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button


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
