"""Appearance as the operator chose it: light or dark, size of texts, density."""

from enum import StrEnum
from string import Template

from msgspec.structs import asdict
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPlainTextEdit

from wxdesk import i18n
from wxdesk.paths import resource
from wxdesk.ui.look import keys
from wxdesk.ui.look.theme import Measure, Size, Theme


def style_sheet(theme: Theme) -> str:
    """Return the one style sheet of the application, in the colours of `theme`.

    A widget asks for a look by its dynamic property `class`: `window`, `panel`, `header` (a panel with a line
    below), `side` (a panel with a line on its left), `card`, `well` (a sunken ground for examples and code),
    `line` (a rule of one pixel), `list` (a view without a frame), `pending` and `failed` (tinted cards), `flat`
    (no ground). Buttons add `kind`, chips are `chip`. Nothing here touches labels: they carry their own colour.
    """
    values = asdict(theme) | {"radius": f"{Measure.RADIUS}px"}
    return Template(resource("window.qss").read_text(encoding="utf-8")).substitute(values)


SMALLEST, USUAL, LARGEST = 11, Size.MESSAGE, 28
"""Pixels of a message's letters."""


class Look(StrEnum):
    """The operator's choice of appearance."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {Look.SYSTEM: Qt.ColorScheme.Unknown, Look.LIGHT: Qt.ColorScheme.Light, Look.DARK: Qt.ColorScheme.Dark}


class Appearance(QObject):
    """Applies the chosen look, and size and spacing of lists and messages.

    Signals:
        changed: something else was chosen, or the palette has changed.
        reopening: the window opens again, for a `language` or `keys` other than those in use.
    """

    changed = Signal()
    reopening = Signal()

    def __init__(
        self,
        application: QApplication,
        look: str = Look.SYSTEM,
        message_size: int = 0,
        compact: int = 0,
        own_keys: str = "",
    ) -> None:
        super().__init__(application)
        self._application = application
        Size.MESSAGE = message_size if SMALLEST <= message_size <= LARGEST else USUAL
        Measure.COMPACT = bool(compact)
        self.look = Look(look) if look in set(Look) else Look.SYSTEM
        own, self.useless_keys = keys.read(own_keys)
        keys.use(own)
        self.language, self.keys = i18n.language(), keys.own_keys()
        self.place: tuple[int, bool] | None = None
        """Top of the choices in sight while it opens again; has the language the focus?"""
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self.choose(self.look)

    @property
    def chosen(self) -> dict[str, str | int]:
        """Choices by their names, to be kept."""
        own = keys.stored(keys.own_keys())
        return {"look": self.look.value, "message_size": Size.MESSAGE, "compact": int(Measure.COMPACT), "keys": own}

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
        if self.differs:
            self.reopening.emit()

    def choose_keys(self, own: dict[str, str]) -> None:
        """Choose keys, by the usual ones; the window opens again with others."""
        self.keys = own
        if self.differs:
            self.reopening.emit()

    @property
    def differs(self) -> bool:
        """True if a language or keys are chosen that are not in use."""
        return (self.language, self.keys) != (i18n.language(), keys.own_keys())

    def use_chosen(self) -> dict[str, str | int]:
        """Use the chosen keys from now on; return them and the language, to be kept."""
        keys.use(self.keys)
        return {"language": self.language, "keys": keys.stored(self.keys)}

    def take_back(self) -> None:
        """Choose the language and the keys that are in use."""
        self.language, self.keys = i18n.language(), keys.own_keys()
        self.changed.emit()

    def enlarge(self, by: int) -> int:
        """Show lists and messages `by` pixels larger, 0 as usual; return the size."""
        self.resize(min(max(Size.MESSAGE + by, SMALLEST), LARGEST) if by else USUAL)
        return Size.MESSAGE

    def resize(self, message_size: int) -> None:
        """Show lists and messages in letters of this size."""
        Size.MESSAGE = message_size
        self._lay_out()

    def choose_spacing(self, compact: bool) -> None:
        """Let rows and bubbles stand close, or comfortably."""
        Measure.COMPACT = compact
        self._lay_out()

    def _lay_out(self) -> None:
        for widget in self._application.allWidgets():
            if isinstance(widget, QAbstractItemView | QPlainTextEdit):
                self._application.sendEvent(widget, QEvent(QEvent.Type.FontChange))
        self.changed.emit()

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self.look is Look.SYSTEM:
            self._show(scheme)

    def _show(self, scheme: Qt.ColorScheme) -> None:
        apply(self._application, scheme)
        self.changed.emit()


def apply(application: QApplication, scheme: Qt.ColorScheme) -> None:
    """Give the application the palette and the style sheet of this scheme."""
    theme = Theme.of(scheme)
    chosen = [(one, one.font()) for one in application.allWidgets() if one.testAttribute(Qt.WidgetAttribute.WA_SetFont)]
    application.setStyleSheet("")  # to exchange a sheet takes Qt four times as long as to remove it and set another
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(theme.palette())
    application.setStyleSheet(style_sheet(theme))
    for widget, face in chosen:  # Qt gives back those that the widgets had when they were shown first
        if widget.font() != face:
            widget.setFont(face)
