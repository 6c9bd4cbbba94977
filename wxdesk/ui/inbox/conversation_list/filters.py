"""Filters of the list: their chips, and the menu of scopes, narrowings and views."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QMenu, QWidget

from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.core.model.conversation import EVERYTHING, Author, Narrowing, SavedView
from wxdesk.i18n import account_title, tr
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, Legend
from wxdesk.ui.widgets.labels import literal
from wxdesk.ui.widgets.menu_button import PassingMenu, add_choice, open_beside
from wxdesk.ui.wording.figures import Figure, figure_texts, legend_texts

SCOPES = {
    InboxFilter.ALL: "Open conversations",
    InboxFilter.SNOOZED: "Snoozed",
    InboxFilter.RESOLVED: "Resolved",
    InboxFilter.ANY_STATUS: "All conversations",
}
"""Names of the scopes of the list."""


def scope_name(scope: InboxFilter) -> str:
    """Return the name of a scope of the list; other filters are of what is open."""
    return tr(SCOPES.get(scope, SCOPES[InboxFilter.ALL]))


def narrowing_text(to: Narrowing) -> str:
    """Return what a list is narrowed to, in words."""
    days = tr("Last {n} days", n=to.days) if to.days > 1 else tr("Last day") if to.days else ""
    authors = {Author.CONTACT: tr("Customer"), Author.RULE: tr("Rule"), Author.OPERATOR: tr("You")}
    author = authors[to.author] if to.author is not None else ""
    words = (account_title(to.account), to.tag, author, to.page, days, tr("Blocked") if to.blocked else "")
    return " · ".join(filter(None, words))


def read_view(text: str) -> SavedView:
    """Read what a list showed as the window keeps it; all, if it keeps nothing."""
    with suppress(msgspec.MsgspecError, ValueError):
        view = msgspec.json.decode(text, type=SavedView)
        return replace(view, chosen=InboxFilter(view.chosen))
    return SavedView("", InboxFilter.ALL, EVERYTHING)


class ScopeButton(SmallButton):
    """Opens the menu of filters, narrowings and saved views; `chips` take a filter.

    Signals:
        narrowed: `narrowing` has changed.
        kept: the saved views as they are to be.
    """

    narrowed = Signal()
    kept = Signal(object)

    def __init__(self, chips: "FilterChips", parent: QWidget) -> None:
        super().__init__("filter", tr("Show what is open, snoozed or resolved"), parent)
        self._chips = chips
        self.narrowing = EVERYTHING

    @property
    def view(self) -> SavedView:
        """The filter and narrowing of the list, without a name."""
        return SavedView("", self._chips.filter.value, self.narrowing)

    @property
    def words(self) -> str:
        """The narrowing in words; empty for none."""
        return narrowing_text(self.narrowing)

    def narrow(self, to: Narrowing) -> None:
        """Narrow the list to this; to `EVERYTHING`: no more."""
        self.narrowing = to
        self.narrowed.emit()

    def open_menu(
        self, accounts: Sequence[str], tags: Sequence[str], pages: Sequence[str], views: tuple[SavedView, ...]
    ) -> None:
        """Let the operator choose a scope, a narrowing or a saved view."""
        menu = PassingMenu(self, self.accessibleName())
        chips = self._chips
        chosen = chips.filter if chips.filter in SCOPES else InboxFilter.ALL
        for scope in SCOPES:
            figure = f" {chips.counts.snoozed}" if scope is InboxFilter.SNOOZED and chips.counts.snoozed else ""
            menu.choice(f"{scope_name(scope)}{figure}", partial(chips.choose, scope), scope is chosen)
        menu.addSeparator()
        for one in chips.left_out:
            menu.addAction(literal(figure_texts()[Figure(one.value)][0]), partial(chips.choose, one))
        self._add_narrowings(menu, accounts, tags, pages)
        menu.addSeparator()
        self._add_views(menu, views)
        menu.addSeparator()
        menu.addAction(tr("What the figures mean…"), self._explain)
        open_beside(menu, self, at_right=True)

    def _add_narrowings(self, menu: QMenu, accounts: Sequence[str], tags: Sequence[str], pages: Sequence[str]) -> None:
        now = self.narrowing
        for title, field, values in (
            (tr("Mini program"), "account", accounts if len(accounts) > 1 else ()),
            (tr("Tag"), "tag", tags),
            (tr("Came from"), "page", pages),
            (tr("Last word"), "author", tuple(Author)),
            (tr("Time"), "days", (1, 7, 30)),
            ("", "blocked", (True,)),
        ):
            under = menu.addMenu(title) if title and values else menu
            for value in values:
                alone: dict[str, Any] = {field: value}
                words, marked = narrowing_text(replace(EVERYTHING, **alone)), getattr(now, field) == value
                if marked:
                    alone = {field: getattr(EVERYTHING, field)}
                add_choice(under, words, partial(self.narrow, replace(now, **alone)), marked)

    def _add_views(self, menu: QMenu, views: tuple[SavedView, ...]) -> None:
        figures = {figure.value: words[0] for figure, words in figure_texts().items()}
        chosen = self._chips.filter
        shown = "" if chosen is InboxFilter.ALL else figures.get(chosen.value) or scope_name(chosen)
        name = " · ".join(filter(None, (shown, self.words)))
        here = replace(self.view, name=name)
        same = [view for view in views if (view.chosen, view.narrowing) == (here.chosen, here.narrowing)]
        for view in views:
            add_choice(menu, view.name, partial(self.show_view, view), view in same)
        menu.addSeparator()
        if same:
            at, others = views.index(same[0]), tuple(view for view in views if view not in same)
            up, down = tr("Move this view up"), tr("Move this view down")
            for place, words in {0: tr("Move this view to the top"), at - 1: up, at + 1: down}.items():
                if place != at and 0 <= place <= len(others):
                    moved = (*others[:place], same[0], *others[place:])
                    menu.addAction(words, partial(self.kept.emit, moved))
            menu.addAction(tr("Rename this view…"), partial(self._name, views, same[0]))
            menu.addAction(tr("Forget this view"), partial(self.kept.emit, others))
        elif name:
            menu.addAction(tr("Keep this view…"), partial(self._name, (*views, here), here))

    def _name(self, views: tuple[SavedView, ...], view: SavedView) -> None:
        """Ask for a view's name, and keep it in its place among `views`."""
        field = QLineEdit(view.name, maxLength=60)
        field.setAccessibleName(tr("Name of the view"))
        field.selectAll()

        def keep() -> None:
            named = replace(view, name=field.text().strip() or view.name)
            self.kept.emit(tuple(named if one == view else one for one in views))

        ConfirmDialog(self.window(), tr("Name of the view"), "", tr("Save"), field=field).ask(keep)

    def show_view(self, view: SavedView) -> None:
        """Let the list show this."""
        self._chips.choose(InboxFilter(view.chosen))
        self.narrow(view.narrowing)

    def _explain(self) -> None:
        Legend(tr("What the figures mean"), legend_texts(in_team=self._chips.in_team), self).open()


MOST = 99
"""Highest count shown on a chip; tooltip and accessible name have the true one."""

_GAP, _SNUG_GAP = 6, 4


class _FilterChip(Chip):
    """Chip of a group of which none may be chosen."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep Tab and arrows able to reach the others; Qt would let neither."""
        super().focusInEvent(event)
        for chip in self.group().buttons():
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class FilterChips(QWidget):
    """Chips for waiting, needs a human, unsent, failed and unread, on one line.

    Needs a human, unsent and failed show counts, and failed itself only while something has. While resolved or
    snoozed conversations are shown, the chip `scope` replaces them and leads back. In a team, mine and nobody's stand
    below. `filter` is the chosen one, and `left_out` has those that the line has no room for.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Filter"))
        self.by_filter: dict[InboxFilter, Chip] = {}
        group = QButtonGroup(self, exclusive=False)  # none may be chosen either
        self.counts, self._counted = InboxCounts(), True
        self.filter = InboxFilter.ALL
        self.left_out: list[InboxFilter] = []
        self.in_team = False
        self._row = row = hbox(spacing=_GAP)
        below = hbox(spacing=_GAP)
        for chosen in _CHIPS:
            chip = _FilterChip(exclusive=True)
            group.addButton(chip)
            chip.clicked.connect(partial(self._clicked, chosen))
            (below if chosen in _BELOW else row).addWidget(chip)
            self.by_filter[chosen] = chip
        self.scope = Chip()
        self.scope.setToolTip(tr("Back to what is open"))
        self.scope.clicked.connect(partial(self.choose, InboxFilter.ALL))
        self.scope.hide()
        row.addWidget(self.scope)
        row.addStretch(1)
        below.addStretch(1)
        vbox(row, below, within=self, spacing=_GAP)
        self.show_counts(InboxCounts())

    def choose(self, chosen: InboxFilter) -> None:
        """Choose a filter as pressing its chip would."""
        self.filter = chosen
        for one, chip in self.by_filter.items():
            chip.setChecked(one is chosen)
        aside = chosen in SCOPES and chosen is not InboxFilter.ALL
        self.scope.setText(f"{scope_name(chosen)} ✕")
        self.scope.setAccessibleName(scope_name(chosen))
        self.scope.setChecked(aside)
        self.scope.setVisible(aside)
        self._show_chips()
        self.chosen.emit(chosen)

    def show_figures(self, counted: bool) -> None:
        """Show figures only if `counted`: those of all would be wrong for some."""
        self._counted = counted
        self.show_counts(self.counts)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show these counts."""
        self.counts = counts
        texts = figure_texts()
        for chosen, chip in self.by_filter.items():
            (name, meaning), counted = texts[Figure(chosen.value)], self._counted and chosen not in _UNCOUNTED
            figure = getattr(counts, chosen.value) if counted else 0
            shown = f"{MOST}+" if figure > MOST else str(figure)
            chip.setText(f"{name} {shown}" if figure else name)
            chip.setAccessibleName(f"{name} {figure}" if figure else name)
            chip.setToolTip(f"{figure}: {meaning}" if figure > MOST else meaning)
        self._show_chips()

    def _show_chips(self) -> None:
        for chosen, chip in self.by_filter.items():
            needed = chosen is not InboxFilter.FAILED or self.counts.failed > 0 or chip.isChecked()
            needed = needed and (self.in_team or chosen not in _BELOW)
            chip.setVisible(needed and self.scope.isHidden())
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_chips()

    def _make_room(self) -> None:
        chips = [chip for chosen, chip in self.by_filter.items() if chosen not in _BELOW and not chip.isHidden()]
        snug = _width(chips, snug=False) > self.width()
        least = (InboxFilter.UNREAD, InboxFilter.PENDING)  # the rail tells how many are unread, the menu offers both
        self.left_out = []
        for chosen in least if self.counts.pending else least[::-1]:
            chip = self.by_filter[chosen]
            if _width(chips, snug=True) > self.width() and chip in chips and not chip.isChecked():
                chip.hide()
                chips.remove(chip)
                self.left_out.append(chosen)
        self._row.setSpacing(_SNUG_GAP if snug else _GAP)
        for chip in chips:
            chip.set_snug(snug)

    def _clicked(self, chosen: InboxFilter) -> None:
        self.choose(chosen if self.by_filter[chosen].isChecked() else InboxFilter.ALL)


def _width(chips: Sequence[Chip], *, snug: bool) -> int:
    gaps = (_SNUG_GAP if snug else _GAP) * (len(chips) - 1)
    return sum(chip.width_for(snug=snug) for chip in chips) + gaps


_CHIPS = (
    InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN, InboxFilter.PENDING, InboxFilter.FAILED, InboxFilter.UNREAD,
    InboxFilter.MINE, InboxFilter.NOBODYS,
)  # fmt: skip
"""Filters that have a chip, in their order; the figure of each has its name."""

_UNCOUNTED = frozenset({InboxFilter.WAITING, InboxFilter.UNREAD})  # status bar and rail show these figures
_BELOW = frozenset({InboxFilter.MINE, InboxFilter.NOBODYS})
