"""Everything with which the operator writes in the chat, put together and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import Event, EverythingChanged, TemplatesChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import WAITS, Draft, Reply, ReplyKind, UnsentContent
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.drafts import Drafts
from wxdesk.ui.inbox.composer.edit_lock import EditLock
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.composer.sending import ReplySending
from wxdesk.ui.inbox.composer.templates.insertion import TemplateInsertion
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

GATHER_MS = 300
"""Milliseconds of writing that are stored together."""


class DraftKeeping(QObject):
    """Stores the difference between what is begun and what was stored before."""

    def __init__(self, drafts: Drafts, bridge: WindowBridge) -> None:
        super().__init__(drafts)
        self._drafts = drafts
        self._bridge = bridge
        self._me = bridge.desk.me
        self._stored: dict[int, tuple[UnsentContent, ...]] | None = None  # until it was read
        self._asked: dict[int, tuple[UnsentContent, ...]] = {}
        self._storing = Refresher(bridge, self._difference, self._mark_stored, self, gather_ms=GATHER_MS)
        self.store = self._storing.ask
        drafts.changed.connect(self._storing.ask_soon)
        bridge.events.connect(self._on_events)
        self._read()

    def finish(self) -> None:
        """Store what is begun now, before the window closes."""
        work = self._difference()
        if work is not None:
            self._bridge.ask(work)

    def _read(self) -> None:
        self._bridge.ask(self._bridge.desk.drafts.stored(self._me), self._bring_back, once="drafts")

    def _bring_back(self, drafts: Sequence[tuple[int, Draft]]) -> None:
        self._stored = _gathered(drafts)
        self._drafts.restore(drafts)
        self.store()

    def _on_events(self, events: Sequence[Event]) -> None:
        if self._me != self._bridge.desk.me:
            self._begin_anew()
        elif any(isinstance(event, EverythingChanged) for event in events):  # the store may answer again
            if self._stored is None:
                self._read()
            self.store()

    def _begin_anew(self) -> None:
        """Show the drafts of another operator, who has just signed in here."""
        self._me, self._stored = self._bridge.desk.me, None
        here = self._drafts.conversation_id
        self._drafts.open(0)  # a picture that a panel is reading does not stay either
        self._drafts.forget()
        self._drafts.open(here)
        self._read()

    def _difference(self) -> Coroutine[Any, Any, None] | None:
        if self._stored is None:
            return None
        begun, stored = _gathered(self._drafts.unsent), self._stored
        changed = {one for one in begun.keys() | stored.keys() if begun.get(one) != stored.get(one)}
        self._asked = {one: begun.get(one, ()) for one in changed}
        return self._bridge.desk.drafts.keep(self._asked) if changed else None

    def _mark_stored(self, _: None) -> None:
        known = (self._stored or {}) | self._asked
        self._stored = {one: drafts for one, drafts in known.items() if drafts}


def _gathered(drafts: Sequence[tuple[int, Draft]]) -> dict[int, tuple[UnsentContent, ...]]:
    found: defaultdict[int, tuple[UnsentContent, ...]] = defaultdict(tuple)
    for conversation_id, draft in drafts:
        found[conversation_id] += (draft.stored,)
    return dict(found)


class TypingNotice(QObject):
    """Watches the text field, what is open above it, and the change of conversations.

    The desk decides how often WeChat is told, and if at all. Work in a panel is not shown to the contact as
    typing, but held replies wait for it as well.
    """

    def __init__(self, edit: MessageEdit, panels: PanelControl, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(edit)
        self._edit = edit
        self._panels = panels
        self._bridge = bridge
        self._session = session
        self._typing_in: int | None = None
        edit.typed.connect(self._typed)
        edit.emptied.connect(self._stop)
        session.turned.connect(self._stop)
        self._closing = Debounce(self.go_on_or_stop, self, 0)  # what was chosen stands in the text a moment later
        panels.worked.connect(self._prepare)
        panels.closed.connect(self._closing.start)

    def _typed(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.show(self._typing_in))
            self._tell(self._bridge.desk.colleagues.type_in(self._typing_in))

    def _tell(self, work: Coroutine[Any, Any, object]) -> None:
        self._bridge.ask(work, failed=self._bridge.outdated.emit)

    def _prepare(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.prepare(self._typing_in))

    def go_on_or_stop(self) -> None:
        """After something was sent or closed, stop unless there is text."""
        if self._typing_in is None or self._panels.is_open:
            return
        if self._edit.toPlainText():
            self._prepare()
        else:
            self._stop()

    def _stop(self) -> None:
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.stop(self._typing_in))
            self._tell(self._bridge.desk.colleagues.type_in(0))
        self._typing_in = None


class ReplyWriting(QObject):
    """The composer with its panels and templates over `host`, connected with the desk."""

    def __init__(self, host: QWidget, album: Album, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._session = session
        self.composer = Composer()
        self.composer.entry_of = lambda reply: session.model.entry(f"r{reply.id}")
        self.composer.accounts = bridge.desk.accounts
        self.composer.guarded = lambda: bridge.desk.preferences.now.guarded_words
        self.drafts = self.composer.drafts
        self.lock = EditLock(self.drafts, bridge, session)
        self.panels = PanelControl(host, self.composer, album, bridge, session)
        self.templates = TemplateInsertion(host, self.composer, self.panels, bridge, session)
        bridge.follow(self.templates, self.templates.renew, TemplatesChanged)
        self.typing = TypingNotice(self.composer.edit, self.panels, bridge, session)
        self.sending = ReplySending(self.panels, self.composer, self.lock, bridge, session)
        self.keeping = DraftKeeping(self.drafts, bridge)
        self.sending.written.connect(self.keeping.store)
        self.sending.taken.connect(self.typing.go_on_or_stop)  # else held replies would wait for a minute

    def turn(self) -> None:
        """Go to the open conversation; close panels, so that nothing is sent to another."""
        self.panels.close()
        self.composer.switch_to(self._session.conversation_id or 0)

    def quote(self, text: str) -> None:
        """Quote words of the chat on a line of the reply, as text: WeChat knows no quotes."""
        edit = self.composer.edit
        lone = edit.textCursor().atBlockStart()
        edit.insert(f"{'' if lone else '\n'}「{text.strip()}」\n")

    def save_unfinished(self) -> None:
        """Store drafts, and unlock the replies that are edited and unchanged."""
        self.composer.edit.take_composed()
        self.keeping.finish()
        self.lock.unlock_all()

    def refresh(self, conversation: Conversation, now: datetime) -> None:
        """Show what can be written as the conversation and its replies are now."""
        self.tick(conversation, now)
        self.lock.follow()

    def tick(self, conversation: Conversation, now: datetime) -> None:
        """Update quota and reply window to `now`."""
        self.composer.open(conversation, now)
        self.panels.refresh()

    def edit(self, reply: Reply) -> None:
        """Edit a reply; lock a pending one first, so that it cannot leave or be replaced."""
        if reply.state in WAITS and reply.id not in self.drafts.edited:
            self.lock.lock_for_edit(reply, self.start_editing)
        else:
            self.start_editing(reply)

    def start_editing(self, reply: Reply) -> None:
        """Edit a locked or ended reply; unlock it if another conversation is open by now."""
        in_text = reply.content.kind is ReplyKind.TEXT
        elsewhere = reply.conversation_id != self._session.conversation_id
        if elsewhere or (self._session.row is None and not in_text):  # no panel opens before its row is known
            self.lock.unlock(reply.id, False)
            return
        if self._session.row is not None:  # the conversation may have been opened for this only now
            self.refresh(self._session.row.conversation, self._bridge.desk.clock())
        if in_text:
            self.composer.start_editing(reply)
        else:
            self.panels.change(reply)
