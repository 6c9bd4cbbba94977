"""Fields of the actions: texts, a template, tags, a number, or an explanation."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.model.rule import ACTION_NUMBERS, STATUS_ACTIONS, Action, ActionKind, Reference
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.templates import Template, search_templates
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.i18n import tr
from wxdesk.ui.editing.wordings import Wordings
from wxdesk.ui.rules.editor.conditions.parts import counted, error_label, sentence_label
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.fields.word_chips import WordChips
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import literal, plain_tip, small_label
from wxdesk.ui.widgets.menu_button import MenuButton
from wxdesk.ui.wording.actions import WORDINGS, number_words
from wxdesk.ui.wording.messages import more_text


class ActionBody(QWidget):
    """Fields of one `action`; `_only` is the one that is focused and blamed.

    Where `_error` stands, a subclass says.

    Signals:
        changed: the action has changed.
    """

    changed = Signal()

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._only: QWidget | None = None
        self._error = error_label(self)

    def action(self) -> Action:
        """Return the action as written; without fields it stays as it came."""
        return self._action

    def start(self) -> None:
        """Focus the first field."""
        (self._only or self).setFocus()

    def place(self, where: FieldPath, line: int) -> QWidget | None:
        """Return the field for a path inside the action, or None; `line`: see `RuleFault`."""
        return self._only

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show the first fault below the fields; most actions have room for one only."""
        self._error.show_if_any(tr(faults[0].reason) if faults else "")

    def show_groups(self, names: Iterable[str]) -> None:
        """Take over the named groups of the rule's patterns."""


class TagBody(ActionBody):
    """Fields of `tag`: the tags that the contact gets."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self._flow = FlowLayout(self)
        self.chips = WordChips(self, tr("tag"))
        self.chips.set_words(action.tags)
        self.chips.changed.connect(self.changed)
        self._only = self.chips.add
        self.chips.relaid.connect(self._set)
        self._set()

    def action(self) -> Action:
        """Return the action with its tags."""
        return Action(ActionKind.TAG, tags=self.chips.words())

    def start(self) -> None:
        """Focus the field for a tag."""
        self.chips.open_field()

    def _set(self) -> None:
        self._flow.set_widgets((*self.chips.widgets(), self._error))
        self.updateGeometry()


class NumberBody(ActionBody):
    """Field of an action with a number, such as the minutes of a snooze."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self._number = number = ACTION_NUMBERS[action.kind]
        before, _ = number_words(action.kind, number.initial)
        self.field, behind = counted(
            getattr(action, number.field),
            number.most,
            tr(WORDINGS[action.kind].number.name),
            lambda given: number_words(action.kind, given)[1],
            self,
        )
        self.field.valueChanged.connect(self.changed)
        self._only = self.field
        note = [small_label(_status_note(), wrap=True, parent=self)] if action.kind in STATUS_ACTIONS else []
        FlowLayout(self, sentence_label(before, self), self.field, behind, *note, self._error)

    def action(self) -> Action:
        """Return the action with its number."""
        return replace(self._action, **{self._number.field: self.field.value()})


class ExplanationBody(ActionBody):
    """Explanation of actions without fields: take_over, transfer, notify and the like."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        text = tr(WORDINGS[action.kind].explanation)
        if action.kind in STATUS_ACTIONS:
            text = tr("{first} {second}", first=text, second=_status_note())
        vbox(small_label(text, wrap=True, parent=self), within=self)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show nothing: such an action has no field to be wrong."""


class ReplyBody(ActionBody):
    """Fields of `reply`: a Liquid text, and alternative wordings."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.wordings = Wordings(self)
        self.wordings.show_texts(action.texts, action.variant)
        self.wordings.changed.connect(self.changed)
        self._only = self.wordings.edit
        vbox(self.wordings, within=self)

    def action(self) -> Action:
        """Return the action with its texts."""
        first, *others = self.wordings.texts()
        return replace(self._action, text=first, others=tuple(others), variant=self.wordings.variant)

    def place(self, where: FieldPath, line: int) -> QWidget:
        """Return the field of the named wording, with its cursor in the line."""
        return self.wordings.place(where[0] if where and isinstance(where[0], int) else 0, line)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Mark the faults of each wording; of several empty ones, only the first."""
        self.wordings.show_mistakes((self._wording_of(one), one.template_line, one.reason) for one in faults)

    def _wording_of(self, fault: RuleFault) -> int:
        number = fault.where[3] if len(fault.where) > 3 else None
        if isinstance(number, int):
            return number
        return 0 if fault.template_line else self.wordings.first_empty()

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer the named groups as `m.…`."""
        self.wordings.variables.show_groups(names)


MAX_LISTED = 60
"""Templates that the menu lists at most; letters in the field narrow them down."""


class TemplateBody(ActionBody):
    """Fields of `template`: the shortcut or title of a template."""

    def __init__(self, action: Action, templates: TemplateLookup, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self._templates = templates
        self._template = action.template
        self.name = QLineEdit(_shown_name(action.template, templates), self)
        self.name.setAccessibleName(tr("Shortcut or title of the template"))
        self.name.setPlaceholderText(tr("Shortcut or title of the template"))
        self.name.textEdited.connect(self._name)
        self._only = self.name
        self.choose = MenuButton(tr("Choose a template"), parent=self)
        self.choose.popup_menu.setToolTipsVisible(True)  # why one is only for people
        self.choose.popup_menu.aboutToShow.connect(self._fill_menu)
        self.choose.popup_menu.triggered.connect(self._take)
        row = hbox((self.name, 1), self.choose, spacing=8)
        vbox(row, self._error, spacing=6, within=self)

    def action(self) -> Action:
        """Return the action with its template."""
        return Action(ActionKind.TEMPLATE, template=self._template)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show the present name of the template, and the fault below."""
        if not self.name.hasFocus():
            self.name.setText(_shown_name(self._template, self._templates))
        set_wrong(self.name, bool(faults))
        super().show_faults(faults)

    def _fill_menu(self) -> None:
        menu = self.choose.popup_menu
        menu.clear()
        fitting = self._fitting()
        for template in fitting[:MAX_LISTED]:
            name = _shown_name(template.id, self._templates)
            reason = tr(self._templates.reason_against(name))
            shortcut = f"/{template.shortcut}" if template.shortcut else ""
            said = "    ".join(filter(None, (template.title, shortcut, tr("only by hand") if reason else "")))
            action = menu.addAction(literal(said))
            action.setData(name)
            action.setEnabled(not reason)
            action.setToolTip(plain_tip(reason))
        if not self._templates.all:
            menu.addAction(tr("There are no templates yet.")).setEnabled(False)
        if len(fitting) > MAX_LISTED:
            menu.addAction(more_text(len(fitting) - MAX_LISTED)).setEnabled(False)

    def _fitting(self) -> Sequence[Template]:
        """Return the templates matching the field; all where it names one, or none match."""
        sought = self.name.text().strip()
        if not sought or self._templates.find(sought) is not None:
            return self._templates.all
        return search_templates(self._templates.all, sought) or self._templates.all

    def _take(self, action: QAction) -> None:
        self.name.setText(action.data())
        self.name.setFocus()
        self._name(action.data())

    def _name(self, name: str) -> None:
        template = self._templates.find(name.strip())
        self._template = name.strip() if template is None else template.id
        self.changed.emit()


def _shown_name(reference: Reference, templates: TemplateLookup) -> str:
    """Return the title, unless there is none or it finds another template."""
    template = templates.find(reference)
    if template is not None and templates.find(template.title) is template:
        return template.title
    return templates.names.name_of(reference)


def _status_note() -> str:
    """Return a note on what keeps a rule from resolving or snoozing the conversation."""
    return tr(
        "Only once all that the rule says has been sent, and not if the customer has written since, if anything waits "
        "for a person, or if the rule only prepares drafts."
    )
