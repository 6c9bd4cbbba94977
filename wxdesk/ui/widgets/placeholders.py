"""Placeholders of an empty region, with at most two next steps."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, BoxPart, hbox, vbox
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
        self.steps = hbox(STRETCH, self.step, STRETCH, spacing=8)
        parts = ((IconLabel(icon, "faint", 32), MIDDLE), self.title, self.sentence, 4, self.steps)
        vbox(*ABOVE, *parts, *BELOW, within=self, spacing=8, margins=(24, 24, 24, 24))

    def say(self, title: str, sentence: str, step: str = "") -> None:
        """Show these words; an empty `step` shows no button."""
        self.title.show_if_any(title)
        self.sentence.setText(sentence)
        self.step.setText(step)
        self.step.setVisible(bool(step))


class FirstStep(EmptyState):
    """Explains an empty page, and offers the built-in examples or an empty start."""

    def __init__(
        self, icon: str, *, title: str, words: str, starter: str, new: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(icon, parent)
        self.setProperty("class", "window")
        self.starter = Button(starter, kind=ButtonKind.PRIMARY)
        self.new = Button(new, icon="plus")
        for button in (self.new, self.starter):
            self.steps.insertWidget(1, button)
        self.say(title, words)
