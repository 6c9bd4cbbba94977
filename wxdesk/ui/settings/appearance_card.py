"""Light or dark, language, size and density, on the settings page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.appearance import USUAL, Appearance, Look
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.card_rows import SettingsCard


class AppearanceCard(SettingsCard):
    """Choices of the window's appearance, each in force at once."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(tr("Appearance"), parent)
        self._shown: list[tuple[Sequence[Chip], Callable[[], list[bool]]]] = []
        looks = {Look.SYSTEM: tr("As the system"), Look.LIGHT: tr("Light"), Look.DARK: tr("Dark")}
        sizes = {12: tr("Small"), USUAL: tr("Usual"), 17: tr("Large"), 20: tr("Very large")}
        spacing = {False: tr("Comfortable"), True: tr("Compact")}
        self.looks = self._add(tr("Colours"), looks, lambda: appearance.look, appearance.choose)
        self.sizes = self._add(tr("Size of lists and messages"), sizes, lambda: Size.MESSAGE, appearance.resize)
        self.spacing = self._add(tr("Spacing"), spacing, lambda: Measure.COMPACT, appearance.choose_spacing)
        self.languages = self._add(
            tr("Language"), LANGUAGE_NAMES, lambda: appearance.language, appearance.choose_language
        )
        appearance.changed.connect(self._mark)
        self._mark()

    def _add(
        self, name: str, words: Mapping[Any, str], now: Callable[[], object], choose: Callable[[Any], object]
    ) -> QButtonGroup:
        """Add a row of chips, one for each value that can be chosen."""
        group, chips = QButtonGroup(self), [Chip(word, exclusive=True, parent=self) for word in words.values()]
        for index, (value, chip) in enumerate(zip(words, chips, strict=True)):
            group.addButton(chip, index)
            chip.clicked.connect(partial(chip.setFocus, Qt.FocusReason.MouseFocusReason))
            chip.clicked.connect(partial(choose, value))
        self.add_row(name, hbox(*chips, STRETCH, spacing=8))
        self._shown.append((chips, lambda: [value == now() for value in words]))
        return group

    def _mark(self) -> None:
        for chips, chosen in self._shown:
            group = chips[0].group()
            group.setExclusive(False)  # a size in between is none of those offered
            for chip, is_chosen in zip(chips, chosen(), strict=True):
                chip.setChecked(is_chosen)
            group.setExclusive(True)


LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}
"""Languages by the names that their speakers know."""
