"""Light or dark, and the language, on the settings page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from wxdesk.i18n import LANGUAGES, tr
from wxdesk.i18n import language as language_in_use
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.card_rows import SettingsCard, Stack
from wxdesk.ui.widgets.copying import CodeBlock
from wxdesk.ui.widgets.labels import PlainLabel


class AppearanceCard(SettingsCard):
    """The look, chosen at once, and the language of the next start.

    Signals:
        copied: something was put on the clipboard.
    """

    copied = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(tr("Appearance"), parent)
        self._appearance = appearance
        self.looks = QButtonGroup(self)
        row = hbox(spacing=8)
        for index, (look, word) in enumerate(
            ((Look.SYSTEM, tr("As the system")), (Look.LIGHT, tr("Light")), (Look.DARK, tr("Dark")))
        ):
            chip = Chip(word, parent=self)
            chip.setChecked(look is appearance.look)
            self.looks.addButton(chip, index)
            row.addWidget(chip)
        row.addStretch(1)
        self.looks.idClicked.connect(self._choose_look)
        appearance.changed.connect(self._mark_look)
        self.add_row(tr("Colours"), row)
        other = next(language for language in LANGUAGES if language != language_in_use())
        start = CodeBlock(f"wxdesk --lang {other}", tr("the command"), self)
        start.copy_button.copied.connect(self.copied)
        words = PlainLabel(tr("English, chosen at start. To start in Chinese:"), wrap=True, parent=self)
        self.add_row(tr("Language"), Stack(words, start))

    def _choose_look(self, index: int) -> None:
        self._appearance.choose(tuple(Look)[index])

    def _mark_look(self) -> None:
        self.looks.button(tuple(Look).index(self._appearance.look)).setChecked(True)
