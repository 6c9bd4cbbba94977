"""Card “When the customer sends …”: the sentence of a rule's conditions."""

from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_editor import EditorCard
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.rules.editor.conditions.parts import ConditionPart, WordsPart, error_label
from wxdesk.ui.rules.editor.conditions.table import EDITORS, GROUPS, condition_of, new_part, parts_of
from wxdesk.ui.rules.text import type_name, type_names
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import ButtonKind, Switch
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE, FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, heading, small_label
from wxdesk.ui.widgets.menu_button import MenuButton, MultiChoiceButton
from wxdesk.ui.wording.conditions import condition_choice, condition_label


class ConditionsCard(EditorCard):
    """Card of message kinds, conditions, and the switch for the default rule."""

    def __init__(self, offers: ConditionChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers = offers
        self._parts: list[ConditionPart] = []
        self._shown: tuple[object, ...] = ()
        self._stood: tuple[object, ...] = ()
        self._judging = self._stale = False
        self._sentence = QWidget(self)
        self._flow = FlowLayout(self._sentence)
        self._lead = PlainLabel(
            tr("When the customer sends"), size=Size.SENTENCE, role="secondary", parent=self._sentence
        )
        self._lead.setProperty(KEEP_WITH_NEXT, True)
        self.types = MultiChoiceButton(
            [(kind, type_name(kind)) for kind in MessageType], tr("Kinds of message"), type_names, self._sentence
        )
        self.types.setProperty(KEEP_WITH_NEXT, True)  # a Chinese comma follows, which begins no line
        self.types.changed.connect(self.changed)
        self._rest = PlainLabel(
            tr("that no rule above has answered."), size=Size.SENTENCE, role="secondary", parent=self._sentence
        )
        self.add = MenuButton(tr("+ Condition"), kind=ButtonKind.LINK, parent=self._sentence)
        self.add.setProperty(NEW_LINE, True)
        self.add.popup_menu.aboutToShow.connect(self._fill_menu)
        self._error = error_label(self._sentence)
        self.default = Switch(parent=self)
        self.default.setAccessibleName(tr("Default rule: answers everything else"))
        self.default.turned.connect(self._default_clicked)
        self._meaning = small_label(parent=self)
        foot = hbox(self.default, self._meaning, STRETCH, spacing=8)
        self._stack(heading(tr("When to answer"), self), self._sentence, foot)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a word behind those of a row, whose plus may have moved just now."""
        at = self._sentence.mapFrom(self, event.position().toPoint())
        rows = (part.chips for part in self._parts if isinstance(part, WordsPart) and part.chips.add.isVisible())
        row = next((one for one in rows if one.add.y() <= at.y() <= one.add.geometry().bottom()), None)
        if row is not None and at.x() > row.add.x():
            row.open_field()

    # -- the rule's part

    def show_rule(self, rule: Rule) -> None:
        """Show the conditions of `rule`; a new rule begins with an open word list.

        Parts that read the same already stay, since making very many chips anew takes a while.
        """
        shown = (rule.when, rule.on, rule.default)
        if rule.when != Condition() and shown == self._shown and self._shown_state() == self._stood:
            return
        for part in self._parts:
            part.discard()
        self._parts = []
        self.types.set_values(rule.on)
        self.default.setChecked(rule.default)
        parts = parts_of(rule.when, self._offers, self._sentence)
        if not parts and rule.id == 0 and not rule.default:
            parts = [new_part("any", self._offers, self._sentence)]
        for part in parts:
            self._take(part)
        self._set()
        self._shown, self._stood = shown, self._shown_state()

    def _shown_state(self) -> tuple[object, ...]:
        """Return the shown parts and the values of all fields."""
        said = condition_of(self._parts)
        return (tuple(self._parts), said, self.kinds(), self.default.isChecked())

    def kinds(self) -> frozenset[MessageType]:
        """Return the kinds of message that the rule answers."""
        return frozenset(self.types.values())

    def when(self) -> Condition:
        """Return the conditions; none for the default rule."""
        return Condition() if self.default.isChecked() else condition_of(self._parts)

    def part(self, condition: str, *, excepted: bool = False) -> ConditionPart | None:
        """Return the first part of a condition, if there is one."""
        alike = (part for part in self._parts if part.condition == condition and part.excepted is excepted)
        return next(alike, None)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show each fault under its condition."""
        mine = [fault for fault in faults if fault.where[0] in ("when", "on")]
        about = [(self._about(fault.where), fault) for fault in mine]
        self._judging, self._stale = True, False
        for part in self._parts:
            part.show_faults([(_inside(fault.where), tr(fault.reason)) for one, fault in about if one is part])
        own = next((tr(fault.reason) for one, fault in about if one is None), "")
        self._stale = self._stale or own != self._error.full_text()
        self._error.show_if_any(own)
        self._judging = False
        if self._stale:
            self._set()

    def place(self, where: FieldPath) -> QWidget:
        """Return the widget for a place in a rule, or the button that adds a condition."""
        if where == ("on",):
            return self.types
        if self.default.isChecked():
            return self.default
        excepted, inside = where[1:2] == ("not",), _inside(where)
        alike = [part for part in self._parts if part.excepted is excepted]
        part = self._about(where) if inside else next(iter(alike), None)
        return self.add if part is None else part.place(inside)

    def _about(self, where: FieldPath) -> ConditionPart | None:
        if where[:1] != ("when",):
            return None
        excepted, inside = where[1:2] == ("not",), _inside(where)
        return next((part for part in self._parts if part.excepted is excepted and part.owns(inside)), None)

    # -- what the operator does

    def _fill_menu(self) -> None:
        menu: QMenu = self.add.popup_menu
        menu.clear()
        self._fill(menu, excepted=False)
        menu.addSeparator()
        self._fill(menu.addMenu(tr("Unless …")), excepted=True)

    def _fill(self, menu: QMenu, *, excepted: bool) -> None:
        for title, group in GROUPS.items():
            inner = menu.addMenu(tr(title))
            for condition, editor in group.items():
                begin = partial(self.add_condition, condition, excepted=excepted)
                action = inner.addAction(condition_choice(condition), begin)
                action.setEnabled(editor.several or self.part(condition, excepted=excepted) is None)
                action.setVisible(condition != "account" or len(self._offers.accounts) > 1)

    def add_condition(self, condition: str, *, excepted: bool = False) -> None:
        """Begin another condition and focus it."""
        part = new_part(condition, self._offers, self._sentence)
        part.excepted = excepted
        self._take(part)
        self._parts.sort(key=attrgetter("excepted"))
        kind = EDITORS[condition].fits
        if kind is not None and kind not in self.kinds() and not excepted:
            self.types.set_values({kind})
        self._set()
        if isinstance(part, WordsPart):
            part.chips.open_field()
        else:
            part.first().setFocus()
        self.changed.emit()

    def _take(self, part: ConditionPart) -> None:
        part.changed.connect(self.changed)
        part.relaid.connect(self._relaid)
        part.removed.connect(self._drop)
        self._parts.append(part)

    def _drop(self, part: ConditionPart) -> None:
        self._parts.remove(part)
        part.discard()
        self._set()
        self.add.setFocus()
        self.changed.emit()

    def _default_clicked(self) -> None:
        self._set()
        self.changed.emit()

    def _relaid(self) -> None:
        """Lay out anew, once for all changes made at the same time."""
        if self._judging:
            self._stale = True
        else:
            self._set()

    def _set(self) -> None:
        """Lay out all widgets in the order of the sentence."""
        default = self.default.isChecked()
        self._rest.setVisible(default)
        put_away = tr("Default: everything else. Switched off, its conditions come back.")
        self._meaning.setText(put_away if default and self._parts else tr("Default: everything else"))
        self.add.setVisible(not default)
        widgets: list[QWidget] = []
        for number, part in enumerate(self._parts):
            begins = number == 0 or part.excepted is not self._parts[number - 1].excepted
            part.label.setProperty(NEW_LINE, number > 0)
            part.label.setText(condition_label(part.condition, first=begins, excepted=part.excepted))
            widgets += part.widgets()
            _show(part, not default)
        self._flow.set_widgets((self._lead, self.types, self._rest, *widgets, self._error, self.add))
        self._sentence.updateGeometry()


def _inside(where: FieldPath) -> FieldPath:
    """Return the path inside the condition, be it an exception or not."""
    return where[2:] if where[1:2] == ("not",) else where[1:]


def _show(part: ConditionPart, shown: bool) -> None:
    """Show or hide a part, except what it hides itself."""
    for widget in part.widgets():
        if not shown:
            widget.setProperty("put_away", not widget.isHidden())
            widget.hide()
        elif widget.property("put_away"):
            widget.setProperty("put_away", False)
            widget.show()
