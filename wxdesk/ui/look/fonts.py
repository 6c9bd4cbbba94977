"""The interface's typeface, with Chinese on a Linux that brings none."""

import logging
import sys

from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication

from wxdesk.ui.look.theme import FAMILIES, Size, use_font

log = logging.getLogger(__name__)


def install(application: QApplication) -> None:
    """Set the application's font, with the packaged one on a Linux without Chinese."""
    families = [family for family in FAMILIES if QFontDatabase.hasFamily(family)]
    if sys.platform == "linux" and not has_chinese():
        families = packaged() + families
    face = QFont(application.font())
    if families:
        face.setFamilies(families)
    face.setPixelSize(Size.BODY)
    face.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    use_font(application, face)


def has_chinese() -> bool:
    """Tell whether an installed font can show simplified Chinese."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def has_emoji() -> bool:
    """Tell whether the interface's font can draw emoji; otherwise they would be boxes."""
    return QFontMetrics(QGuiApplication.font()).inFontUcs4(ord("🙂"))


def packaged() -> list[str]:
    """Load the font packaged for Linux and return its families; empty if missing."""
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        log.warning("No Chinese font is installed; install one, for example fonts-noto-cjk")
        return []
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(sans_path())))
