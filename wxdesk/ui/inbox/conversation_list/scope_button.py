"""Button that switches the list to open, snoozed, resolved or all conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import EVERYTHING, Author, Narrowing, SavedView
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.dialogs.legend import Legend
from wxdesk.ui.wording.figures import OF_A_TEAM, figure_texts

SCOPES = (InboxFilter.ALL, InboxFilter.SNOOZED, InboxFilter.RESOLVED, InboxFilter.ANY_STATUS)


def scope_name(part: InboxFilter) -> str:
    """Return the name of a scope of the list."""
    match part:
        case InboxFilter.SNOOZED:
            return tr("Snoozed")
        case InboxFilter.RESOLVED:
            return tr("Resolved")
        case InboxFilter.ANY_STATUS:
            return tr("All conversations")
        case _:
            return tr("Open conversations")


@dataclass(frozen=True, slots=True)
class Choices:
    """Values to which the list can be narrowed."""

    accounts: tuple[str, ...] = ()
    tags: Sequence[str] = ()
    pages: Sequence[str] = ()
    views: tuple[SavedView, ...] = ()


def narrowing_text(to: Narrowing) -> str:
    """Return what a list is narrowed to, in words."""
    days = tr("Last {n} days", n=to.days) if to.days > 1 else tr("Last day") if to.days else ""
    words = (to.account, to.tag, author_name(to.author), to.page, days, tr("Blocked") if to.blocked else "")
    return " · ".join(filter(None, words))


def author_name(author: Author | None) -> str:
    """Return whose word was the last, in words."""
    named = {Author.CONTACT: tr("Customer"), Author.RULE: tr("Rule"), Author.OPERATOR: tr("You")}
    return "" if author is None else named[author]


class ScopeButton(SmallButton):
    """Opens the menu of scopes, narrowings and saved views.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
        narrowed: `narrowing` has changed.
        kept: the saved views as they are to be.
    """

    chosen = Signal(object)
    narrowed = Signal()
    kept = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("filter", tr("Show what is open, snoozed or resolved"), parent)
        self.part = InboxFilter.ALL
        self.snoozed = 0
        self.in_team = False
        self.narrowing = EVERYTHING
        self.filter = InboxFilter.ALL

    @property
    def words(self) -> str:
        """The narrowing in words; empty for none."""
        return narrowing_text(self.narrowing)

    def widen(self) -> None:
        """Narrow the list no more."""
        self.narrow(EVERYTHING)

    def narrow(self, to: Narrowing) -> None:
        """Narrow the list to this."""
        self.narrowing = to
        self.narrowed.emit()

    def open_menu(self, choices: Choices) -> None:
        """Let the operator choose a scope, a narrowing or a saved view."""
        menu = QMenu(self)
        menu.setAccessibleName(self.accessibleName())
        group = QActionGroup(menu)
        for part in SCOPES:
            word = scope_name(part)
            action = menu.addAction(f"{word} ({self.snoozed})" if part is InboxFilter.SNOOZED else word)
            action.setCheckable(True)
            action.setChecked(part is self.part)
            action.setData(part.value)
            group.addAction(action)
        menu.addSeparator()
        self._add_narrowings(menu, choices)
        menu.addSeparator()
        self._add_views(menu, choices.views)
        menu.addSeparator()
        menu.addAction(tr("What the figures mean…")).triggered.connect(self._explain)
        group.triggered.connect(self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(self.width() - menu.sizeHint().width(), self.height() + 4)))

    def _add_narrowings(self, menu: QMenu, choices: Choices) -> None:
        now = self.narrowing
        for title, field, values in (
            (tr("Mini program"), "account", choices.accounts if len(choices.accounts) > 1 else ()),
            (tr("Tag"), "tag", choices.tags),
            (tr("Came from"), "page", choices.pages),
            (tr("Last word"), "author", tuple(Author)),
            (tr("Time"), "days", (1, 7, 30)),
            ("", "blocked", (True,)),
        ):
            under = menu.addMenu(title) if title and values else menu
            for value in values:
                alone: dict[str, Any] = {field: value}
                action = under.addAction(narrowing_text(replace(EVERYTHING, **alone)).replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(getattr(now, field) == value)
                if action.isChecked():
                    alone = {field: getattr(EVERYTHING, field)}
                action.triggered.connect(partial(self.narrow, replace(now, **alone)))

    def _add_views(self, menu: QMenu, views: tuple[SavedView, ...]) -> None:
        for view in views:
            menu.addAction(view.name.replace("&", "&&")).triggered.connect(partial(self._show_view, view))
        figures = {figure.value: words[0] for figure, words in figure_texts().items()}
        shown = "" if self.filter is InboxFilter.ALL else figures.get(self.filter.value) or scope_name(self.filter)
        name = " · ".join(filter(None, (shown, self.words)))
        here = SavedView(name, self.filter.value, self.narrowing)
        if any((view.chosen, view.narrowing) == (here.chosen, here.narrowing) for view in views):
            others = tuple(view for view in views if (view.chosen, view.narrowing) != (here.chosen, here.narrowing))
            menu.addAction(tr("Forget this view")).triggered.connect(partial(self.kept.emit, others))
        elif name:
            menu.addAction(tr("Keep this view")).triggered.connect(partial(self.kept.emit, (*views, here)))

    def _show_view(self, view: SavedView) -> None:
        self.chosen.emit(InboxFilter(view.chosen))
        self.narrow(view.narrowing)

    def _explain(self) -> None:
        texts = figure_texts().items()
        shown = [text for figure, text in texts if self.in_team or figure not in OF_A_TEAM]
        Legend(tr("What the figures mean"), shown, self).open()

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(InboxFilter(action.data()))
