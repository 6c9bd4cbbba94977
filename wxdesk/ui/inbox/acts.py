"""Acts on conversations: their menus, and changes with one undo."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from wxdesk.core.conversations.changes import SETTING_ASIDE, RowAct, RowChange, RowsChanged
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.desk.desk import Desk
from wxdesk.i18n import ntr, tr
from wxdesk.timezones import zone_named
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.lists import RowsView
from wxdesk.ui.widgets.buttons import Menu
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.moment import ask_moment
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import literal, plain_tip
from wxdesk.ui.widgets.menu_button import PassingMenu, add_choice
from wxdesk.ui.wording.hold_reasons import colleagues_among
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.status import EndChoice, HoursBoundary, changed_text, snooze_choices
from wxdesk.ui.wording.times import clock_time


def offer[T](menu: QMenu, ends: Iterable[EndChoice[T]], then: Callable[[T], None]) -> None:
    """Add an entry for each end time; its tooltip says why it cannot be chosen."""
    menu.setToolTipsVisible(True)
    for end in ends:
        action = menu.addAction(literal(end.text))
        action.setEnabled(end.end is not None)
        if end.end is not None:
            action.triggered.connect(partial(then, end.end))
        action.setToolTip(plain_tip(end.tip or end.text))
        action.setCheckable(end.chosen)
        action.setChecked(end.chosen)


def next_hours_change(
    desk: Desk, conversation: Conversation | None, of: Callable[[Schedule], datetime | None]
) -> HoursBoundary:
    """Return the next opening or closing, by `of`, or why there is none.

    It is of the preferred calendar, else of the first; without a time zone, in that of the conversation's account.
    """
    schedules = desk.rules.rulebook.calendars.schedules
    schedule = schedules.get(desk.preferences.now.calendar) or next(iter(schedules.values()), None)
    if schedule is None:
        return HoursBoundary(problem=tr("There are no business hours yet. They are set on the page of rules."))
    account = desk.accounts.get(conversation.account) if conversation is not None else None
    schedule = schedule.in_zone(zone_named(account.timezone) if account is not None else None)
    at, never = of(schedule), tr("“{name}” does not open again.", name=schedule.name)
    if at is None:
        return HoursBoundary(problem=never)
    here, there = clock_time(at), f"{schedule.local(at):%H:%M}"
    return HoursBoundary(at, there=there if there != here else "")


type DoToRows = Callable[[Sequence[Conversation], RowChange], None]


class SnoozeMenu(Menu):
    """Snoozes `some` conversations, by `do`, until the chosen time.

    Its question for another time opens over the window of `under`, which outlives this menu.
    """

    def __init__(self, desk: Desk, some: Sequence[Conversation], do: DoToRows, parent: QWidget, under: QWidget) -> None:
        super().__init__(tr("Snooze"), parent)
        self._now, self._some, self._do = desk.clock(), tuple(some), do
        self.setAccessibleName(tr("Until when to snooze"))
        opening = next_hours_change(desk, some[0], lambda schedule: schedule.next_open(self._now))
        offer(self, snooze_choices(opening, self._now), self._snooze)
        ask = partial(ask_moment, under, self.accessibleName(), tr("Snooze"), self._now, self._snooze)
        self.addAction(tr("Until another time…"), ask)

    def _snooze(self, until: datetime) -> None:
        self._do(self._some, RowChange(RowAct.SNOOZE, until))


LONGEST_TAG = 24
"""Most characters of a tag."""

_MOST_TAGS = 12


class RowMenu(PassingMenu):
    """Offers what can be done with `some` conversations, and does it by `do`.

    `known` are the tags in use, the commonest first.
    """

    def __init__(
        self, desk: Desk, some: Sequence[Conversation], known: Sequence[str], do: DoToRows, parent: QWidget
    ) -> None:
        super().__init__(parent, tr("What to do with these conversations"))
        self._some, self._do, self._under = tuple(some), do, parent
        read = [one for one in some if not one.unread]
        self._offer(tr("Mark as unread"), RowAct.UNREAD, read)
        self._offer(tr("Mark as read"), RowAct.READ, len(read) < len(some))
        self._offer(tr("Pin on top"), RowAct.PIN, any(not one.pinned for one in some))
        self._offer(tr("Take from the top"), RowAct.UNPIN, any(one.pinned for one in some))
        self.addSeparator()
        statuses = {one.status for one in some}
        self._offer(tr("Resolve"), RowAct.RESOLVE, statuses - {ConversationStatus.RESOLVED})
        self._offer(tr("Reopen"), RowAct.REOPEN, statuses - {ConversationStatus.OPEN})
        self.addMenu(SnoozeMenu(desk, some, do, self, parent))
        self._add_tags(known)
        self.addSeparator()
        self._offer(tr("Block"), RowAct.BLOCK, any(not one.contact.blocked for one in some))
        self._offer(tr("Unblock"), RowAct.UNBLOCK, any(one.contact.blocked for one in some))
        if len(some) == 1:
            self._offer_copies(some[0])

    def _offer(self, text: str, act: RowAct, offered: object) -> None:
        if offered:
            self.addAction(text, partial(self._do, self._some, RowChange(act)))

    def _add_tags(self, known: Sequence[str]) -> None:
        menu = self.addMenu(tr("Tags"))
        for tag in known[:_MOST_TAGS]:
            everybody = all(tag in one.contact.tags for one in self._some)
            change = RowChange(RowAct.UNTAG if everybody else RowAct.TAG, tag=tag)
            add_choice(menu, tag, partial(self._do, self._some, change), everybody)
        menu.addAction(tr("New tag…")).triggered.connect(self._ask_tag)

    def _ask_tag(self) -> None:
        field = QLineEdit(maxLength=LONGEST_TAG)
        field.setAccessibleName(tr("New tag"))
        some, do = self._some, self._do

        def take() -> None:
            tag = " ".join(field.text().split())
            if tag:
                do(some, RowChange(RowAct.TAG, tag=tag))

        ConfirmDialog(self._under.window(), tr("New tag"), "", tr("Add the tag"), field=field).ask(take)

    def _offer_copies(self, one: Conversation) -> None:
        self.addSeparator()
        for text, value in ((tr("Copy the name"), one.contact.alias), (tr("Copy the openid"), one.contact.openid)):
            if value:
                self.addAction(text, partial(QGuiApplication.clipboard().setText, value))


class RowActs(QObject):
    """Asks the desk for a change of conversations, and tells of it.

    Signals:
        begun: a change is asked for; no rows need to stay chosen for it.
        done: the ids of conversations that were set aside, the open one among them; the page goes on to another.
        back_wanted: the id of that one, to be opened again after undo.
        unread: the open conversation was marked unread, and is not looked at any more.
    """

    begun = Signal()
    done = Signal(object)
    back_wanted = Signal(int)
    unread = Signal()

    def __init__(self, bridge: WindowBridge, session: ChatSession, edit: MessageEdit) -> None:
        super().__init__(edit)
        self._bridge = bridge
        self._session = session
        self._edit = edit
        self._turning: set[int] = set()  # resolved or opened again by one key; an event tells it before the answer

    def do(self, some: Sequence[Conversation], change: RowChange, *, meant: bool = False) -> None:
        """Change these conversations, unless an input method composes a reply.

        Nothing may come before its end. Before those of colleagues are set aside, it asks, unless that is `meant`.
        What is `meant` was asked for before the composing, maybe that for another customer.
        """
        if not some or (self._edit.composing and not meant):
            return
        owners = (one.claimed_by for one in some) if change.act in SETTING_ASIDE and not meant else ()
        whose, title = colleagues_among(owners, self._bridge.desk.me), tr("Set aside what colleagues have?")
        self._bridge.notices.warn(whose, title, tr("Do it all the same"), partial(self._change, tuple(some), change))

    def _change(self, some: Sequence[Conversation], change: RowChange) -> None:
        one_key = change.act in {RowAct.RESOLVE, RowAct.REOPEN}
        if one_key and not (some := [one for one in some if one.id not in self._turning]):
            return
        ids, turning = tuple(one.id for one in some), self._turning
        done, work = partial(self._changed, some, change, self._edit.toPlainText()), self._bridge.desk.conversations
        turning.update(ids if one_key else ())
        self._bridge.ask(work.change(ids, change), done, ended=partial(turning.difference_update, ids))
        self.begun.emit()

    def open_menu(self, rows: RowsView, some: Sequence[Conversation], tags: Sequence[str], at: QPoint) -> None:
        """Open the menu of these conversations over their `rows`; `tags` are those in use."""
        RowMenu(self._bridge.desk, some, tags, self.do, rows).popup(at)

    def _changed(self, some: Sequence[Conversation], change: RowChange, written: str, result: RowsChanged) -> None:
        reached = [one for one in some if one.id in result.ids]
        if not reached:
            return
        here = self._session.conversation_id
        gone = here if here in result.ids and here not in result.unsettled and change.act in SETTING_ASIDE else None
        many = ntr("{n} conversation", "{n} conversations", len(reached))
        name = name_of(reached[0].contact) if len(reached) == 1 else many
        words = changed_text(change, result, name, self._bridge.desk.clock())
        if words and change.undo is not None:
            self._bridge.notices.offer(words, tr("Undo"), partial(self._undo, result.ids, change.undo, gone))
        elif words:
            self._bridge.notices.toast(words)
        if change.act is RowAct.UNREAD and here in result.ids:
            self.unread.emit()
        if gone is not None and self._edit.toPlainText() == written and not self._edit.composing:
            self.done.emit(frozenset(result.ids).difference(result.unsettled))

    def _undo(self, ids: tuple[int, ...], undo: RowChange, back: int | None) -> None:
        self._bridge.ask(self._bridge.desk.conversations.change(ids, undo))
        if back is not None:
            self.back_wanted.emit(back)
