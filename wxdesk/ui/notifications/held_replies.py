"""Desktop notices of replies that leave while nobody looks at the window."""

from collections import defaultdict
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject

from wxdesk.core.events import PresenceChanged
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.ui.notifications.commands import NoticeCommands
from wxdesk.ui.notifications.notice import DesktopNotice, Notifier, held_notice_of, of_account, preferences_at_this_hour
from wxdesk.ui.presence.presence import is_watching
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.wording.hold_reasons import hold_reason_of_held
from wxdesk.ui.wording.reply_status import HoldReason

MOST_HELD = 3
"""Notices of held replies at any time; nobody reads more."""

_LEFT = frozenset({QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate, QEvent.Type.Hide})


class HeldReplyNotices(QObject):
    """Shows one notice for each answer, and withdraws it when it is settled or seen.

    It is shown again when the answer has changed: its time, its text or its parts.
    """

    def __init__(
        self, bridge: Bridge, window: MainWindow, notifier: Notifier, answers: NoticeCommands, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window
        self._notifier = notifier
        self._answers = answers
        self._feed = window.inbox.held.replies
        self._hold_reasons = window.inbox.session.hold_reasons
        self._notices: dict[int, DesktopNotice] = {}
        self._shown: set[int] = set()
        self._feed.read.connect(self._follow)
        self._hold_reasons.changed.connect(self._follow)
        self._soon = Debounce(self._follow, self, 0)  # between two windows of the program nobody has left
        window.stack.currentChanged.connect(self._soon.gather)
        window.installEventFilter(self)
        bridge.follow(self, self._soon.start, PresenceChanged)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _LEFT:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        """Withdraw outdated notices, then show the soonest new ones.

        Outdated: settled, changed or in sight. Answers that came while the operator looked are shown after leaving.
        """
        wanted = self._wanted()
        for answer, notice in tuple(self._notices.items()):
            if wanted.get(answer) != notice:
                self._withdraw(answer)
                del self._notices[answer]
        if is_watching(self._bridge.desk.presence):
            if self._window.inbox.isVisible():  # its strip has them all
                for answer in tuple(self._shown):
                    self._withdraw(answer)
        elif preferences_at_this_hour(self._bridge.desk).notifications:
            self._show_wanted(wanted)

    def _show_wanted(self, wanted: Mapping[int, DesktopNotice]) -> None:
        for answer, notice in wanted.items():
            if len(self._shown) < MOST_HELD and answer not in self._notices:
                self._notices[answer] = notice
                self._shown.add(answer)
                self._notifier.show(notice, self._answers.give)

    def _withdraw(self, answer: int) -> None:
        if answer in self._shown:
            self._shown.discard(answer)
            self._notifier.withdraw(self._notices[answer].key)

    def _wanted(self) -> dict[int, DesktopNotice]:
        """Return the notices to show, soonest first, by the first part of each answer."""
        with_text = preferences_at_this_hour(self._bridge.desk).notifications_show_text
        answers = defaultdict[int, dict[HoldReason, list[HeldReply]]](dict)
        for held in self._feed.held:
            if held.reply.due_at is not None:
                hold_reason = hold_reason_of_held(held, self._hold_reasons.of)
                answers[held.reply.part_of or held.reply.id].setdefault(hold_reason, []).append(held)
        found = {}
        for answer, alike in answers.items():
            hold_reason, parts = next(iter(alike.items()))  # what is due later may be handed over instead
            notice = held_notice_of(parts, hold_reason, with_text=with_text)
            if notice is not None:
                found[answer] = of_account(notice, parts[0].contact, self._bridge.desk.accounts)
        return found
