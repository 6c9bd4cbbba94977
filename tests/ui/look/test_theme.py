"""Every text can be read on the ground it stands on, in both looks."""

import re
import sys

import pytest
from msgspec.structs import astuple
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.look import fonts
from wxdesk.ui.look.appearance import Appearance, Look, apply, style_sheet
from wxdesk.ui.look.theme import AVATARS, DARK, LIGHT, Theme, font, use_font

READ = 4.5  # WCAG 2.1, 1.4.3
SEEN = 3.0  # WCAG 2.1, 1.4.11, and large text

PAIRS = [
    ("text", ("window", "panel", "rail", "selection", "hover", "chip", "accent_tint", "pending_tint", "failed_tint")),
    ("secondary", ("window", "panel", "rail", "selection", "hover", "chip")),
    ("accent", ("window", "panel", "accent_tint", "selection")),
    ("on_accent", ("accent_fill",)),
    ("pending", ("panel", "window", "selection", "hover", "pending_tint")),
    ("failed", ("panel", "window", "chip", "selection", "hover", "failed_tint")),
    ("on_failed", ("failed",)),
    ("faint", ("window", "panel", "selection", "hover", "chip", "pending_tint", "failed_tint")),
    ("window", ("text",)),  # a toast
]


def _luminance(color: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [channel / 255 for channel in bytes.fromhex(color[1:])]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_the_one_of_wcag() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert _contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("role", "grounds"), PAIRS)
def test_text_can_be_read(colors: Theme, role: str, grounds: tuple[str, ...]) -> None:
    low = {g: round(c, 2) for g in grounds if (c := _contrast(getattr(colors, role), getattr(colors, g))) < READ}
    assert low == {}


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_can_be_seen(colors: Theme) -> None:
    assert _contrast(colors.human, colors.panel) >= SEEN
    assert _contrast(colors.accent_fill, colors.panel) >= SEEN


@pytest.mark.parametrize("ground", AVATARS)
def test_the_letter_on_an_avatar_can_be_seen(ground: str) -> None:
    assert _contrast("#FFFFFF", ground) >= SEEN


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_a_chosen_look_is_the_current_theme(qapp: QApplication, appearance: Appearance, look: Look) -> None:
    appearance.choose(look)
    assert Theme.current() is (DARK if look is Look.DARK else LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor((DARK if look is Look.DARK else LIGHT).panel)
    assert Theme.current().panel in qapp.styleSheet()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_no_colour_is_left_to_the_palette_of_the_desktop(theme: Theme) -> None:
    """One of high contrast would show through, say in a light window on a dark desktop."""
    palette, roles = (
        theme.palette(),
        set(QPalette.ColorRole) - {QPalette.ColorRole.NColorRoles, QPalette.ColorRole.NoRole},
    )
    groups = QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled
    assert [(group, role) for group in groups for role in roles if not palette.isBrushSet(group, role)] == []


def test_the_style_sheet_uses_no_colour_of_its_own() -> None:
    known = {color.lower() for color in astuple(LIGHT)}
    used = re.findall(r"(?<!\w)#\w+", style_sheet(Theme.of(Qt.ColorScheme.Light)).lower())  # not Qt's names of parts
    assert used
    assert set(used) <= known


def test_the_style_sheet_is_understood_by_qt(qtbot: QtBot, qapp: QApplication) -> None:
    widget = QWidget()
    widget.setProperty("class", "window")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.resize(20, 20)
    qtbot.addWidget(widget)
    apply(qapp, Qt.ColorScheme.Dark)
    assert widget.grab().toImage().pixelColor(10, 10) == QColor(DARK.window)


def test_figures_are_equally_wide(qapp: QApplication) -> None:
    metrics = QFontMetrics(font(13, tabular=True))
    assert len({metrics.horizontalAdvance(figure * 4) for figure in "0123456789"}) == 1


@pytest.mark.expects_log("No Chinese font is installed")
def test_without_the_packaged_font_the_window_uses_what_the_system_has(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    monkeypatch.setattr(fonts, "has_chinese", lambda: False)
    before = qapp.font()
    fonts.install(qapp)
    assert qapp.font().pixelSize() == before.pixelSize()
    use_font(qapp, before)
