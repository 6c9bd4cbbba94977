"""The interface's typeface, with Chinese on a Linux that brings none."""

from __future__ import annotations

import logging
import sys

from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication

from wxdesk.ui.look.theme import FAMILIES, Size

log = logging.getLogger(__name__)


def install(application: QApplication) -> None:
    """Set the application's font: the theme's families at body size, plus the packaged face where none is installed."""
    families = [family for family in FAMILIES if QFontDatabase.hasFamily(family)]
    if sys.platform == "linux" and not has_chinese():
        families = packaged() + families
    face = QFont(application.font())
    if families:
        face.setFamilies(families)
    face.setPixelSize(Size.BODY)
    face.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    application.setFont(face)


def has_chinese() -> bool:
    """Whether some installed face can write simplified Chinese."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def has_emoji() -> bool:
    """Whether the interface can draw emoji; without a face for them it would show boxes."""
    return QFontMetrics(QGuiApplication.font()).inFontUcs4(ord("🙂"))


def packaged() -> list[str]:
    """The families of the face that comes as a package on Linux; empty when the package is missing."""
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        log.warning("No Chinese font is installed; install one, for example fonts-noto-cjk")
        return []
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(sans_path())))
