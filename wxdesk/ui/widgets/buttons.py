"""Buttons by their weight, chips, a switch, and a menu.

Their looks come from the style sheet (`ui.look.appearance`) by the property `kind`; the switch paints itself,
because no style sheet draws one. A click leaves the focus where the operator types; Tab reaches them.
"""

from collections.abc import Callable
from enum import Enum
from itertools import islice
from typing import override

from PySide6.QtCore import QEasingCurve, QEvent, QMargins, QRectF, QSize, Qt, QVariantAnimation, Signal, SignalInstance
from PySide6.QtGui import QCursor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from wxdesk.ui.look.icons import icon as theme_icon
from wxdesk.ui.look.keys import ENTER, key_words, own_key
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.boxes import restyle
from wxdesk.ui.widgets.painting import paint_box, painting


class ButtonKind(Enum):
    """Weight of a button: usual, the page's main action, destructive, or like a link."""

    QUIET = "quiet"
    PRIMARY = "primary"
    DANGER = "danger"
    LINK = "link"


_ICON_ROLES = {
    ButtonKind.QUIET: "secondary",
    ButtonKind.PRIMARY: "on_accent",
    ButtonKind.DANGER: "failed",
    ButtonKind.LINK: "accent",
}

CHIP_SIDE, CHIP_SNUG = 10, 6
"""Pixels at either side of a chip's words."""

_KEY_GAP = 8
_KEY_PADDING = 4


def _key_width(key: str) -> int:
    if not key:
        return 0
    return QFontMetrics(font(Size.CAPTION)).horizontalAdvance(key) + 2 * _KEY_PADDING + _KEY_GAP + 2


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_UP_AND_DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down


class PressedByEnter:
    """Button that Enter alone presses too; Qt knows Space only.

    In a dialog, Qt would press the default button, whichever has the focus.
    """

    def keyPressEvent(self: QAbstractButton, event: QKeyEvent) -> None:  # type: ignore[misc] # always beside one
        if event.key() in _UP_AND_DOWN and self.group() is None and not self.autoExclusive():
            event.ignore()  # so that it scrolls; Qt would go on to a field, which the next one changes
        elif event.key() not in ENTER or event.modifiers() & ~_KEYPAD:
            super().keyPressEvent(event)  # type: ignore[misc]
        elif not event.isAutoRepeat():  # a key that is held must not answer what it has just opened
            self.click()


class ShownState:
    """Checkable button that tells a state it is shown from one that is chosen."""

    _is_told = False

    def setChecked(self, on: bool) -> None:  # noqa: N802 - Qt's name
        """Show `on`; nobody has chosen it."""
        self._is_told = True
        super().setChecked(on)  # type: ignore[misc] # always beside one
        self._is_told = False


type Slot = Callable[..., object] | SignalInstance
"""Callable or signal that another signal can be connected with."""


class Button(PressedByEnter, QPushButton):
    """A push button that calls `then`; it shows its key (`key_hint`), but binds none."""

    def __init__(
        self,
        text: str = "",
        *,
        kind: ButtonKind = ButtonKind.QUIET,
        key_hint: str = "",
        icon: str = "",
        parent: QWidget | None = None,
        then: Slot | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._key = key_words(own_key(key_hint))
        self._icon = icon
        self.setProperty("kind", kind.value)
        self.setFont(font(Size.BODY, strong=kind is ButtonKind.PRIMARY))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self._show_icon()
        if then is not None:
            self.clicked.connect(then)

    def set_key_hint(self, key: str) -> None:
        """Show another key beside the text, known by its usual one; empty for none."""
        if (name := key_words(own_key(key))) != self._key:
            self._key = name
            self.updateGeometry()
            self.update()

    def width_for(self, key: str) -> int:
        """Return the width of the button with this key beside its text."""
        return super().sizeHint().width() + _key_width(key_words(own_key(key)))

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        return QSize(size.width() + _key_width(self._key), size.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_icon()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        option.rect = option.rect.adjusted(0, 0, -_key_width(self._key), 0)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        if self._key:
            self._paint_key(painter)
        painter.end()

    def _paint_key(self, painter: QPainter) -> None:
        width = _key_width(self._key) - _KEY_GAP
        inset = 0 if self._kind is ButtonKind.LINK else 9
        frame = QRectF(self.width() - width - inset + 0.5, (self.height() - 18) / 2 + 0.5, width - 1, 17)
        primary = self._kind is ButtonKind.PRIMARY and self.isEnabled()
        paint_box(painter, frame, 4, line="on_accent" if primary else "line")
        painter.setFont(font(Size.CAPTION))
        painter.setPen(color_of("on_accent" if primary else "secondary" if self.isEnabled() else "faint"))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._key)

    def _show_icon(self) -> None:
        if self._icon:
            self.setIcon(theme_icon(self._icon, _ICON_ROLES[self._kind], 16))
            self.setIconSize(QSize(16, 16))


class Chip(ShownState, PressedByEnter, QPushButton):
    """A small rounded choice, as wide when chosen as when not, never broken.

    A `snug` chip has less room at its sides, for rows that must not break either. A screen reader hears an `exclusive`
    one as one of several, also in a group, and its toggle counts as a click.
    """

    def __init__(
        self, text: str = "", *, checkable: bool = True, exclusive: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("class", "chip")
        self.setAutoExclusive(exclusive)
        self.setCheckable(checkable)
        self.setFont(font(Size.SMALL))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.toggled.connect(self._weigh)

    def set_snug(self, snug: bool) -> None:
        """Take less room at the sides, or as much as usual."""
        if restyle(self, "snug", snug):
            self.updateGeometry()

    def width_for(self, *, snug: bool) -> int:
        """Return the width for the bolder text of a chosen chip."""
        words = QFontMetrics(font(Size.SMALL, strong=True)).horizontalAdvance(self.text())
        return words + 2 * ((CHIP_SNUG if snug else CHIP_SIDE) + 1)

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(snug=bool(self.property("snug"))), 24)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def nextCheckState(self) -> None:
        """Turn it by a click, of which Qt tells."""
        self._is_told = True
        super().nextCheckState()
        self._is_told = False

    def _weigh(self, chosen: bool) -> None:
        self.setFont(font(Size.SMALL, strong=chosen))
        group = self.group()
        gave_way = not chosen and group is not None and group.exclusive()
        if not self._is_told and not gave_way:
            self.clicked[bool].emit(chosen)  # type: ignore[index]
            if group is not None:
                group.idClicked.emit(group.id(self))


class EnterButton(PressedByEnter, QAbstractButton):
    """A button that paints itself, pressed by Enter too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class Switch(ShownState, EnterButton):
    """An on/off switch that takes effect at once, by click, Space or Enter.

    Signals:
        turned: the operator has turned it, maybe by a screen reader, whose toggle Qt does not call a click.
    """

    turned = Signal(bool)

    def __init__(self, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = 1.0 if checked else 0.0
        self.setCheckable(True)
        self.setChecked(checked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._slide = QVariantAnimation(self, duration=MOVEMENT_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._move)
        self.toggled.connect(self._start)

    def sizeHint(self) -> QSize:
        return QSize(36, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if not self.isEnabled():
                painter.setOpacity(0.5)
            track = QRectF((self.width() - 30) / 2, (self.height() - 18) / 2, 30, 18)
            paint_switch(painter, track, self._place, on=self.isChecked())
            if self.hasFocus():
                paint_box(painter, track.adjusted(-2.25, -2.25, 2.25, 2.25), 11, line="accent", thick=1.5)

    def _start(self, on: bool) -> None:
        if not self._is_told:
            self.turned.emit(on)
        self._slide.stop()
        if not self.isVisible() or not wants_movement(self):
            self._move(1.0 if on else 0.0)
            return
        self._slide.setStartValue(self._place)
        self._slide.setEndValue(1.0 if on else 0.0)
        self._slide.start()

    def _move(self, place: float) -> None:
        self._place = place
        self.update()


def paint_switch(painter: QPainter, track: QRectF, place: float, *, on: bool) -> None:
    """Paint a switch with its knob at `place`, from 0 at the left to 1."""
    paint_box(painter, track, track.height() / 2, "accent_fill" if on else "faint")
    knob = track.height() - 4
    painter.setBrush(color_of("on_accent"))
    painter.drawEllipse(QRectF(track.left() + 2 + (track.width() - knob - 4) * place, track.top() + 2, knob, knob))


MOVEMENT_MS = 140
"""Milliseconds in which something appears or moves."""


def wants_movement(widget: QWidget) -> bool:
    """Return False when the system asks for no animation."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0


PICTURE = 16


class SmallButton(PressedByEnter, QToolButton):
    """An icon that calls `then`; its name is a tooltip and for screen readers."""

    def __init__(self, picture: str, name: str, parent: QWidget, *, then: Slot | None = None) -> None:
        super().__init__(parent)
        self._picture = ""
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_act(picture, name)
        if then is not None:
            self.clicked.connect(then)

    def show_act(self, picture: str, name: str) -> None:
        """Show another act by its icon and name."""
        if (picture, name) != (self._picture, self.toolTip()):
            self._picture = picture
            self.setAccessibleName(name)
            self.setToolTip(name)
            self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._tint()

    def _tint(self) -> None:
        self.setIcon(theme_icon(self._picture, "secondary", PICTURE))


class Menu(QMenu):
    """A menu that marks its first line if a key opens it, so that it is heard."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        place, mouse = self.geometry(), QCursor.pos()
        if place.marginsRemoved(_CORNER).contains(mouse) or not place.marginsAdded(_BESIDE).contains(mouse):
            usable = (one for one in self.actions() if one.isEnabled() and not one.isSeparator())
            for first in islice(usable, 1):
                self.setActiveAction(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER or not event.isAutoRepeat():  # a key that is held opened it, and chooses nothing
            super().keyPressEvent(event)


_CORNER, _BESIDE = QMargins(4, 4, 4, 4), QMargins(48, 48, 48, 48)
"""Pixels inside and around a menu's edge; there is the mouse that opened it."""
