"""The conditions of the editor's sentence: words before, what is looked for, and what is wrong with it.

A part makes widgets for somebody's layout, because a sentence has to break where the line ends, not where a
condition does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from wxdesk.core.faults import Place
from wxdesk.core.rules import Condition, SessionFromTest
from wxdesk.i18n import tr
from wxdesk.ui.rules.choices import OneOf
from wxdesk.ui.rules.word_chips import HEIGHT, WordChips
from wxdesk.ui.rules.words import condition_choice
from wxdesk.ui.theme import Size, font
from wxdesk.ui.widgets.field import set_wrong
from wxdesk.ui.widgets.flow import KEEP_WITH_NEXT, NEW_LINE
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.small_button import SmallButton

WORD_CONDITIONS = ("any", "all", "exact", "prefix", "suffix", "none")
CONDITIONS = ("any", "all", "none", "exact", "prefix", "suffix", "regex", "session_from")
"""In the order of the menu that adds them."""

PATTERN_FIELD = 300


class ConditionPart(QObject):
    """One condition of a rule.

    Signals:
        changed: it looks for something else now.
        relaid: widgets came or went.
        removed: the operator wants it away; carries the part.
    """

    changed = Signal()
    relaid = Signal()
    removed = Signal(object)

    def __init__(self, condition: str, host: QWidget) -> None:
        super().__init__(host)
        self.condition = condition
        self.label = PlainLabel(size=Size.MESSAGE, role="secondary", parent=host)
        self.label.setProperty(KEEP_WITH_NEXT, True)
        self.label.setFixedHeight(HEIGHT)
        self._remove = SmallButton("close", tr("Remove this condition: {what}", what=condition_choice(condition)), host)
        self._remove.clicked.connect(self._ask_away)
        self._error = error_label(host)

    def show_fault(self, where: Place, reason: str) -> None:
        """Say under the condition what is wrong with it; an empty reason takes that away."""
        self._error.setText(reason)
        self._error.setVisible(bool(reason))
        self.relaid.emit()

    def widgets(self) -> list[QWidget]:
        """All of its widgets, in their order."""
        return [self.label, *self._middle(), self._remove, self._error]

    def discard(self) -> None:
        """Remove all widgets for good."""
        for widget in self.widgets():
            widget.hide()
            widget.deleteLater()
        self.deleteLater()

    def first(self) -> QWidget:
        """The widget that gets the keyboard when the condition is new."""
        return self._middle()[0]

    def _middle(self) -> list[QWidget]:
        raise NotImplementedError

    def _ask_away(self) -> None:
        self.removed.emit(self)


class WordsPart(ConditionPart):
    """any, all, none, exact, prefix, suffix: a list of words."""

    def __init__(self, condition: str, words: Sequence[str], host: QWidget) -> None:
        super().__init__(condition, host)
        ruled_out = condition == "none"
        self.chips = WordChips(
            host,
            condition_choice(condition),
            ground="failed_tint" if ruled_out else "accent_tint",
            ink="failed" if ruled_out else "accent",
        )
        self.chips.set_words(words)
        self.chips.changed.connect(self.changed)
        self.chips.relaid.connect(self.relaid)

    def words(self) -> tuple[str, ...]:
        """What is looked for."""
        return self.chips.words()

    def show_fault(self, where: Place, reason: str) -> None:
        """Mark the word that is wrong, if it is one."""
        index = where[2] if len(where) > 2 else None
        self.chips.mark(index if isinstance(index, int) and reason else None)
        super().show_fault(where, reason)

    def first(self) -> QWidget:
        """The button that opens the field for words."""
        return self.chips.add

    def _middle(self) -> list[QWidget]:
        return self.chips.widgets()


class PatternPart(ConditionPart):
    """regex: an RE2 pattern."""

    def __init__(self, pattern: str, host: QWidget) -> None:
        super().__init__("regex", host)
        self.field = pattern_field(tr("Regular expression"), host)
        self.field.setText(pattern)
        self.field.setCursorPosition(0)
        self.field.setPlaceholderText(tr(r"such as (?P<no>\d{8,})"))
        self.field.textEdited.connect(self._edited)

    def pattern(self) -> str:
        """What is looked for."""
        return self.field.text()

    def show_fault(self, where: Place, reason: str) -> None:
        """Frame the field in red while it is wrong."""
        set_wrong(self.field, bool(reason))
        super().show_fault(where, reason)

    def _middle(self) -> list[QWidget]:
        return [self.field]

    def _edited(self) -> None:
        self.changed.emit()


class SourcePart(ConditionPart):
    """session_from: how the value of the mini program's button must read."""

    def __init__(self, test: SessionFromTest, host: QWidget) -> None:
        super().__init__("session_from", host)
        self._fields = test.fields
        self.how = OneOf(
            [("equals", tr("equals")), ("prefix", tr("starts with")), ("regex", tr("matches the pattern"))],
            tr("How session_from is compared"),
            host,
        )
        self.field = pattern_field(tr("Value of session_from"), host)
        for how in ("equals", "prefix", "regex"):
            value = getattr(test, how)
            if value is not None:
                self.how.set_value(how)
                self.field.setText(value)
                self.field.setCursorPosition(0)
        self.how.chosen.connect(self._edited)
        self.field.textEdited.connect(self._edited)

    def test(self) -> SessionFromTest:
        """What is looked for, with the fields of it that a rules file may name."""
        value = self.field.text()
        if self._fields and not value:
            return SessionFromTest(fields=self._fields)
        match self.how.value:
            case "equals":
                return SessionFromTest(equals=value, fields=self._fields)
            case "prefix":
                return SessionFromTest(prefix=value, fields=self._fields)
            case _:
                return SessionFromTest(regex=value, fields=self._fields)

    def show_fault(self, where: Place, reason: str) -> None:
        """Frame the field in red while it is wrong."""
        set_wrong(self.field, bool(reason))
        super().show_fault(where, reason)

    def first(self) -> QWidget:
        """The value."""
        return self.field

    def _middle(self) -> list[QWidget]:
        self.how.setProperty(KEEP_WITH_NEXT, True)
        return [self.how, self.field]

    def _edited(self) -> None:
        self.changed.emit()


def parts_of(when: Condition, host: QWidget) -> list[ConditionPart]:
    """The parts that say `when`, in the order in which a sentence names them."""
    parts: list[ConditionPart] = [
        WordsPart(condition, getattr(when, condition), host)
        for condition in WORD_CONDITIONS
        if condition != "none" and getattr(when, condition)
    ]
    if when.regex is not None:
        parts.append(PatternPart(when.regex, host))
    if when.session_from is not None:
        parts.append(SourcePart(when.session_from, host))
    if when.none:
        parts.append(WordsPart("none", when.none, host))
    return parts


def new_part(condition: str, host: QWidget) -> ConditionPart:
    """An empty part."""
    match condition:
        case "regex":
            return PatternPart("", host)
        case "session_from":
            return SourcePart(SessionFromTest(prefix=""), host)
        case _:
            return WordsPart(condition, (), host)


def condition_of(parts: Sequence[ConditionPart], before: Condition) -> Condition:
    """What the parts say, beside what `before` asks for and no part says. A list without a word says nothing yet."""
    said: dict[str, object] = {name: getattr(Condition(), name) for name in CONDITIONS}
    for part in parts:
        if isinstance(part, WordsPart):
            said[part.condition] = part.words()
        elif isinstance(part, PatternPart):
            said["regex"] = part.pattern()
        elif isinstance(part, SourcePart):
            said["session_from"] = part.test()
    return replace(before, **said)  # type: ignore[arg-type]


def pattern_field(name: str, host: QWidget) -> QLineEdit:
    """A field for what a program reads; it takes what is left of its line."""
    field = QLineEdit(host)
    field.setAccessibleName(name)
    field.setFont(font(Size.BODY))
    field.setMinimumWidth(160)
    field.setProperty(KEEP_WITH_NEXT, True)
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return field


def error_label(host: QWidget) -> PlainLabel:
    """A sentence in red on a line of its own, hidden while it is empty."""
    label = PlainLabel(size=Size.SMALL, role="failed", wrap=True, parent=host)
    label.setProperty(NEW_LINE, True)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.hide()
    return label
