"""Parts of the conditions' sentence: label, fields and faults of each condition.

A part makes widgets for the layout of its host, so that a sentence breaks where the line ends, not where a
condition does.
"""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from wxdesk.core.model.rule import Condition, FieldTest, SessionFromTest
from wxdesk.core.rules.faults import FieldPath
from wxdesk.desk.rules.patterns import finds_every_text
from wxdesk.i18n import tr
from wxdesk.ui.content.layout import lay_out_lines
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import discard
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.fields.word_chips import HEIGHT, WordChips
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.menu_button import SingleChoiceButton
from wxdesk.ui.wording.conditions import condition_choice


class SentencePart(QObject):
    """Part of a card's sentence: its widgets, a button that removes it, and its fault.

    Signals:
        changed: it reads otherwise now.
        removed: the operator wants to remove it; carries the part.
    """

    changed = Signal()
    removed = Signal(object)

    def __init__(self, removing: str, host: QWidget) -> None:
        super().__init__(host)
        self._remove = SmallButton("close", removing, host, then=partial(self.removed.emit, self))
        self.error = error_label(host)

    def widgets(self) -> list[QWidget]:
        """Return all widgets in their order."""
        raise NotImplementedError

    def discard(self) -> None:
        """Remove all widgets for good."""
        discard(*self.widgets())
        self.deleteLater()


class ConditionPart(SentencePart):
    """Part for one condition, named as in verdicts; `excepted`: it must not hold.

    A subclass has its `_fields`. `_main` is focused first, the first of them unless it says otherwise; `_framed` is red
    while it is wrong.

    Signals:
        relaid: widgets came or went.
    """

    relaid = Signal()
    _fields: Sequence[QWidget] = ()
    _main: QWidget | None = None
    _framed: QWidget | None = None

    def __init__(self, condition: str, host: QWidget) -> None:
        super().__init__(tr("Remove this condition: {what}", what=condition_choice(condition)), host)
        self.condition = condition
        self.excepted = False
        self.label = sentence_label("", host)
        self.label.setProperty(KEEP_WITH_NEXT, True)

    def add_to(self, when: Condition) -> Condition:
        """Return `when` with this condition added, unchanged while it is unfinished."""
        return replace(when, **{self.condition: self._value()})

    def _value(self) -> object:
        """Return what the fields say, unless `add_to` does more than to add it."""
        raise NotImplementedError

    def owns(self, where: FieldPath) -> bool:
        """Return True if this path inside the condition of a rules file is this part's."""
        return where[:1] == (self.condition,)

    def show_faults(self, faults: Sequence[tuple[FieldPath, str]]) -> None:
        """Show all faults, each a path inside the condition of a rules file and a reason."""
        first = faults[0][0] if faults else ()
        self.show_fault(first, "\n".join(dict.fromkeys(reason for _, reason in faults)))

    def show_fault(self, where: FieldPath, reason: str) -> None:
        """Show a fault that begins at `where`; an empty reason clears it."""
        if self._framed is not None:
            set_wrong(self._framed, bool(reason))
        if reason == self.error.full_text():
            return  # laying out a sentence of many words takes a while
        self.error.show_if_any(reason)
        self.relaid.emit()

    def widgets(self) -> list[QWidget]:
        """Return all widgets in their order."""
        return [self.label, *self._inner(), self._remove, self.error]

    def first(self) -> QWidget:
        """Return the widget to focus when the condition is new."""
        return self._fields[0] if self._main is None else self._main

    def place(self, where: FieldPath) -> QWidget:
        """Return the widget for `where`, a path inside the condition of a rules file."""
        return self.first()

    def _inner(self) -> Sequence[QWidget]:
        """Return the widgets behind the label; a subclass may have some that come and go."""
        return self._fields


class WordsPart(ConditionPart):
    """Part of any, all, none, exact, prefix, suffix and event: a list of words."""

    def __init__(self, condition: str, words: Sequence[str], host: QWidget) -> None:
        super().__init__(condition, host)
        ruled_out = condition in ("none", "tags.none")
        self.chips = WordChips(
            host,
            condition_choice(condition),
            ground="failed_tint" if ruled_out else "accent_tint",
            ink="failed" if ruled_out else "accent",
        )
        self.chips.set_words(words)
        self.chips.changed.connect(self.changed)
        self.chips.relaid.connect(self.relaid)
        self._main = self.chips.add

    def _value(self) -> tuple[str, ...]:
        return self.chips.words()

    def show_faults(self, faults: Sequence[tuple[FieldPath, str]]) -> None:
        """Mark each word that is wrong."""
        self.chips.mark({where[-1] for where, _ in faults if where and isinstance(where[-1], int)})
        super().show_faults(faults)

    def place(self, where: FieldPath) -> QWidget:
        """Return the very word, if the path is about one."""
        index = where[-1] if where else None
        return self.chips.place(index) if isinstance(index, int) else self.first()

    def _inner(self) -> Sequence[QWidget]:
        return self.chips.widgets()


NARROWEST = 160
AROUND_X, AROUND_Y = 24, 14
"""Width and height of frame and padding, in pixels."""


class PatternField(QPlainTextEdit):
    """Field that always shows its whole value, on a line of its own if it is long.

    A line break is never part of the value.

    Signals:
        textEdited: the operator changed it.
    """

    textEdited = Signal()  # noqa: N815 - as Qt's own line of text calls it

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(font(Size.BODY))
        self.document().setDocumentMargin(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty(KEEP_WITH_NEXT, True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._showing = False
        self.textChanged.connect(self._changed)

    def text(self) -> str:
        """Return the text as written; Qt's `toPlainText` replaces no-break spaces."""
        return self.document().toRawText().replace("\u2029", "\n")

    def setText(self, text: str) -> None:  # noqa: N802 - as Qt's own line of text calls it
        """Show a text, scrolled to its beginning, without a signal."""
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText())
        return QSize(max(NARROWEST, wide + AROUND_X), self._height(1))

    def minimumSizeHint(self) -> QSize:
        """Return room for a short text."""
        return QSize(NARROWEST, self._height(1))

    def heightForWidth(self, width: int) -> int:
        wrap = QTextOption.WrapMode.WrapAnywhere
        lines, _, _ = lay_out_lines(self.text(), self.font(), width - AROUND_X, wrap=wrap)
        return self._height(max(1, lines.lineCount()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore Enter, which would break the line."""
        if event.key() in ENTER:
            event.ignore()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        self.insertPlainText("".join(source.text().splitlines()).replace("\u00a0", " "))

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + AROUND_Y

    def _changed(self) -> None:
        self.updateGeometry()
        if not self._showing:
            self.textEdited.emit()


class PatternPart(ConditionPart):
    """Part of `regex`: an RE2 pattern."""

    def __init__(self, pattern: str, host: QWidget) -> None:
        super().__init__("regex", host)
        self.field = PatternField(tr("Regular expression"), host)
        self.field.setText(pattern)
        self.field.setPlaceholderText(tr(r"such as (?P<no>\d{8,})"))
        self._fields, self._framed = (self.field,), self.field
        self.field.textEdited.connect(self._edited)
        self.note = error_label(host, role="pending")
        self._show_note()

    def _value(self) -> str:
        return self.field.text()

    def widgets(self) -> list[QWidget]:
        """Return all widgets, with the note on doubtful patterns last."""
        return [*super().widgets(), self.note]

    def _show_note(self) -> None:
        """Warn at once where a pattern matches everything, as by a `|` too many."""
        pattern = self.field.text()
        note = tr("This pattern matches every text.") if pattern and finds_every_text(pattern) else ""
        if note != self.note.full_text():
            self.note.show_if_any(note)
            self.relaid.emit()

    def _edited(self) -> None:
        self._show_note()
        self.changed.emit()


class SourcePart(ConditionPart):
    """Part of `session_from`: the required value of the mini program's button."""

    def __init__(self, test: SessionFromTest, host: QWidget) -> None:
        super().__init__("session_from", host)
        self.how = SingleChoiceButton(
            [("equals", tr("equals")), ("prefix", tr("starts with")), ("regex", tr("matches the pattern"))],
            tr("How session_from is compared"),
            host,
        )
        self.field = PatternField(tr("Value of session_from"), host)
        for how in ("equals", "prefix", "regex"):
            value = getattr(test, how)
            if value is not None:
                self.how.set_value(how)
                self.field.setText(value)
        self.how.setProperty(KEEP_WITH_NEXT, True)
        self._fields = (self.how, self.field)
        self._main = self._framed = self.field
        self.how.chosen.connect(self.changed)
        self.field.textEdited.connect(self.changed)

    def add_to(self, when: Condition) -> Condition:
        """Add the value, keeping the required fields."""
        before = when.session_from or SessionFromTest()
        return replace(when, session_from=replace(before, **{self.how.value: self.field.text()}))

    def owns(self, where: FieldPath) -> bool:
        """Return True unless the fault is in a field, which has a part of its own."""
        return where[:1] == ("session_from",) and where[1:2] != ("fields",)


class SourceFieldPart(ConditionPart):
    """Part of `session_from`, one or several: a field and its possible values."""

    def __init__(self, test: FieldTest, host: QWidget) -> None:
        super().__init__("session_from.fields", host)
        self.name = QLineEdit(host)
        self.name.setAccessibleName(tr("Name of the field"))
        self.name.setFont(font(Size.BODY))
        self.name.setMinimumWidth(160)
        self.name.setProperty(KEEP_WITH_NEXT, True)
        self.name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.name.setText(test.name)
        self.name.setPlaceholderText(tr("such as {example}", example="goods_id"))
        self.name.textEdited.connect(self.changed)
        self._between = sentence_label(tr("being one of"), host)
        self._between.setProperty(KEEP_WITH_NEXT, True)
        self._main = self.name
        self.chips = WordChips(host, tr("value of the field"))
        self.chips.set_words(test.values)
        self.chips.changed.connect(self.changed)
        self.chips.relaid.connect(self.relaid)

    def add_to(self, when: Condition) -> Condition:
        """Add the field; without a name and a value it adds nothing yet."""
        test = FieldTest(self.name.text().strip(), self.chips.words())
        if test == FieldTest("", ()):
            return when
        before = when.session_from or SessionFromTest()
        return replace(when, session_from=replace(before, fields=(*before.fields, test)))

    def owns(self, where: FieldPath) -> bool:
        """Return True if the fault is in the field of this name."""
        return where == ("session_from", "fields", self.name.text().strip())

    def show_fault(self, where: FieldPath, reason: str) -> None:
        """Frame the name in red while it is missing."""
        set_wrong(self.name, bool(reason) and not self.name.text().strip())
        super().show_fault(where, reason)

    def place(self, where: FieldPath) -> QWidget:
        """Return the missing input: the name, else the values."""
        return self.chips.add if self.name.text().strip() else self.name

    def _inner(self) -> Sequence[QWidget]:
        return [self.name, self._between, *self.chips.widgets()]


def sentence_label(text: str, host: QWidget) -> PlainLabel:
    """Return a label with words between or behind the fields of a condition."""
    label = PlainLabel(text, size=Size.SENTENCE, role="secondary", parent=host)
    label.setFixedHeight(HEIGHT)
    return label


def counted(
    number: int, most: int, name: str, words: Callable[[int], str], host: QWidget
) -> tuple[NumberField, PlainLabel]:
    """Return a field for a number, and the words behind it, which depend on it."""
    field = NumberField(1, most, name, host)
    field.show_number(number)
    field.setProperty(KEEP_WITH_NEXT, True)
    behind = sentence_label("", host)
    field.count(behind, words)
    return field, behind


def error_label(host: QWidget, role: str = "failed") -> PlainLabel:
    """Return a label in red, or another `role`, on its own line, hidden while empty."""
    label = small_label(role=role, wrap=True, parent=host)
    label.setProperty(NEW_LINE, True)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.hide()
    return label
