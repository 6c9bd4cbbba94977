"""Left side of the templates page: search, categories and the list."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedLayout, QWidget

from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import RecordView, list_header
from wxdesk.ui.templates.template_list.delegate import TemplateDelegate
from wxdesk.ui.templates.template_list.model import TemplateModel
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.buttons import Button, Chip
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel

MOST_CHIPS = 8
"""Number of categories that get a chip, most frequent first; the search finds all."""


class TemplateView(RecordView[Template]):
    """List of templates: Ctrl+D copies, Up in the first row goes to the search.

    Signals:
        copy_asked: the template to copy.
        search_asked: the operator wants to search.
        hidden_asked: the row of a template is wanted that a search hides.
    """

    copy_asked = Signal(object)
    search_asked = Signal()
    hidden_asked = Signal()

    def __init__(self, templates: TemplateModel, parent: QWidget | None = None) -> None:
        super().__init__(templates, TemplateDelegate(), tr("Templates"), parent)
        self.menu.addAction(tr("Make a copy"), self._copy)
        self.menu.addAction(tr("Delete"), self._delete)

    def reveal(self, record_id: int) -> None:
        """Show a template's row, clearing the search if it would hide it."""
        if self.records.row_of(record_id) < 0:
            self.hidden_asked.emit()
        self.show_current(record_id)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_D and ctrl:
            self._copy()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.search_asked.emit()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        if self.current() is not None:
            self.copy_asked.emit(self.current())


class TemplateSearchField(QLineEdit):
    """Search field; Down and Enter go to the rows, Esc clears it.

    Signals:
        went_down: the operator wants to go to the rows.
    """

    went_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "search")
        self.setPlaceholderText(tr("Search templates"))
        self.setAccessibleName(tr("Search templates"))
        self.setClearButtonEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.went_down.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)


class CategoryChips(QWidget):
    """Chips to filter by category, one each; pressing one again shows all.

    Signals:
        chosen: a category, empty for all.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self._chosen = ""
        self._row = FlowLayout(self, gap=6, line_gap=6)
        self.hide()

    def offer(self, categories: Sequence[str]) -> None:
        """Show these categories; the chosen one stays while it exists."""
        if self._chosen and self._chosen not in categories:
            self._choose("")
        wanted = list(categories[:MOST_CHIPS])
        if self._chosen and self._chosen not in wanted:
            wanted.append(self._chosen)
        if wanted == [chip.text() for chip in self._chips]:
            return
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(category) for category in wanted]
        self._row.set_widgets(self._chips)
        self.setVisible(bool(wanted))
        self.updateGeometry()

    def chips(self) -> tuple[Chip, ...]:
        """Return the chips in their order."""
        return tuple(self._chips)

    def _chip(self, category: str) -> Chip:
        chip = Chip(category, parent=self)
        chip.setChecked(category == self._chosen)
        chip.setAccessibleName(tr("Category {name}", name=category))
        chip.clicked.connect(self._clicked)
        chip.show()
        return chip

    def _clicked(self) -> None:
        pressed = self.sender()
        chosen = next((chip.text() for chip in self._chips if chip is pressed and chip.isChecked()), "")
        self._choose(chosen)

    def _choose(self, category: str) -> None:
        self._chosen = category
        for chip in self._chips:
            chip.setChecked(chip.text() == category)
        self.chosen.emit(category)


class TemplateList(QFrame):
    """Header, search, category chips, rows, and a text where nothing matches.

    Signals:
        new_asked: the operator wants to write a template.
    """

    new_asked = Signal()

    def __init__(self, templates: TemplateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "list-side")
        self._templates = templates
        self.view = TemplateView(templates, self)
        self.sought = TemplateSearchField(self)
        self.chips = CategoryChips(self)
        self.new = Button(tr("New template"), icon="plus", parent=self)
        self.new.clicked.connect(self.new_asked)
        self.none = PlainLabel(tr("No template fits."), role="secondary", wrap=True, parent=self)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sought.textChanged.connect(templates.seek)
        self.sought.went_down.connect(self._to_rows)
        self.chips.chosen.connect(templates.choose_category)
        self.view.search_asked.connect(self.sought.setFocus)
        self.view.hidden_asked.connect(self._show_all)
        for changed in (templates.modelReset, templates.dataChanged):
            changed.connect(self._show_rows)
        self._lay_out()

    def _lay_out(self) -> None:
        head = list_header(self, tr("Templates"), None, self.new)
        self._search = QFrame(self)
        self._search.setProperty("class", "header")
        vbox(self.sought, self.chips, spacing=8, margins=(12, 10, 12, 10), within=self._search)
        self._search.hide()
        rows = QWidget(self)
        self._rows = QStackedLayout(rows)
        self._rows.addWidget(self.view)
        self._rows.addWidget(self.none)
        vbox(head, self._search, (rows, 1), spacing=0, within=self)

    def begin_search(self) -> None:
        """Focus the search field."""
        self.sought.setFocus()
        self.sought.selectAll()

    def _show_all(self) -> None:
        if self._templates.narrowed:
            self.sought.clear()
            self.chips.offer(())
            self.chips.offer(self._templates.categories())

    def _to_rows(self) -> None:
        if not self._templates.rowCount():
            return
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self._templates.index(0))

    def _show_rows(self) -> None:
        self.chips.offer(self._templates.categories())
        self._search.setVisible(bool(self._templates.templates))
        nothing = self._templates.narrowed and not self._templates.rowCount()
        self._rows.setCurrentWidget(self.none if nothing else self.view)
