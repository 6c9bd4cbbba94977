"""Left side of the templates page: search, categories and the list."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QStackedLayout, QStyleOptionViewItem, QWidget

from wxdesk.core.templates import Template, search_templates
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import RecordModel, RecordView, list_header, paint_unsaved
from wxdesk.ui.look.keys import is_pressed
from wxdesk.ui.look.theme import color_of, font, line_height, row_height, smaller, spaced
from wxdesk.ui.templates.text import facts_text, row_text, shortcut_text
from wxdesk.ui.widgets.boxes import Frame, discard, vbox
from wxdesk.ui.widgets.buttons import Button, Chip
from wxdesk.ui.widgets.fields.search import SearchField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import paint_row, paint_text
from wxdesk.ui.widgets.row_list import Index, RowDelegate


class TemplateRow(Struct, frozen=True):
    """Texts of a template's row."""

    title: str
    shortcut: str
    text: str
    facts: str
    unsaved: bool


class TemplateModel(RecordModel[Template]):
    """Model of templates by title or relevance, limited to a category and a search."""

    def __init__(self, clock: Clock, one_line: Callable[[Template], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._one_line = one_line
        self.templates: tuple[Template, ...] = ()
        self._sought = ""
        self._category = ""

    @property
    def narrowed(self) -> bool:
        """True if some templates may be hidden."""
        return bool(self._sought.strip() or self._category)

    def categories(self) -> list[str]:
        """Return the categories in use, the most frequent first."""
        counted = Counter(template.category for template in self.templates if template.category)
        return sorted(counted, key=lambda category: (-counted[category], category))

    def show(self, templates: Sequence[Template]) -> None:
        """Replace all templates."""
        self.templates = tuple(templates)
        self._narrow()

    def seek(self, sought: str) -> None:
        """Show the templates that match `sought`; all if it is empty."""
        self._sought = sought
        self._narrow()

    def choose_category(self, category: str) -> None:
        """Show one category; all if it is empty."""
        self._category = category
        self._narrow()

    def _title(self, row: Template) -> str:
        return row.title

    def _shown(self, row: Template) -> TemplateRow:
        text = row_text(row, self._one_line(row))
        facts = facts_text(row, self._clock())
        return TemplateRow(row.title, shortcut_text(row.shortcut), text, facts, row.id == self._unsaved)

    def _accessible_text(self, row: Template) -> str:
        shown = self._shown(row)
        parts = (shown.title, shown.shortcut, tr("Not saved") if shown.unsaved else "", shown.text, shown.facts)
        return ", ".join(filter(None, parts))

    def _narrow(self) -> None:
        fitting = [one for one in self.templates if not self._category or one.category == self._category]
        shown = search_templates(fitting, self._sought) if self._sought.strip() else fitting
        self._show_rows(shown)


LEFT, RIGHT = 16, 14


class TemplateDelegate(RowDelegate[TemplateRow]):
    """Delegate that paints a row in three lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, row_height())

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: TemplateRow) -> None:
        rect: QRect = option.rect
        paint_row(painter, option)
        pitch, face = line_height() - 1, font(smaller(2))
        line = QRect(rect.left() + LEFT, rect.top() + spaced(9, 4), rect.width() - LEFT - RIGHT, pitch)
        _paint_title(painter, QRect(line), row)
        line.moveTop(line.top() + pitch + 1)
        paint_text(painter, line, row.text, face, color_of("secondary"))
        line.moveTop(line.top() + pitch)
        paint_unsaved(painter, line, row.unsaved)
        paint_text(painter, line, row.facts, face, color_of("secondary"))


def _paint_title(painter: QPainter, line: QRect, row: TemplateRow) -> None:
    if row.shortcut:
        face = font(smaller(2))
        wide = min(QFontMetrics(face).horizontalAdvance(row.shortcut), line.width() // 2)
        place = QRect(line.right() - wide, line.top(), wide + 1, line.height())
        paint_text(painter, place, row.shortcut, face, color_of("accent"))
        line.setRight(place.left() - 10)
    paint_text(painter, line, row.title, font(smaller(1), strong=True), color_of("text"))


MOST_CHIPS = 8
"""Number of categories that get a chip, most frequent first; the search finds all."""


class TemplateView(RecordView[Template]):
    """List of templates: Ctrl+Shift+N copies, Up in the first row goes to the search.

    `search` begins one, `show_all` ends one that hides a wanted row.

    Signals:
        copy_asked: the template to copy.
    """

    copy_asked = Signal(object)

    def __init__(
        self, templates: TemplateModel, search: Callable[[], None], show_all: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(templates, TemplateDelegate(), tr("Templates"), parent)
        self._search, self._show_all = search, show_all
        self.menu.addAction(tr("Make a copy"), self._copy)
        self.menu.addAction(tr("Delete"), self._delete)

    def reveal(self, record_id: int) -> None:
        """Show a template's row, clearing the search if it would hide it."""
        if self.records.row_of(record_id) < 0:
            self._show_all()
        self.show_current(record_id)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_pressed(event, "Ctrl+Shift+N"):
            self._copy()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self._search()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        if self.current() is not None:
            self.copy_asked.emit(self.current())


class CategoryChips(QWidget):
    """Chips to filter by category, one each; pressing one again shows all.

    `narrow` gets the category, empty for all.
    """

    def __init__(self, narrow: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._narrow = narrow
        self.chips: list[Chip] = []
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
        if wanted == [chip.text() for chip in self.chips]:
            return
        discard(*self.chips)
        self.chips = [self._chip(category) for category in wanted]
        self._row.set_widgets(self.chips)
        self.setVisible(bool(wanted))
        self.updateGeometry()

    def _chip(self, category: str) -> Chip:
        chip = Chip(category, parent=self)
        chip.setChecked(category == self._chosen)
        chip.setAccessibleName(tr("Category {name}", name=category))
        chip.clicked.connect(partial(self._clicked, chip))
        chip.show()
        return chip

    def _clicked(self, chip: Chip) -> None:
        self._choose(chip.text() if chip.isChecked() else "")

    def _choose(self, category: str) -> None:
        self._chosen = category
        for chip in self.chips:
            chip.setChecked(chip.text() == category)
        self._narrow(category)


class TemplateList(Frame):
    """Header, search, category chips, rows, and a text where nothing matches."""

    def __init__(self, templates: TemplateModel, parent: QWidget | None = None) -> None:
        super().__init__("list-side", parent)
        self._templates = templates
        self.sought = SearchField(tr("Search templates"), parent=self)
        self.view = TemplateView(templates, self.sought.setFocus, self._show_all, self)
        self.chips = CategoryChips(templates.choose_category, self)
        self.new = Button(tr("New template"), icon="plus", parent=self)
        self.none = PlainLabel(tr("No template fits."), role="secondary", wrap=True, parent=self)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sought.textChanged.connect(templates.seek)
        self.sought.left.connect(self.sought.clear)
        self.sought.entered.connect(self._to_rows)
        self.sought.went_down.connect(self._to_rows)
        for changed in (templates.modelReset, templates.dataChanged):
            changed.connect(self._show_rows)
        self._lay_out()

    def _lay_out(self) -> None:
        head = list_header(self, tr("Templates"), None, self.new)
        self._search = Frame("header", self)
        vbox(self.sought, self.chips, spacing=8, margins=(12, 10, 12, 10), within=self._search)
        self._search.hide()
        self._rows = QStackedLayout()
        self._rows.addWidget(self.view)
        self._rows.addWidget(self.none)
        vbox(head, self._search, (self._rows, 1), spacing=0, within=self)

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
