"""Light or dark, and the language, on the settings page."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from wxdesk.i18n import language, tr
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.card_rows import SettingsCard


class AppearanceCard(SettingsCard):
    """Look and language, each in force at once."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(tr("Appearance"), parent)
        self._appearance = appearance
        self.looks, self.languages = QButtonGroup(self), QButtonGroup(self)
        looks = ((Look.SYSTEM, tr("As the system")), (Look.LIGHT, tr("Light")), (Look.DARK, tr("Dark")))
        self.add_row(tr("Colours"), self._chips(self.looks, [(look is appearance.look, word) for look, word in looks]))
        languages = [(name == language(), word) for name, word in LANGUAGE_NAMES.items()]
        self.add_row(tr("Language"), self._chips(self.languages, languages))
        self.looks.idClicked.connect(self._choose_look)
        self.languages.idClicked.connect(self._choose_language)
        appearance.changed.connect(self._mark)

    def _chips(self, group: QButtonGroup, words: Sequence[tuple[bool, str]]) -> QHBoxLayout:
        row = hbox(spacing=8)
        for index, (chosen, word) in enumerate(words):
            chip = Chip(word, parent=self)
            chip.setChecked(chosen)
            group.addButton(chip, index)
            row.addWidget(chip)
        row.addStretch(1)
        return row

    def _choose_look(self, index: int) -> None:
        self._appearance.choose(tuple(Look)[index])

    def _mark(self) -> None:
        self.looks.button(tuple(Look).index(self._appearance.look)).setChecked(True)
        self.languages.button(tuple(LANGUAGE_NAMES).index(self._appearance.language)).setChecked(True)

    def _choose_language(self, index: int) -> None:
        self._appearance.choose_language(tuple(LANGUAGE_NAMES)[index])


LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}
"""Languages by the names that their speakers know."""
