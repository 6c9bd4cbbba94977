"""Sends to the desk what is in hand, each draft once, and takes it back."""

from collections.abc import Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadContent, MoveNotAllowed
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind, ReplyState
from wxdesk.core.preferences import AfterSending, SendKey
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.edit_lock import EditLock, saving
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.widgets.dialogs.moment import ask_moment
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.menu_button import PassingMenu, open_beside
from wxdesk.ui.wording.status import later_choices


class ReplySending(QObject):
    """Removes drafts that the desk has stored, and puts undone ones back.

    Signals:
        stored: the desk has stored a new reply.
        stored_here: the same, of the open conversation.
        released: the operator let go this reply, perhaps with a change.
        resolve_wanted: the `Conversation` to be resolved, whose last reply is stored.
    """

    stored = Signal()
    stored_here = Signal()
    released = Signal(object)
    resolve_wanted = Signal(object)

    def __init__(
        self, panels: PanelControl, composer: Composer, lock: EditLock, bridge: WindowBridge, session: ChatSession
    ) -> None:
        super().__init__(composer)
        self._panels = panels
        self._composer = composer
        self._drafts = composer.drafts
        self._lock = lock
        self._bridge = bridge
        self._session = session
        self._last_content = Content()
        self._last_replies: Sequence[Reply] = ()
        composer.foot.more.clicked.connect(partial(self.open_menu, composer.foot.more))
        panels.menu_wanted.connect(self.open_menu)
        composer.sent.connect(self.send)
        panels.sent.connect(self.send)
        composer.edit.undo_wanted.connect(self.take_back_last)

    def send(self, draft: Draft, parts: int = 1, at: datetime | None = None, *, resolve: bool = False) -> None:
        """Let the desk send a draft of the open conversation; remove it once stored.

        parts: messages of a long text. at: a later time. resolve: resolve the conversation then, if it is open.
        An edit is stored in its reply, which leaves with it.
        """
        replies, here, content = self._bridge.desk.replies, self._drafts.conversation_id, draft.content
        if draft.editing is None and self._lock.is_locking(here):  # what was typed is meant for that one
            self._bridge.notices.toast(tr("Not sent: the reply that you want to change is not open yet."))
            return
        once: object = ("write", here, content.kind)  # or what was added to it would send it again
        work: Coroutine[Any, Any, Reply | list[Reply]]
        if draft.editing is not None:
            entry = self._session.model.record(f"r{draft.editing.id}")
            asking = entry is not None and entry.asking > 0  # the operator may be elsewhere when it is stored
            once, work = saving(draft.editing.id), _save_and_send(replies, draft.editing.id, content, asking)
        elif parts == 1:
            work = replies.write(here, content, at)
        else:
            work = replies.write_split(here, content.text, parts)
        done = partial(self._stored, here, draft, self._session.conversation if resolve else None)
        self._bridge.ask(work, done, partial(self._refused, here, draft), once=once)

    def _stored(
        self, conversation_id: int, draft: Draft, resolved: Conversation | None, answer: Reply | list[Reply]
    ) -> None:
        in_hand = self._drafts.remove(conversation_id, draft)
        kind = draft.content.kind
        if in_hand and self._panels.shown is not None and kind is self._drafts.kind and self._drafts.top(kind).blank:
            self._panels.close()  # else it shows the next one
        if draft.editing is not None:
            self.released.emit(answer)
            return
        self._last_content, self._last_replies = draft.content, answer if isinstance(answer, list) else [answer]
        self.stored.emit()
        here = conversation_id == self._session.conversation_id
        if resolved is not None:  # also if the operator has gone on meanwhile
            self.resolve_wanted.emit((self._session.conversation if here else None) or resolved)
        if here:
            self.stored_here.emit()

    def _refused(self, conversation_id: int, draft: Draft, error: Exception) -> None:
        if draft.editing is not None:
            self._session.retry()  # the change may be stored though it did not leave
            if draft.reply_id not in self._drafts.edited:
                self._lock.unlock(draft.editing.id, draft.changed)  # it was left while it was saved
        here = conversation_id == self._drafts.conversation_id
        if not (here and isinstance(error, BadContent) and self._panels.complain(draft, error)):
            self._bridge.failed.emit(error)

    # -- taking back

    def take_back_last(self) -> None:
        """Undo the last send in the open conversation, else undo in the text field."""
        reply = self._last()
        if reply is not None and self._composer.editing is None:
            self.take_back(reply)
        else:
            self._composer.edit.undo()

    def take_back(self, reply: Reply) -> None:
        """Undo the send of this reply and of all parts sent with it."""
        too_late = partial(self._bridge.notices.toast, tr("Too late to undo: it has already been sent."))
        work, once = self._bridge.desk.replies.undo(reply.id), ("undo", reply.id)
        self._bridge.ask(work, self._taken_back, expected=(MoveNotAllowed, too_late), once=once)

    def _last(self) -> Reply | None:
        """Return the newest reply that can be undone, also one not yet in the timeline."""
        found = [self._session.known.undoable()]
        for reply in self._last_replies[:1]:
            is_here = reply.conversation_id == self._session.conversation_id
            if is_here and can_be_undone(reply) and self._session.known.reply(f"r{reply.id}") is None:
                found.append(reply)
        return max((one for one in found if one is not None), key=lambda one: one.id, default=None)

    def _taken_back(self, replies: Sequence[Reply]) -> None:
        conversation_id, content = replies[0].conversation_id, self._content_of(replies)
        self._drafts.put_back(conversation_id, content)
        if conversation_id != self._session.conversation_id:
            self._bridge.notices.toast(tr("Taken back; it was not sent."))
        elif content.kind is not ReplyKind.TEXT:
            self._panels.offer_again(content)
        elif self._composer.editing is None:
            self._composer.edit.setFocus()

    def _content_of(self, replies: Sequence[Reply]) -> Content:
        """Return what was written, a text as it was before it was split for WeChat."""
        if len(replies) == 1:
            return replies[0].content
        if [reply.id for reply in replies] == [reply.id for reply in self._last_replies]:
            return self._last_content
        return Content(text="\n".join(reply.content.text for reply in replies))

    # -- later, or as the last word

    def open_menu(self, anchor: QWidget) -> None:
        """Open the menu of more ways to send over its button."""
        menu = PassingMenu(anchor, tr("More ways to send"))
        now, written, here = self._bridge.desk.clock(), self._written, self._session.conversation
        resolve = menu.addAction(tr("Send and resolve\tCtrl+Shift+Enter"), self.send_and_resolve)
        later = menu.addMenu(tr("Send later"))
        for entry in (resolve, later):
            entry.setEnabled(written is not None)
        for words, at in later_choices(now, None if here is None else here.window.until):
            later.addAction(words, partial(self.send_later, at, written))
        then = partial(self.send_later, written=written)
        ask = partial(ask_moment, anchor, tr("Send later"), tr("Send then"), now, then)
        later.addAction(tr("At another time…"), ask)
        menu.addSeparator()
        preferred = self._bridge.desk.preferences.now
        for value, words in (
            (AfterSending.STAY, tr("After sending, stay here")),
            (AfterSending.LONGEST, tr("After sending, go to who waits longest")),
            (AfterSending.UNREAD, tr("After sending, go to the next unread")),
        ):
            menu.choice(words, partial(self._prefer, after_sending=value), value is preferred.after_sending)
        menu.addSeparator()
        for key in SendKey:
            menu.choice(tr("{key} sends", key=key), partial(self._prefer, send_key=key), key is preferred.send_key)
        open_beside(menu, anchor, above=True, at_right=True)

    def send_and_resolve(self) -> None:
        """Send what is written, and resolve the conversation once that is stored."""
        if self._written is not None:
            self.send(Draft(self._written[1]), resolve=True)

    def send_later(self, at: datetime, written: tuple[int, Content] | None) -> None:
        """Let the desk send at a time what was `written`, if that is still open."""
        if written is None or written != self._written:
            self._bridge.notices.toast(tr("Nothing was planned, because something else is open now."))
        else:
            self.send(Draft(written[1]), at=at)

    @property
    def _written(self) -> tuple[int, Content] | None:
        """The new content that can be sent now, and its conversation's id, if any."""
        place = self._panels.shown or self._composer
        draft = self._drafts.top(self._drafts.kind)
        sendable = place.send.isEnabled() and draft.editing is None and not draft.blank
        return (self._drafts.conversation_id, draft.content) if sendable else None

    def _prefer(self, **chosen: AfterSending | SendKey) -> None:
        preferences = self._bridge.desk.preferences
        self._bridge.ask(preferences.set_own(replace(preferences.now, **chosen), preferences.now))


async def _save_and_send(replies: ReplyCommands, reply_id: int, content: Content, asking: bool) -> Reply:
    """Store a change and send its reply, with all its parts if `asking`."""
    saved = await replies.edit(reply_id, content)
    if saved.state is ReplyState.FAILED:
        return await replies.retry(reply_id)
    return await replies.release(reply_id, whole=asking)
