"""Opens and closes the panels for links, cards and pictures, and sends from them."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadContent
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.reply import Draft, Reply
from wxdesk.i18n import explain
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.content import ContentPanel, card_panel, link_panel, picture_panel
from wxdesk.ui.inbox.composer.panels.popover import Popover
from wxdesk.ui.inbox.composer.panels.text_link import TextLinkPanel
from wxdesk.ui.inbox.composer.sending import EditSaving
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.inbox.sendability import cost_words
from wxdesk.ui.runtime.bridge import Bridge


class SendingPanels(QObject):
    """Opens one panel at a time over `host`, above `composer`.

    Signals:
        sent: the desk has stored a reply from a panel.
        changed: the content of a panel has changed.
        given_up: the id of a reply whose edit was abandoned, and True if its content had been changed.
    """

    sent = Signal()
    changed = Signal()
    given_up = Signal(int, bool)

    def __init__(
        self, host: QWidget, composer: Composer, album: Album, bridge: Bridge, session: ChatSession, changes: EditSaving
    ) -> None:
        super().__init__(host)
        self._composer = composer
        self._bridge = bridge
        self._session = session
        self._changes = changes
        self._open: Popover | None = None
        self._editing: Reply | None = None
        self._written_in: int | None = None
        self._drafts = composer.drafts
        self.link = link_panel(album, bridge, host)
        self.text_link = TextLinkPanel(host)
        self.picture = picture_panel(album, bridge, host)
        self.card = card_panel(album, bridge, host)
        self._panels: tuple[ContentPanel, ...] = (self.link, self.picture, self.card)
        for panel in self._panels:
            panel.sent.connect(self._send)
            panel.form.changed.connect(self.changed)
        self.all: tuple[Popover, ...] = (*self._panels, self.text_link)
        for popover in self.all:
            popover.closed.connect(self._closed)
        self.text_link.made.connect(composer.edit.insert_link)
        composer.tools.link.clicked.connect(self.open_link)
        composer.tools.text_link.clicked.connect(self.open_text_link)
        composer.tools.picture.clicked.connect(self.open_picture)
        composer.tools.card.clicked.connect(self.open_card)
        composer.edit.pictured.connect(self.take_picture)
        composer.line.panel_wanted.connect(self._show_begun)

    def open_link(self) -> None:
        """Open the panel for a link with title and description."""
        self._make(self.link)

    def open_text_link(self) -> None:
        """Open the panel that makes the selected text a link."""
        conversation = self._session.conversation
        account = self._bridge.desk.accounts.get(conversation.account) if conversation else None
        self.text_link.prepare(self._composer.edit.selected(), account.app_id if account else "")
        self._show(self.text_link)

    def open_picture(self) -> None:
        """Open the panel for a picture."""
        self._make(self.picture)

    def open_card(self) -> None:
        """Open the panel for a mini-program card."""
        self._make(self.card)

    def offer(self, content: Content) -> None:
        """Show existing content, such as a template's, to be checked and sent."""
        if self._open is not None:
            self._open.close_it()
        self._show_filled(content)

    def put_back(self, content: Content) -> bool:
        """Show content again after its send was undone; False if another is being made."""
        if self._open is not None or not self._panel_for(content.kind).is_blank:
            return False
        self._show_filled(content)
        return True

    def change(self, reply: Reply) -> None:
        """Edit a link, card or picture that is not sent; resume an abandoned edit."""
        if self._editing is not None and self._editing.id == reply.id:
            return
        if self._session.row is None:  # it is not known yet what may be sent there
            self.given_up.emit(reply.id, False)
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
        """Update cost and availability after a change of quota or reply window."""
        if isinstance(self._open, ContentPanel):
            self._open.show_cost(self._composer.closed, cost_words(1, self._composer.fit.left))

    def unsent(self) -> list[tuple[int, Draft]]:
        """Return what the panels hold, each with its conversation's id."""
        if self._written_in is None:
            return []
        held = [panel for panel in self._panels if not panel.is_blank]
        drafts = (Draft(panel.content(), self._editing if panel is self._open else None) for panel in held)
        return [(self._written_in, draft) for draft in drafts if draft.unsaved]

    def note_begun(self) -> None:
        """Show that closed panels have something for this customer."""
        put_by = {one.content.kind for thread, one in self._drafts.unsent if thread == self._session.conversation_id}
        closed = (panel for panel in self._panels if panel is not self._open)
        self._composer.line.note_begun([one.kind for one in closed if one.kind in put_by or not one.is_blank])

    def close(self) -> None:
        """Close the open panel; keep unsent content for its own conversation only."""
        if self._open is not None:
            self._open.close_it()
        if self._written_in != self._session.conversation_id:
            for panel in self._panels:
                self._make_room(panel)
            self._written_in = self._session.conversation_id
        self.note_begun()

    def _make_room(self, panel: ContentPanel) -> None:
        """Empty a panel; its content returns when it opens for the same conversation."""
        if not panel.is_blank and self._written_in is not None:
            self._drafts.put(self._written_in, Draft(panel.content()))
        panel.clear()
        panel.set_busy(False)

    def _show_filled(self, content: Content) -> ContentPanel:
        if self._editing is not None and self._open is not None:
            self._open.close_it()
        panel = self._panel_for(content.kind)
        self._make_room(panel)
        panel.fill(content)
        self._show(panel)
        return panel

    def _panel_for(self, kind: ReplyKind) -> ContentPanel:
        return {ReplyKind.LINK: self.link, ReplyKind.CARD: self.card, ReplyKind.IMAGE: self.picture}[kind]

    def _show_begun(self, kind: ReplyKind) -> None:
        self._make(self._panel_for(kind))

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
        panel.set_busy(False)
        panel.for_change(False)
        if not self._changes.saves(editing.id):
            self.given_up.emit(editing.id, draft.changed)

    # -- sending

    def _send(self, content: Content) -> None:
        panel, written_in, editing = self._open, self._written_in, self._editing
        once = ("write", written_in, content)
        if not isinstance(panel, ContentPanel) or written_in is None or self._bridge.is_asking(once):
            return
        panel.set_busy(True)
        if editing is not None:
            failed = partial(self._not_changed, panel, editing)
            self._changes.save(editing, content, partial(self._changed, panel), failed)
            return
        done = partial(self._taken, panel, written_in, content)
        failed = partial(self._refused, panel, written_in, content)
        self._bridge.ask(self._bridge.desk.replies.write(written_in, content), done, failed, once=once)

    def _changed(self, panel: ContentPanel, reply: Reply) -> None:
        self._drafts.take_edit(reply)  # the panel may have been left while it was saved
        if self._editing is not None and self._editing.id == reply.id:
            self._editing = None
            panel.for_change(False)
            self._done_with(panel)

    def _not_changed(self, panel: ContentPanel, reply: Reply, error: Exception) -> None:
        if self._editing is not None and self._editing.id == reply.id:
            self._complain(panel, error)
        else:  # the operator has gone elsewhere
            self._bridge.failed.emit(error)
            self.given_up.emit(reply.id, True)

    def _taken(self, panel: ContentPanel, written_in: int, content: Content, _: Reply) -> None:
        self._drafts.remove(written_in, Draft(content))
        if self._is_there(panel, written_in, content):
            self._done_with(panel)

    def _refused(self, panel: ContentPanel, written_in: int, content: Content, error: Exception) -> None:
        if self._is_there(panel, written_in, content):
            self._complain(panel, error)
        else:
            self._bridge.failed.emit(error)

    def _is_there(self, panel: ContentPanel, written_in: int, content: Content) -> bool:
        return self._written_in == written_in and self._editing is None and panel.content() == content

    def _done_with(self, panel: ContentPanel) -> None:
        panel.set_busy(False)
        panel.clear()
        panel.close_it()
        self.sent.emit()

    def _complain(self, panel: ContentPanel, error: Exception) -> None:
        panel.set_busy(False)
        if isinstance(error, BadContent):
            panel.form.show_error(error.field, explain(error))
        else:
            self._bridge.failed.emit(error)
