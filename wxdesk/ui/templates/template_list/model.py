"""List model of all templates, or of those that match the search."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from operator import attrgetter

from PySide6.QtCore import QObject, Qt

from wxdesk.core.templates import Template, search_templates
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_model import AnyIndex, RecordModel
from wxdesk.ui.templates.text import facts_text, row_text, shortcut_text


class Role(IntEnum):
    """Data of a row besides its title (Qt's DisplayRole)."""

    SHORTCUT = Qt.ItemDataRole.UserRole + 1
    TEXT = Qt.ItemDataRole.UserRole + 2
    FACTS = Qt.ItemDataRole.UserRole + 3
    UNSAVED = Qt.ItemDataRole.UserRole + 4


class TemplateModel(RecordModel[Template]):
    """Model of templates by title or relevance, limited to a category and a search."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        one_line: Callable[[Template], str] = attrgetter("summary"),
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._one_line = one_line
        self._all: tuple[Template, ...] = ()
        self._sought = ""
        self._category = ""

    @property
    def templates(self) -> tuple[Template, ...]:
        """All templates."""
        return self._all

    @property
    def narrowed(self) -> bool:
        """True if some templates may be hidden."""
        return bool(self._sought.strip() or self._category)

    def categories(self) -> list[str]:
        """Return the categories in use, the most frequent first."""
        counted = Counter(template.category for template in self._all if template.category)
        return sorted(counted, key=lambda category: (-counted[category], category))

    def show(self, templates: Sequence[Template]) -> None:
        """Replace all templates."""
        self._all = tuple(templates)
        self._narrow()

    def seek(self, sought: str) -> None:
        """Show the templates that match `sought`; all if it is empty."""
        self._sought = sought
        self._narrow()

    def choose_category(self, category: str) -> None:
        """Show one category; all if it is empty."""
        self._category = category
        self._narrow()

    # -- what Qt asks

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        template = self.record_at(index)
        if template is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return template.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(template)
            case Role.SHORTCUT:
                return shortcut_text(template.shortcut)
            case Role.TEXT:
                return row_text(template, self._one_line(template))
            case Role.FACTS:
                return facts_text(template, self._clock())
            case Role.UNSAVED:
                return template.id == self._unsaved
        return None

    def _spoken(self, template: Template) -> str:
        unsaved = tr("Not saved") if template.id == self._unsaved else ""
        parts = (
            template.title,
            shortcut_text(template.shortcut),
            unsaved,
            row_text(template, self._one_line(template)),
        )
        return ", ".join(part for part in (*parts, facts_text(template, self._clock())) if part)

    def _narrow(self) -> None:
        fitting = [one for one in self._all if not self._category or one.category == self._category]
        shown = search_templates(fitting, self._sought) if self._sought.strip() else fitting
        self._show_rows(shown)
