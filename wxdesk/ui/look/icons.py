"""The program's own line icons, tinted by a role of the theme.

resources/icons/<name>.svg are drawn on 24 × 24 with strokes in `currentColor`, which is black. Each is rendered once a
size and dyed, so one drawing serves both appearances and what is disabled. QPixmapCache keeps the dyed ones.
"""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from wxdesk.paths import resource
from wxdesk.ui.look.theme import color_of


def program_icon() -> QIcon:
    """Return the program's own icon, which also the installers carry."""
    return QIcon(str(resource("wxdesk.svg")))


def icon(name: str, role: str = "secondary", size: int = 20) -> QIcon:
    """Return the icon `name` in the colour of `role`, faint while disabled.

    It holds the colours of the moment: a widget sets it again when the palette changes. On each screen it is sharp.
    """
    made = QIcon()
    for ratio in {screen.devicePixelRatio() for screen in QGuiApplication.screens()}:
        made.addPixmap(pixmap(name, role, size, ratio))
        made.addPixmap(pixmap(name, "faint", size, ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, role: str = "secondary", size: int = 20, ratio: float = 1.0) -> QPixmap:
    """Render an icon of `size` pixels for a screen with this device pixel ratio.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    color = color_of(role)
    key = f"wxdesk:{name}:{color.name()}:{size}:{ratio}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = _dyed(_rendered(name, size, ratio), color)
        QPixmapCache.insert(key, found)
    return found


def _dyed(drawing: QImage, color: QColor) -> QPixmap:
    picture = QImage(drawing)
    painter = QPainter(picture)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(picture.rect(), color)
    painter.end()
    return QPixmap.fromImage(picture)


@lru_cache(maxsize=256)
def _rendered(name: str, size: int, ratio: float) -> QImage:
    drawing = QSvgRenderer(resource("icons", f"{name}.svg").read_bytes())
    picture = QImage(round(size * ratio), round(size * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
