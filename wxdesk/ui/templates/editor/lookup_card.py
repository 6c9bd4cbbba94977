"""Card for the shortcut, category and keywords that find a template."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QFrame, QWidget

from wxdesk.core.templates import CATEGORY_LIMIT, SHORTCUT_LIMIT, Template
from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.fields.words_dialog import split_words


class LookupCard(QFrame):
    """Card with the three fields that find a template.

    Signals:
        changed: a field has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self.shortcut = LabelledField(tr("Shortcut"), tr("what follows / in a reply"))
        self.shortcut.edit.setMaxLength(SHORTCUT_LIMIT)
        self.category = LabelledField(tr("Category"), tr("for example: after-sales"))
        self.category.edit.setMaxLength(CATEGORY_LIMIT)
        self.keywords = LabelledField(tr("Keywords"), tr("other words to find it by, with commas between"))
        for field in (self.shortcut, self.category, self.keywords):
            field.edited.connect(self.changed)
        first = hbox(spacing=12)
        for field in (self.shortcut, self.category):
            first.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        vbox(first, self.keywords, spacing=10, margins=(16, 14, 16, 16), within=self)

    def show_template(self, template: Template) -> None:
        """Show the shortcut, category and keywords of `template`."""
        self.shortcut.edit.setText(template.shortcut)
        self.category.edit.setText(template.category)
        self.keywords.edit.setText(tr(", ").join(template.keywords))

    def offer_categories(self, categories: list[str]) -> None:
        """Complete the typed category with those in use."""
        completer = QCompleter(categories, self.category.edit)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.category.edit.setCompleter(completer)

    def words(self) -> tuple[str, ...]:
        """Return the keywords."""
        return tuple(split_words(self.keywords.text()))
