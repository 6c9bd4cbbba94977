"""Labels: text, which is always plain, icons, and keys drawn as caps.

Qt's own label guesses rich text, so a customer's message could make it load a file or grow without bounds.
"""

import html
import re
import sys

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QKeySequence,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wxdesk.ui.look.keys import key_words, own_key
from wxdesk.ui.look.theme import Size, color_of, font, sentence_font
from wxdesk.ui.widgets.painting import paint_box, paint_icon, painting

SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
"""Text that can be selected, and so copied, by mouse and keyboard."""


def positions_in(text: str) -> int:
    """Count the positions in a text as Qt does, in UTF-16; an emoji takes two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class PlainLabel(QLabel):
    """Text in one of the theme's colours, by role.

    `elide` cuts text that does not fit and shows all of it as a tooltip, `wrap` breaks it, also within a word
    that is longer than the line. `tabular` gives all figures one width, for those that change.
    """

    def __init__(  # noqa: PLR0913 - the looks of a text, each by its name
        self,
        text: str = "",
        *,
        size: int = Size.BODY,
        role: str = "text",
        strong: bool = False,
        elide: bool = False,
        wrap: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._full = ""
        self._role = ""
        self._elide = elide
        self._coloring = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(sentence_font(size, strong=strong, tabular=tabular))
        self.setWordWrap(wrap)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.set_role(role)
        self.setText(text)

    def set_role(self, role: str) -> None:
        """Show the text in the colour of another role of the theme."""
        self._role = role
        self._color()

    def show_if_any(self, text: str) -> None:
        """Show `text`; the label is hidden while there is none."""
        self.setText(text)
        self.setVisible(bool(text))

    def full_text(self) -> str:
        """Return the whole text, however much of it is visible."""
        return self._full

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show `text`; an eliding label puts it on one line."""
        if text == self._full:
            return
        self._full = text
        self.setAccessibleName(text)
        self._lay_out()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        if not self._elide:
            return super().sizeHint()
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._one_line()) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        if self._elide:
            return QSize(0, self.fontMetrics().height())
        return QSize(0, super().minimumSizeHint().height()) if self.wordWrap() else super().minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ApplicationPaletteChange or event.type() is QEvent.Type.PaletteChange:
            self._color()

    def _one_line(self) -> str:
        return self._full.replace("\r", "").replace("\n", " ")

    def _lay_out(self) -> None:
        shown = self._full
        if self._elide:
            line = self._one_line()
            shown = self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, max(0, self.width()))
            set_tip(self, self._full if shown != line else "")
        elif self.wordWrap():
            shown = breakable(self._full)
        self._show_text(shown)

    def _show_text(self, shown: str) -> None:
        """Display exactly this text, whatever `full_text` returns."""
        if shown != super().text():
            super().setText(shown)

    def _color(self) -> None:
        if self._coloring:
            return
        color = color_of(self._role)
        if self.palette().color(QPalette.ColorRole.WindowText) == color:
            return
        self._coloring = True
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, color)
        self.setPalette(palette)
        self._coloring = False


ZERO_WIDTH_SPACE = "\u200b"


def plain_tip(text: str) -> str:
    """Return `text` as a breakable tooltip without markup; empty for none.

    Qt guesses by its first line whether a tooltip is rich text: escaped text alone would show its escapes.
    """
    return f"<span style='white-space: pre-wrap'>{html.escape(breakable(text))}</span>" if text else ""


def literal(text: str) -> str:
    """Return `text` for a button or menu, where Qt makes a key of a letter behind &."""
    return text.replace("&", "&&")


def set_tip(widget: QWidget, text: str) -> None:
    """Give a widget a plain tooltip; screen readers hear it without its markup."""
    widget.setToolTip(plain_tip(text))
    widget.setAccessibleDescription(text)


_UNBROKEN = re.compile(r"[^\s\u2e80-\uffef]{25,}")
"""Runs too long for a line: longer than names, not Chinese, which Qt breaks."""


def breakable(text: str) -> str:
    """Add invisible places to break to words that are too long for any line."""
    return _UNBROKEN.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    word = found.group()
    return ZERO_WIDTH_SPACE.join(word[at : at + 12] for at in range(0, len(word), 12))


def small_label(
    text: str = "",
    *,
    role: str = "secondary",
    elide: bool = False,
    wrap: bool = False,
    tabular: bool = False,
    parent: QWidget | None = None,
) -> PlainLabel:
    """Return a small label: the name of a field, a hint, or a figure beside something."""
    return PlainLabel(text, size=Size.SMALL, role=role, elide=elide, wrap=wrap, tabular=tabular, parent=parent)


def heading(text: str, parent: QWidget | None = None) -> PlainLabel:
    """Return the small heading above a part of a page."""
    return PlainLabel(text, size=Size.SMALL, role="secondary", strong=True, parent=parent)


class IconLabel(QWidget):
    """The icon `name` in the colour of `role`, ignored by screen readers."""

    def __init__(self, name: str, role: str, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self._name = name
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon, or the same in another colour."""
        if (name, role) != (self._name, self.role):
            self._name, self.role = name, role
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            left, top = (self.width() - self._size) // 2, (self.height() - self._size) // 2
            paint_icon(painter, QPoint(left, top), self._name, self.role, self._size)


def key_name(usual: str) -> str:
    """Return the label of the operator's key for a command, known by its usual one."""
    return key_label(own_key(usual))


def key_label(sequence: str) -> str:
    """Return the label of a key: symbols on macOS, elsewhere names in every language.

    Qt would translate them, and the sheet of keys would differ from the sentences of the window.
    """
    if sys.platform == "darwin":
        return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText) or sequence
    return key_words(sequence)


class KeyCap(QWidget):
    """The name of a key or a combination in a small frame, as this system writes it."""

    def __init__(self, sequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = key_name(sequence)
        self.setAccessibleName(self.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(max(22, QFontMetrics(font(Size.SMALL)).horizontalAdvance(self.text) + 12), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_box(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, "window", "line")
            painter.setFont(font(Size.SMALL))
            painter.setPen(color_of("secondary"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader read `text` without moving the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
