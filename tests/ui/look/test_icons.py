"""Every icon that is named somewhere exists, and takes the colour of its role."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmapCache
from PySide6.QtWidgets import QApplication

from wxdesk.paths import resource
from wxdesk.ui.look.appearance import apply
from wxdesk.ui.look.icons import _rendered, pixmap, program_icon
from wxdesk.ui.look.theme import DARK, LIGHT

ICONS = sorted(resource("icons").glob("*.svg"))


def _colors(picture: QImage) -> set[str]:
    spots = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {color.name().upper() for spot in spots if (color := picture.pixelColor(*spot)).alpha() == 255}


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_an_icon_is_drawn_on_24_units_in_no_colour_of_its_own(path: Path) -> None:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke") == "currentColor"
    assert "#" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_an_icon_shows_something(qapp: QApplication, path: Path) -> None:
    picture = pixmap(path.stem, "text", 24).toImage()
    assert sum(picture.pixelColor(x, y).alpha() > 100 for x in range(24) for y in range(24)) > 8


def test_an_icon_follows_role_and_look(qapp: QApplication) -> None:
    assert _colors(pixmap("dot", "failed", 20).toImage()) == {LIGHT.failed}
    assert _colors(pixmap("dot", "accent", 20).toImage()) == {LIGHT.accent}
    apply(qapp, Qt.ColorScheme.Dark)
    assert _colors(pixmap("dot", "failed", 20).toImage()) == {DARK.failed}


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon")


def test_the_programs_own_icon_is_a_bubble_on_green_at_every_size(qapp: QApplication) -> None:
    for side in (16, 32, 64, 256):
        picture = program_icon().pixmap(side).toImage()
        assert picture.pixelColor(0, 0).alpha() == 0
        bubble, ground = picture.pixelColor(side // 3, side * 5 // 16), picture.pixelColor(side // 2, side // 8)
        assert bubble.lightness() > 200 > ground.lightness()
        assert ground.green() > ground.red() + 60


def test_an_icon_is_drawn_once_a_size_and_dyed(qapp: QApplication) -> None:
    """The window shows each in two colours at least, of what is enabled and disabled, and a drawing takes a while."""
    _rendered.cache_clear()
    QPixmapCache.clear()
    shown = {pixmap("send", role, size).cacheKey() for role in ("text", "faint", "failed") for size in (16, 20)}
    assert (len(shown), _rendered.cache_info().misses) == (6, 2)


def test_an_icon_is_sharp_on_each_of_two_screens(tmp_path: Path) -> None:
    """It was rendered for the finest screen, and on the other one Qt left out pixels of it."""
    size = {"y": 0, "width": 1000, "height": 800, "logicalDpi": 96, "logicalBaseDpi": 96}
    screens = [{"name": "fine", "x": 0, "dpr": 1.5} | size, {"name": "usual", "x": 1000, "dpr": 1.0} | size]
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    program = """
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
application = QApplication([])
from wxdesk.ui.look.icons import icon, pixmap
from wxdesk.ui.widgets.labels import IconLabel

def shown(picture):
    image = QImage(picture.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    picture.setDevicePixelRatio(1)
    painter = QPainter(image)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return image

label = IconLabel("clock", "text", 16)
label.setStyleSheet("background: white")
label.winId()
label.windowHandle().setScreen(application.screens()[1])
label.setGeometry(1000, 0, 16, 16)
label.show()
drawn = shown(pixmap("clock", "text", 16, 1.0))
print(application.devicePixelRatio(), label.devicePixelRatioF(), shown(label.grab()) == drawn)
for ratio in (1.0, 1.5):
    given = icon("clock", "text", 16).pixmap(QSize(16, 16), ratio)
    print(shown(given) == shown(pixmap("clock", "text", 16, ratio)))
"""
    environment = os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={file}"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["1.5", "1.0", "True", "True", "True"]
