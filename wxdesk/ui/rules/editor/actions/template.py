"""Fields of a template action: its template, chosen from a menu or typed."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.model.rule import Action, ActionKind, Reference
from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.templates import Template, search_templates
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.i18n import tr
from wxdesk.ui.rules.editor.actions.bodies import ActionBody
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import literal, plain_tip
from wxdesk.ui.widgets.menu_button import MenuButton
from wxdesk.ui.wording.messages import more_text

MAX_LISTED = 60
"""Templates that the menu lists at most; letters in the field narrow them down."""


class TemplateBody(ActionBody):
    """Fields of `template`: the shortcut or title of a template."""

    def __init__(self, action: Action, templates: TemplateLookup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
