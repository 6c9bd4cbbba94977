"""Searchable list of WeChat's emoticons and of emoji."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from wxdesk.emoticons import read_emoticons
from wxdesk.i18n import language, tr
from wxdesk.ui.inbox.composer.templates.picker import Picker
from wxdesk.ui.look.fonts import has_emoji


class EmoticonPicker(Picker):
    """Emoticons by name, the last used first, and emoji that look like them.

    A choice is the text to insert and the row that offers it.
    """

    def __init__(self, parent: QWidget) -> None:
        self._offered: list[tuple[str, str]] = []
        super().__init__(tr("Emoticons"), tr("Search emoticons"), parent)
        for one in read_emoticons():
            names = (one.zh, one.en) if language() == "zh_CN" or not one.en else (one.en, one.zh)
            self._offered.append((one.code or f"[{one.zh}]", f"[{names[0]}]  {names[1]}  {one.code}"))
            if one.unicode and has_emoji():
                self._offered.append((one.unicode, f"{one.unicode}  {names[0]}  {names[1]}"))
        self.chosen.connect(self._note_use)

    def _find(self, sought: str) -> Sequence[tuple[str, str]]:
        words = sought.casefold().split()
        return [one for one in self._offered if all(word in one[1].casefold() for word in words)]

    def _words(self, one: tuple[str, str]) -> str:
        return one[1]

    def _note_use(self, used: tuple[str, str]) -> None:
        self._offered.remove(used)
        self._offered.insert(0, used)
