"""Light or dark appearance, as the system has it or as the operator chose."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPlainTextEdit

from wxdesk import i18n
from wxdesk.ui.look.style import style_sheet
from wxdesk.ui.look.theme import Size, Theme

SMALLEST, USUAL, LARGEST = 11, Size.MESSAGE, 28
"""Pixels of a message's letters."""


class Look(StrEnum):
    """The operator's choice of appearance."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {Look.SYSTEM: Qt.ColorScheme.Unknown, Look.LIGHT: Qt.ColorScheme.Light, Look.DARK: Qt.ColorScheme.Dark}


class Appearance(QObject):
    """Applies the chosen look, or the system's, and the size of messages.

    Signals:
        changed: something else was chosen, or the palette has changed.
        language_chosen: `language` is another one than that in use.
    """

    changed = Signal()
    language_chosen = Signal()

    def __init__(self, application: QApplication, look: str = Look.SYSTEM, message_size: int = 0) -> None:
        super().__init__(application)
        self._application = application
        Size.MESSAGE = message_size if SMALLEST <= message_size <= LARGEST else USUAL
        self.look = Look(look) if look in set(Look) else Look.SYSTEM
        self.language = i18n.language()
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self.choose(self.look)

    @property
    def chosen(self) -> dict[str, str | int]:
        """Choices by their names, to be kept."""
        return {"look": self.look.value, "message_size": Size.MESSAGE}

    def choose(self, look: Look) -> None:
        """Apply this look from now on."""
        self.look = look
        hints = self._application.styleHints()
        hints.setColorScheme(_SCHEMES[look])
        self._show(hints.colorScheme() if look is Look.SYSTEM else _SCHEMES[look])

    def choose_language(self, language: str) -> None:
        """Choose a language; the window opens again in another one."""
        self.language = language
        self.changed.emit()
        if language != i18n.language():
            self.language_chosen.emit()

    def enlarge(self, by: int) -> int:
        """Show messages and replies `by` pixels larger, 0 as usual; return the size."""
        Size.MESSAGE = min(max(Size.MESSAGE + by, SMALLEST), LARGEST) if by else USUAL
        for widget in self._application.allWidgets():
            if isinstance(widget, QAbstractItemView | QPlainTextEdit):
                self._application.sendEvent(widget, QEvent(QEvent.Type.FontChange))
        self.changed.emit()
        return Size.MESSAGE

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self.look is Look.SYSTEM:
            self._show(scheme)

    def _show(self, scheme: Qt.ColorScheme) -> None:
        apply(self._application, scheme)
        self.changed.emit()


def apply(application: QApplication, scheme: Qt.ColorScheme) -> None:
    """Give the application the palette and the style sheet of this scheme."""
    theme = Theme.of(scheme)
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(theme.palette())
    application.setStyleSheet(style_sheet(theme))
