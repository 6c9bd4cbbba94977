"""Theme of the window: every colour by its role, every measure by its name.

Quiet surface, loud exceptions: the normal is neutral, and only what needs the operator has colour. No
other file names a colour. `Theme.of(scheme)` gives the palette for light or dark; the window follows the
system and repaints when that changes.
"""

from functools import cache

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from wxdesk import i18n


class Theme(Struct, frozen=True):
    """The light or dark theme: one colour for each role, as #RRGGBB."""

    window: str
    panel: str
    rail: str
    line: str
    text: str
    secondary: str
    faint: str
    accent: str  # text and icons
    accent_fill: str
    on_accent: str
    accent_tint: str
    selection: str
    hover: str
    chip: str
    pending: str  # it will happen
    pending_line: str
    pending_tint: str
    failed: str
    failed_tint: str
    on_failed: str
    human: str  # the operator's series in charts
    mark: str  # ground of what a search found

    @staticmethod
    def of(scheme: Qt.ColorScheme) -> "Theme":
        """Return the theme for the system's colour scheme; light if it is unknown."""
        return DARK if scheme is Qt.ColorScheme.Dark else LIGHT

    @staticmethod
    def current() -> "Theme":
        """Return the theme that the application shows now, told by its palette."""
        window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        return DARK if window == QColor(DARK.window) else LIGHT

    def color(self, role: str) -> QColor:
        """Return the colour of a role."""
        return QColor(getattr(self, role))

    def palette(self) -> QPalette:
        """Return Qt's palette in these colours, for the parts that the style draws."""
        palette = QPalette(self.color("panel"), self.color("window"))  # else the desktop's would fill the rest
        roles = QPalette.ColorRole
        for role, name in (
            (roles.Base, "panel"), (roles.AlternateBase, "window"), (roles.ToolTipBase, "panel"),
            (roles.WindowText, "text"), (roles.Text, "text"), (roles.ButtonText, "text"), (roles.ToolTipText, "text"),
            (roles.PlaceholderText, "faint"), (roles.Highlight, "accent_fill"), (roles.HighlightedText, "on_accent"),
            (roles.Link, "accent"), (roles.LinkVisited, "accent"), (roles.Accent, "accent_fill"),
        ):  # fmt: skip
            palette.setColor(role, self.color(name))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette


LIGHT = Theme(
    window="#F4F5F7", panel="#FFFFFF", rail="#E9ECEF", line="#E2E5E9",
    text="#1F2329", secondary="#5F6670", faint="#656C76",
    accent="#067A45", accent_fill="#09854B", on_accent="#FFFFFF", accent_tint="#E2F4E9",
    selection="#E6F3EC", hover="#F0F2F4", chip="#ECEEF1",
    pending="#8A5A06", pending_line="#D9921A", pending_tint="#FFF8E9",
    failed="#C4322A", failed_tint="#FDECEA", on_failed="#FFFFFF", human="#5B8FD0",
    mark="#FFE08A",
)  # fmt: skip

DARK = Theme(
    window="#17191C", panel="#1E2125", rail="#131517", line="#2C3036",
    text="#E7E9EC", secondary="#A3A9B2", faint="#9299A3",
    accent="#4CC78A", accent_fill="#0A7F49", on_accent="#FFFFFF", accent_tint="#17362A",
    selection="#1D3329", hover="#24282D", chip="#2A2E34",
    pending="#EDBE6C", pending_line="#C98A1B", pending_tint="#2F2818",
    failed="#F0766C", failed_tint="#3A2220", on_failed="#1E2125", human="#5B8FD0",
    mark="#6B5310",
)  # fmt: skip

AVATARS = ("#C2673A", "#3F7FC1", "#7C5BB3", "#2F8F83", "#B4526A", "#5C6B7A", "#9A7B2F", "#4F8A4B")
"""Grounds of contacts' avatars; white on each keeps 3:1 at avatar size."""

GROUND = "#FFFFFF"
"""Ground of transparent pictures, in light and dark: most are drawn for white."""


class Measure:
    """Lengths in device-independent pixels; steps of 4."""

    RAIL = 64
    LIST = 308
    DETAIL = 284
    WIDEST_SIDE = 560
    HEADER = 56
    STATUS_BAR = 32
    COMPACT = False  # the operator's choice for lists and bubbles
    RADIUS = 8
    BUBBLE_RADIUS = 10
    BUBBLE_MAX = 420
    CHAT_MAX = 1280  # a line across more is hard to follow
    DETAIL_BECOMES_DRAWER = 1100
    LIST_BECOMES_DRAWER = 820


def spaced(comfortable: int, compact: int) -> int:
    """Return the length that belongs to the chosen density."""
    return compact if Measure.COMPACT else comfortable


class Size:
    """Type sizes in pixels; that of messages is the operator's choice."""

    CAPTION = 11
    SMALL = 12
    BODY = 13
    SENTENCE = 14
    MESSAGE = 14
    TITLE = 16
    PAGE = 18
    FIGURE = 26


def smaller(by: int) -> int:
    """Return the size of texts that are smaller than a message's."""
    return max(Size.CAPTION, Size.MESSAGE - by)


def widest_bubble() -> int:
    """Return the largest width of a bubble, which holds thirty letters a line."""
    return max(Measure.BUBBLE_MAX, 30 * Size.MESSAGE)


def line_height() -> int:
    """Return the height of a line in a row of a list."""
    return round(Size.MESSAGE * spaced(143, 128) / 100)


def row_height() -> int:
    """Return the height of a row of three lines."""
    return spaced(16, 7) + 3 * line_height()


FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji",
)  # fmt: skip
"""Font families, simplified Chinese before Japanese or Korean shapes."""


def color_of(role: str) -> QColor:
    """Return the colour of a role in the theme that is shown now."""
    return Theme.current().color(role)


def font(size: int = Size.BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
    """Return the interface's font in pixels; `tabular` is for changing figures."""
    return QFont(_face(size, strong, tabular, False))


@cache
def _face(size: int, strong: bool, tabular: bool, narrow_quotes: bool) -> QFont:
    face = QFont(QGuiApplication.font())
    face.setPixelSize(size)
    face.setWeight(strong_weight() if strong else QFont.Weight.Normal)
    if tabular:
        face.setFeature(QFont.Tag("tnum"), 1)
    if narrow_quotes:
        face.setFeature(QFont.Tag("pwid"), 1)
    return face


def use_font(application: QApplication, face: QFont) -> None:
    """Let the application's font be `face`, of which all others here are made."""
    application.setFont(face)
    _face.cache_clear()


def sentence_font(size: int = Size.BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
    """Return the font for the interface's own sentences, with narrow Latin quotes.

    A Chinese font gives each quote the room of a whole character, which tears English apart. Texts of people
    keep the wide form: the same feature would narrow the commas between Chinese words.
    """
    return QFont(_face(size, strong, tabular, not i18n.language().startswith("zh")))


def mono_font() -> QFont:
    """Return the system's monospace font, with the interface's font for Chinese."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    # The system may name it by an alias, which stands for nothing in a list of families.
    face.setFamilies([QFontInfo(face).family(), *QGuiApplication.font().families()])
    face.setPixelSize(Size.SMALL)
    return face


def strong_weight() -> QFont.Weight:
    """Return weight 600 where the font has it, else 700, which Qt can imitate."""
    family = QGuiApplication.font().family()
    return QFont.Weight.DemiBold if len(QFontDatabase.styles(family)) > 2 else QFont.Weight.Bold
