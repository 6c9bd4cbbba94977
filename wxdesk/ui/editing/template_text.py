"""Growing text field for templates, with coloured variables and a menu of them."""

import re
from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QAction, QColor, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget

from wxdesk.core.content.variables import VARIABLES
from wxdesk.core.templates import ASK
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import color_of, strong_weight
from wxdesk.ui.widgets.buttons import ButtonKind
from wxdesk.ui.widgets.fields.growing import GrowingText, text_of
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import positions_in
from wxdesk.ui.widgets.menu_button import MenuButton

CLOSING = " }}"


class VariableMenu(MenuButton):
    """Menu of variables with their meanings; `asking` adds operator-filled ones.

    Signals:
        picked: the text to insert, braces included.
    """

    picked = Signal(str)

    def __init__(self, parent: QWidget, *, asking: bool = False) -> None:
        super().__init__(tr("Insert a variable"), kind=ButtonKind.LINK, parent=parent)
        self._asking = asking
        self._groups: tuple[str, ...] = ()
        self.popup_menu.aboutToShow.connect(self.fill)
        self.popup_menu.triggered.connect(self._pick)

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer these named groups of patterns as `m.…`."""
        self._groups = tuple(sorted(names))

    def fill(self) -> None:
        """Fill the menu with the current variables."""
        menu = self.popup_menu
        menu.clear()
        if self._asking:
            menu.addAction(tr("something that you fill in") + f"\t{ASK}.…").setData(f"{ASK}.{prompt_placeholder()}")
            menu.addSeparator()
        for name, meaning in variable_names(self._groups):
            menu.addAction(f"{meaning}\t{name}").setData(name)

    def _pick(self, action: QAction) -> None:
        self.picked.emit("{{ " + action.data() + CLOSING)


class FieldVariableMenu(VariableMenu):
    """Variable menu that writes into the last focused of several fields."""

    def __init__(self, fields: Sequence[QLineEdit], parent: QWidget, *, asking: bool = False) -> None:
        super().__init__(parent, asking=asking)
        self._parent = parent
        self._first = self._into = fields[0]
        for field in fields:
            field.installEventFilter(self)
        self.picked.connect(self._insert)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self._into = watched
        return super().eventFilter(watched, event)

    def _insert(self, text: str) -> None:
        field = self._into if self._into.isVisibleTo(self._parent) else self._first
        field.insert(text)
        field.setFocus()
        if is_prompt(text):
            field.setSelection(
                field.cursorPosition() - len(CLOSING) - len(prompt_placeholder()), len(prompt_placeholder())
            )


def prompt_placeholder() -> str:
    """Return the placeholder name of a prompt that the operator has not named yet."""
    return tr("order_no")


def is_prompt(text: str) -> bool:
    """Return True if the picked text is a prompt that still needs a name."""
    return text.startswith("{{ " + f"{ASK}.")


def variable_names(groups: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return names and meanings of variables; `groups` are those of patterns."""
    meanings = {
        "contact.alias": tr("the customer's name, as you gave it"),
        "message.text": tr("what the customer wrote"),
        "time": tr("the time, as 14:05"),
        "date": tr("the date"),
        "weekday": tr("the day of the week: 1 is Monday, 7 is Sunday"),
        "hours.open": tr("whether it is open now, for {% if %}"),
        "hours.next_open": tr("when it opens next"),
        "hours.next_close": tr("when it closes next"),
        "window.left": tr("replies that are left"),
        "window.until": tr("until when replies are possible"),
        "account": tr("the mini program's name"),
        "session_from.value": tr("where this entry comes from; session_from.id and the like"),
        "session.value": tr("where the customer came from last; session.id and the like, if it has fields"),
        "contact.short_id": tr("the end of the customer's openid"),
        "message.type": tr("the kind of the message, as text or image"),
    }
    known = [(name, text) for name, text in meanings.items() if name.partition(".")[0] in VARIABLES]
    return [*((f"m.{group}", tr("found by the pattern")) for group in groups), *known]


_PARAGRAPH, _UNBREAKABLE = "\u2029", "\u00a0"
_VARIABLE = re.compile(r"\{\{.*?(?:\}\}|$)")
_TAG = re.compile(r"\{%.*?(?:%\}|$)")


class TemplateEdit(GrowingText):
    """Field for a text in Liquid.

    Signals:
        edited: the operator changed the text.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(range(3, 13), around=24, message=True, parent=parent)
        self.setProperty("class", "well")
        self.setAccessibleName(tr("Text of the reply"))
        self.setPlaceholderText(tr("What the customer gets"))
        self._colors = _Highlighter(self.document())
        self._wrong_lines: list[int] = []
        self._told = ""
        self._showing = False
        self.textChanged.connect(self._changed)

    def set_text(self, text: str) -> None:
        """Show `text` without a signal."""
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        self._told = self.text()

    def text(self) -> str:
        """Return the text as written; Qt's `toPlainText` replaces no-break spaces."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n")

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """Paste text with plain blanks for no-break spaces, which Liquid does not know."""
        self.insertPlainText(text_of(source).replace(_UNBREAKABLE, " "))

    def mark_lines(self, lines: Collection[int]) -> None:
        """Mark these lines, counted from 1, as wrong, and no others."""
        self._wrong_lines = sorted(set(lines))
        set_wrong(self, bool(self._wrong_lines))
        self._show_marks()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_colors"):
            self._colors.rehighlight()
            self._show_marks()

    def _changed(self) -> None:
        text = self.text()
        if text != self._told and not self._showing:  # a new colour is a change to Qt, not to us
            self._told = text
            self.edited.emit()

    def _show_marks(self) -> None:
        blocks = [self.document().findBlockByNumber(line - 1) for line in self._wrong_lines]
        self.setExtraSelections([_marked(block) for block in blocks if block.isValid()])


def _marked(block: QTextBlock) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(block)
    mark.format.setBackground(color_of("failed_tint"))
    mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
    return mark


class _Highlighter(QSyntaxHighlighter):
    """Highlighter: variables bold in the accent colour, tags in a quieter one."""

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        for pattern, ink, bold in ((_TAG, color_of("secondary"), False), (_VARIABLE, color_of("accent"), True)):
            for found in pattern.finditer(text):
                self.setFormat(positions_in(text[: found.start()]), positions_in(found.group()), _format(ink, bold))


def _format(ink: QColor, bold: bool) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(ink)
    if bold:
        style.setFontWeight(strong_weight())
    return style
