"""Opens and closes the panels for links, cards and pictures, and sends from them."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.errors import BadContent
from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind
from wxdesk.i18n import explain
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.edit_lock import EditLock
from wxdesk.ui.inbox.composer.panels.content import ContentPanel, Popover, TextLinkPanel
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.inbox.sendability import cost_words
from wxdesk.ui.runtime.bridge import Bridge

KINDS = (ReplyKind.LINK, ReplyKind.IMAGE, ReplyKind.CARD)
"""Kinds of reply that have a panel, in the order of their buttons."""


class SendingPanels(QObject):
    """Opens one panel at a time over `host`, above `composer`.

    Each is made when it is first needed.

    Signals:
        made: a panel that was just made.
        sent: the id of the conversation that something was made for, its `Content`, and the one message that it takes.
        changed: the content of a panel has changed.
    """

    made = Signal(object)
    sent = Signal(int, object, int)
    changed = Signal()

    def __init__(
        self, host: QWidget, composer: Composer, album: Album, bridge: Bridge, session: ChatSession, lock: EditLock
    ) -> None:
        super().__init__(host)
        self._host = host
        self._album = album
        self._composer = composer
        self._bridge = bridge
        self._session = session
        self._lock = lock
        self._open: Popover | None = None
        self._editing: Reply | None = None
        self._written_in: int | None = None
        self._drafts = composer.drafts
        self._panels: dict[ReplyKind, ContentPanel] = {}
        self._text_link: TextLinkPanel | None = None
        composer.tools.link.clicked.connect(partial(self.open, ReplyKind.LINK))
        composer.tools.text_link.clicked.connect(self.open_text_link)
        composer.tools.picture.clicked.connect(partial(self.open, ReplyKind.IMAGE))
        composer.tools.card.clicked.connect(partial(self.open, ReplyKind.CARD))
        composer.edit.pictured.connect(self.take_picture)
        composer.line.panel_wanted.connect(self.open)

    @property
    def link(self) -> ContentPanel:
        """The panel for a link."""
        return self._panel_for(ReplyKind.LINK)

    @property
    def picture(self) -> ContentPanel:
        """The panel for a picture."""
        return self._panel_for(ReplyKind.IMAGE)

    @property
    def card(self) -> ContentPanel:
        """The panel for a mini-program card."""
        return self._panel_for(ReplyKind.CARD)

    @property
    def text_link(self) -> TextLinkPanel:
        """The panel that makes selected text a link."""
        if self._text_link is None:
            self._text_link = panel = TextLinkPanel(self._host)
            panel.made.connect(self._composer.edit.insertPlainText)
            panel.closed.connect(self._closed)
            self.made.emit(panel)
        return self._text_link

    @property
    def begun(self) -> tuple[ContentPanel, ...]:
        """The panels that were made, which alone can hold something."""
        return tuple(self._panels[kind] for kind in KINDS if kind in self._panels)

    def open(self, kind: ReplyKind) -> None:
        """Open the panel for a link, a picture or a card."""
        self._make(self._panel_for(kind))

    def open_text_link(self) -> None:
        """Open the panel that makes the selected text a link."""
        conversation = self._session.conversation
        account = self._bridge.desk.accounts.get(conversation.account) if conversation else None
        self.text_link.prepare(self._composer.edit.textCursor().selectedText(), account.app_id if account else "")
        self._show(self.text_link)

    def offer(self, content: Content) -> None:
        """Show existing content, such as a template's, to be checked and sent."""
        if self._open is not None:
            self._open.close_it()
        self._show_filled(content)

    def put_back(self, conversation_id: int, content: Content) -> None:
        """Show content again after its send was undone.

        While something else is made, it waits below.
        """
        here = conversation_id == self._session.conversation_id
        if here and self._open is None and self._panel_for(content.kind).is_blank:
            self._show_filled(content)
        else:
            self._drafts.put(conversation_id, Draft(content))
            self.note_begun()

    def change(self, reply: Reply) -> None:
        """Edit a link, card or picture that is not sent; resume an abandoned edit."""
        if self._editing is not None and self._editing.id == reply.id:
            return
        if self._session.row is None:  # it is not known yet what may be sent there
            self._lock.put_back(reply.id, False)
            return
        panel = self._show_filled(self._drafts.take_edit(reply).content)
        self._editing = reply
        panel.for_change(True)

    def take_picture(self, source: PictureSource) -> None:
        """Use a pasted or dropped picture: as cover of the open card, else to send it."""
        if self._session.row is None:
            return
        if isinstance(self._open, ContentPanel) and self._open.form.pictures:
            self._open.form.take(source)
        else:
            self._make(self.picture)
            self.picture.form.take(source)

    def refresh(self) -> None:
        """Update cost, warning and availability after a change of content or quota."""
        if isinstance(self._open, ContentPanel):
            guarded = found_in(self._open.content(), self._composer.guarded())
            self._open.show_cost(self._composer.closed, guarded, cost_words(1, self._composer.fit.left))

    @property
    def is_open(self) -> bool:
        """True while a link, picture or card is being made or changed."""
        return isinstance(self._open, ContentPanel)

    @property
    def written(self) -> tuple[int, Content] | None:
        """Content that the open panel can send now, and its conversation's id, if any."""
        panel, written_in = self._open, self._written_in
        if not isinstance(panel, ContentPanel) or written_in is None or self._editing is not None:
            return None
        return None if panel.is_blank or not panel.send.isEnabled() else (written_in, panel.content())

    def unsent(self) -> list[tuple[int, Draft]]:
        """Return what the panels hold, each with its conversation's id."""
        if self._written_in is None:
            return []
        held = [panel for panel in self.begun if not panel.is_blank]
        drafts = (Draft(panel.content(), self._editing if panel is self._open else None) for panel in held)
        return [(self._written_in, draft) for draft in drafts if draft.unsaved]

    def note_begun(self) -> None:
        """Show that closed panels have something for this customer."""
        put_by = {one.content.kind for thread, one in self._drafts.unsent if thread == self._session.conversation_id}
        held = put_by | {panel.kind for panel in self.begun if not panel.is_blank}
        shown = self._open.kind if isinstance(self._open, ContentPanel) else None
        self._composer.line.note_begun([kind for kind in KINDS if kind in held and kind is not shown])

    def close(self) -> None:
        """Close the open panel; keep unsent content for its own conversation only."""
        if self._open is not None:
            self._open.close_it()
        if self._written_in != self._session.conversation_id:
            for panel in self.begun:
                self._make_room(panel)
            self._written_in = self._session.conversation_id
        self.note_begun()

    def _make_room(self, panel: ContentPanel) -> None:
        """Empty a panel; its content returns when it opens for the same conversation."""
        if not panel.is_blank and self._written_in is not None:
            self._drafts.put(self._written_in, Draft(panel.content()))
        panel.clear()

    def _show_filled(self, content: Content) -> ContentPanel:
        if self._editing is not None and self._open is not None:
            self._open.close_it()
        panel = self._panel_for(content.kind)
        self._make_room(panel)
        panel.fill(content)
        self._show(panel)
        return panel

    def _panel_for(self, kind: ReplyKind) -> ContentPanel:
        if kind not in self._panels:
            self._panels[kind] = panel = ContentPanel(kind, self._album, self._bridge, self._host)
            panel.sent.connect(self._send)
            panel.form.changed.connect(self.changed)
            panel.form.changed.connect(self.refresh)
            panel.closed.connect(self._closed)
            self.made.emit(panel)
        return self._panels[kind]

    def _make(self, panel: ContentPanel) -> None:
        if self._editing is not None and self._open is not None:
            self._open.close_it()
        if panel.is_blank:
            draft = self._drafts.take(self._session.conversation_id or 0, panel.content().kind)
            if not draft.blank:
                panel.fill(draft.content)
        if self._open is not panel:
            self._show(panel)

    def _show(self, panel: Popover) -> None:
        if self._session.row is None:
            return
        if self._open is not None and self._open is not panel:
            self._open.close_it()
        self._open = panel
        self.note_begun()
        self.refresh()
        panel.open_over(self._composer)

    def _closed(self) -> None:
        editing, panel = self._editing, self._open
        self._open = self._editing = None
        if editing is not None and isinstance(panel, ContentPanel):
            self._leave(editing, panel)
        self.note_begun()
        self._composer.edit.setFocus()

    def _leave(self, editing: Reply, panel: ContentPanel) -> None:
        """Keep an abandoned edit's content; release its reply unless it is being saved."""
        draft = Draft(panel.content(), editing)
        self._drafts.leave(draft)
        panel.clear()
        panel.for_change(False)
        if not self._lock.saves(editing.id):
            self._lock.put_back(editing.id, draft.changed)

    # -- sending

    def _send(self, content: Content) -> None:
        panel, editing = self._open, self._editing
        if isinstance(panel, ContentPanel) and editing is not None:
            failed = partial(self._not_changed, panel, editing)
            self._lock.save(editing, content, partial(self._changed, panel), failed)
        elif self._written_in is not None:
            self.sent.emit(self._written_in, content, 1)

    def _changed(self, panel: ContentPanel, reply: Reply) -> None:
        self._drafts.take_edit(reply)  # the panel may have been left while it was saved
        if self._editing is not None and self._editing.id == reply.id:
            self._editing = None
            panel.for_change(False)
            panel.clear()
            panel.close_it()

    def _not_changed(self, panel: ContentPanel, reply: Reply, error: Exception) -> None:
        if self._editing is not None and self._editing.id == reply.id:
            self._complain(panel, error)
        else:  # the operator has gone elsewhere
            self._bridge.failed.emit(error)
            self._lock.put_back(reply.id, True)

    def clear_after(self, conversation_id: int, sent: Draft) -> None:
        """Remove what the desk has, also from the stack, unless it was changed."""
        self._drafts.remove(conversation_id, sent)
        if self._is_there(conversation_id, sent.content):
            panel = self._panel_for(sent.content.kind)
            panel.clear()
            panel.close_it()

    def refuse(self, conversation_id: int, content: Content, error: Exception) -> None:
        """Show at its field why the desk refused content."""
        if self._is_there(conversation_id, content):
            self._complain(self._panel_for(content.kind), error)
        else:
            self._bridge.failed.emit(error)

    def _is_there(self, conversation_id: int, content: Content) -> bool:
        written = self._panel_for(content.kind).content()
        return self._written_in == conversation_id and self._editing is None and written == content

    def _complain(self, panel: ContentPanel, error: Exception) -> None:
        if isinstance(error, BadContent):
            panel.form.show_error(error.field, explain(error))
        else:
            self._bridge.failed.emit(error)
