"""Outcome of a check: its sentence, the remedy, and buttons that mend it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.verdicts import CheckVerdict, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.setup.text import sentence_of, state_of
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

type Mending = tuple[str, Callable[[], None]]
"""The text of a button, and what it does."""


class FindingCard(QFrame):
    """One finding by icon, words and colour; hidden until there is one."""

    def __init__(self, parent: QWidget | None = None, *, framed: bool = True) -> None:
        super().__init__(parent)
        self._framed = framed
        self._then: Callable[[], None] | None = None
        self.finding: Finding | None = None
        self._icon = IconLabel("check", "accent", 20, self)
        self._icon.setFixedHeight(20)
        self.sentence = PlainLabel(strong=framed, wrap=True, parent=self)
        self.when = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.remedy = PlainLabel(role="secondary", wrap=True, parent=self)
        self.copy_button = CopyButton("", tr("what the remedy needs"), self)
        self.mend = Button(parent=self)
        self.mend.setProperty("class", "small")
        self.mend.clicked.connect(self._mend)
        head = hbox((self.sentence, 1), (self.when, Qt.AlignmentFlag.AlignTop), spacing=12)
        self._buttons = QWidget(self)
        hbox(self.mend, self.copy_button, STRETCH, within=self._buttons, spacing=8)
        words = vbox(head, self.remedy, self._buttons, spacing=6)
        margins = (14, 12, 14, 12) if framed else (0, 6, 0, 6)
        hbox((self._icon, Qt.AlignmentFlag.AlignTop), (words, 1), within=self, spacing=10, margins=margins)
        self.hide()

    def show_finding(self, finding: Finding | None, *, when: str = "", mending: Mending | None = None) -> None:
        """Show a finding, its time, and a button that mends it; None hides it all."""
        self.finding = finding
        self.setVisible(finding is not None)
        if finding is None:
            return
        look = state_of(finding)
        self._icon.show_icon(look.icon, look.role)
        self.sentence.setText(sentence_of(finding))
        self.when.show_if_any(when)
        done_by_button = mending is not None and finding.verdict in _BUTTON_IS_ALL
        self.remedy.show_if_any("" if done_by_button else sentences.remedy(finding))  # no commands for a terminal
        copied = sentences.copy(finding)
        self.copy_button.text_to_copy = copied
        self.copy_button.setText(tr("Copy {text}", text=copied) if len(copied) <= LONGEST_ON_BUTTON else tr("Copy"))
        self.copy_button.setVisible(bool(copied))
        word, self._then = mending or ("", None)
        self.mend.setText(word)
        self.mend.setVisible(bool(word))
        self._buttons.setVisible(bool(copied or word))
        self.setAccessibleName(f"{look.word}: {sentences.told(finding)}")
        self._dress(finding)

    def show_hint(self, finding: Finding) -> None:
        """Show what may be the cause, without a judgement."""
        self.show_finding(finding)
        self._icon.show_icon("question", "secondary")
        self.setAccessibleName(sentences.told(finding))

    def _dress(self, finding: Finding) -> None:
        if not self._framed:
            return
        gravity = finding.verdict.gravity
        dress = "failed" if gravity >= Gravity.FAILURE else "pending" if gravity is Gravity.WARNING else "well"
        if self.property("class") != dress:
            self.setProperty("class", dress)
            self.style().unpolish(self)
            self.style().polish(self)

    def _mend(self) -> None:
        if self._then is not None:
            self._then()


_BUTTON_IS_ALL = (CheckVerdict.SECRET_MISSING, CheckVerdict.VAULT_LOCKED)

LONGEST_ON_BUTTON = 24
"""Characters of a value that a button shows beside “Copy”."""
