"""Placeholders of an empty region, with at most two next steps."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, BoxPart, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

MIDDLE = Qt.AlignmentFlag.AlignHCenter
ABOVE: tuple[BoxPart, ...] = (STRETCH, STRETCH)
BELOW: tuple[BoxPart, ...] = (STRETCH, STRETCH, STRETCH)
"""Room around the words, which stand a little above the middle."""


class EmptyState(QFrame):
    """Icon, title, sentence, and at most one button, `step`."""

    def __init__(self, icon: str = "inbox", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(size=Size.TITLE, strong=True, wrap=True)
        self.sentence = PlainLabel(role="secondary", wrap=True)
        self.step = Button("")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture, step = (IconLabel(icon, "faint", 32), MIDDLE), (self.step, MIDDLE)
        parts = (picture, self.title, self.sentence, 4, step)
        vbox(*ABOVE, *parts, *BELOW, within=self, spacing=8, margins=(24, 24, 24, 24))

    def say(self, title: str, sentence: str, step: str = "") -> None:
        """Show these words; an empty `step` shows no button."""
        self.title.show_if_any(title)
        self.sentence.setText(sentence)
        self.step.setText(step)
        self.step.setVisible(bool(step))


PICTURE = 40
WIDTH = 340


class FirstStep(Frame):
    """Explains an empty page, and offers the built-in examples or an empty start."""

    def __init__(
        self, icon: str, *, title: str, words: str, starter: str, new: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("window", parent)
        self._title = PlainLabel(title, size=Size.TITLE, strong=True, parent=self)
        self._words = PlainLabel(words, role="secondary", wrap=True, parent=self)
        self._words.setFixedWidth(WIDTH)
        self._words.setMinimumHeight(self._words.heightForWidth(WIDTH))
        for label in (self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.starter = Button(starter, kind=ButtonKind.PRIMARY, parent=self)
        self.new = Button(new, icon="plus", parent=self)
        picture, sentence = (IconLabel(icon, "faint", PICTURE), MIDDLE), (self._words, MIDDLE)
        parts = (picture, self._title, sentence, hbox(STRETCH, self.starter, self.new, STRETCH, spacing=8))
        vbox(*ABOVE, *parts, *BELOW, within=self, spacing=12, margins=(24, 24, 24, 24))
