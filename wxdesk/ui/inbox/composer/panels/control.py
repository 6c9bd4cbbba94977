"""The panel or picker that is open above the composer, one at a time."""

from collections.abc import Sequence
from functools import cached_property, partial

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.errors import BadContent
from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind
from wxdesk.i18n import explain
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.form import UPLOADED
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.drafts import PANEL_KINDS
from wxdesk.ui.inbox.composer.panels.content import ContentPanel, Popup, TextLinkPanel
from wxdesk.ui.inbox.sendability import cost_words
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


class PanelControl(QObject):
    """Opens one panel or picker at a time over `host`, above `composer`.

    Each panel is made when it is first needed, and shows the draft in hand of its kind, also while it is closed.

    Signals:
        worked: something was opened, or the operator works in it.
        closed: it was closed.
        covered: the pixels above the composer that are covered now.
        menu_wanted: the button of a panel whose menu of more ways to send is to be opened.
        sent: the `Draft` that the operator sends, and the one message that it takes.
    """

    worked = Signal()
    closed = Signal()
    covered = Signal(int)
    menu_wanted = Signal(object)
    sent = Signal(object, int)

    def __init__(
        self, host: QWidget, composer: Composer, album: Album, bridge: WindowBridge, session: ChatSession
    ) -> None:
        super().__init__(host)
        self._host = host
        self._album = album
        self._composer = composer
        self._bridge = bridge
        self._session = session
        self._open: Popup | None = None
        self._drafts = composer.drafts
        self._shown_of = 0
        self._panels: dict[ReplyKind, ContentPanel] = {}
        composer.tools.link.clicked.connect(partial(self.open, ReplyKind.LINK))
        composer.tools.text_link.clicked.connect(self.open_text_link)
        composer.tools.picture.clicked.connect(partial(self.open, ReplyKind.IMAGE))
        composer.tools.card.clicked.connect(partial(self.open, ReplyKind.CARD))
        composer.edit.pictured.connect(self.take_pictures)
        composer.panel_wanted.connect(self.open)
        self._drafts.changed.connect(self._show_drafts)

    def __getitem__(self, kind: ReplyKind) -> ContentPanel:
        """Return the panel of this kind."""
        if kind not in self._panels:
            self._panels[kind] = panel = ContentPanel(kind, self._album, self._bridge, self._host)
            panel.fill(self._drafts.top(kind).content)
            panel.sent.connect(self._send)
            panel.form.changed.connect(partial(self._write_draft, panel))
            panel.more.clicked.connect(partial(self.menu_wanted.emit, panel.more))
            for field in panel.form.pictures.values():
                field.several = kind is ReplyKind.IMAGE
                field.more.connect(self._put_below)
                field.remove.clicked.connect(partial(self._go_on, kind))
            self.serve(panel)
        return self._panels[kind]

    @cached_property
    def text_link(self) -> TextLinkPanel:
        """The panel that makes selected text a link."""
        panel = TextLinkPanel(self._composer.edit.insertPlainText, self._host)
        self.serve(panel)
        return panel

    @property
    def made(self) -> tuple[ContentPanel, ...]:
        """The panels that were made."""
        return tuple(self._panels[kind] for kind in PANEL_KINDS if kind in self._panels)

    @property
    def is_open(self) -> bool:
        """True while a panel or picker is open."""
        return self._open is not None

    @property
    def shown(self) -> ContentPanel | None:
        """The panel in which a link, picture or card is being made or changed, if any."""
        return self._panels.get(self._drafts.kind)

    def open(self, kind: ReplyKind) -> None:
        """Open the panel for a link, a picture or a card; leave an edit that is open."""
        panel = self[kind]
        if self._session.row is None:  # it is not known yet what may be sent
            return
        if self._open is not panel or self._drafts.top(kind).editing is not None:
            self.show(panel)

    def open_text_link(self) -> None:
        """Open the panel that makes the selected text a link."""
        conversation = self._session.conversation
        if conversation is not None:
            account = self._bridge.desk.accounts.get(conversation.account)
            self.text_link.prepare(self._composer.edit.textCursor().selectedText(), account.app_id if account else "")
            self.show(self.text_link)

    def offer(self, content: Content) -> None:
        """Show existing content, such as a template's, to be checked and sent."""
        self.close()
        self._drafts.begin(Draft(content))
        self.open(content.kind)

    def offer_again(self, content: Content) -> None:
        """Show what is in hand after its send was undone, unless a panel is open."""
        if self._open is None and self._drafts.top(content.kind).content == content:
            self.open(content.kind)

    def change(self, reply: Reply) -> None:
        """Edit a link, card or picture that is not sent; resume an abandoned edit."""
        if self._drafts.top(reply.content.kind).reply_id != reply.id:
            self.close()
            self._drafts.edit(reply)
            self.open(reply.content.kind)

    def take_pictures(self, sources: Sequence[PictureSource]) -> None:
        """Use pasted or dropped pictures: as cover of the open card, else to send them."""
        if self._session.row is None:
            return
        panel = self.shown
        if panel is None or not panel.form.pictures:
            panel = self[ReplyKind.IMAGE]
            self.open(ReplyKind.IMAGE)
        panel.form.take(*sources)

    def refresh(self) -> None:
        """Update cost, warning and availability after a change of content or quota."""
        if self.shown is not None:
            guarded = found_in(self.shown.content(), self._composer.guarded())
            self.shown.show_cost(self._composer.closed, guarded, cost_words(self._composer.fit.left))

    def serve(self, popup: Popup) -> None:
        """Follow a panel or picker that `show` will open."""
        popup.worked.connect(self.worked)
        popup.covered.connect(self.covered)
        popup.closed.connect(self._closed)

    def show(self, popup: Popup) -> None:
        """Open a panel or picker instead of what is open."""
        self.close()
        self._open = popup
        self._drafts.kind = popup.kind if isinstance(popup, ContentPanel) else ReplyKind.TEXT
        popup.open_over(self._composer.column)

    def close(self) -> None:
        """Close what is open; what is begun in it stays, but an edit is left."""
        if self._open is not None:
            self._open.close_it()

    def complain(self, draft: Draft, error: BadContent) -> bool:
        """Show in the open panel why the desk refused its draft; False if it is not there."""
        if self.shown is None or draft.stored != self._drafts.top(self._drafts.kind).stored:
            return False
        self.shown.form.show_error(error.field, explain(error))
        return True

    def _show_drafts(self) -> None:
        """Show in each panel what is in hand.

        Nothing of another conversation stays: a picture that is still being read goes to the draft that awaits it.
        """
        before, self._shown_of = self._shown_of, self._drafts.conversation_id
        turned = before != self._shown_of
        for panel in self.made:
            draft = self._drafts.top(panel.kind)
            if turned or panel.content() != draft.content:
                for name, field in panel.form.pictures.items():
                    field.leave(partial(self._land, self._drafts.owner, before, panel.content(), name))
                with QSignalBlocker(panel.form):
                    panel.fill(draft.content)
                panel.refresh()
            panel.for_change(draft.editing is not None, self._drafts.below[panel.kind])
        self.refresh()

    def _write_draft(self, panel: ContentPanel) -> None:
        self._drafts.write(panel.content())

    def _land(  # noqa: PLR0913 - what a draft awaits, and what has come
        self, owner: int, at: int, awaiting: Content, name: str, held: str, added: Sequence[str], refused: Sequence[str]
    ) -> None:
        """Put pictures that come late into the draft that awaits them."""
        if owner != self._drafts.owner:  # they are another operator's by now
            return
        first, *others = added or [held]
        for digest in reversed(others):
            self._drafts.put_back(at, Content(ReplyKind.IMAGE, picture=digest))
        if first:
            self._drafts.complete(at, awaiting, replace(awaiting, **{name: first, UPLOADED[name]: ""}))
        if refused:
            self._bridge.notices.toast("\n".join(refused))

    def _put_below(self, digests: Sequence[str]) -> None:
        for digest in reversed(digests):
            self._drafts.put_back(self._drafts.conversation_id, Content(ReplyKind.IMAGE, picture=digest))

    def _go_on(self, kind: ReplyKind) -> None:
        """Show the next one if one was removed."""
        if self._drafts.top(kind).blank:
            self._drafts.leave(kind)

    def _send(self, content: Content) -> None:
        self.sent.emit(self._drafts.top(content.kind), 1)

    def _closed(self) -> None:
        self._open, closed = None, self._drafts.kind
        if closed is not ReplyKind.TEXT:
            self._drafts.kind = ReplyKind.TEXT
            self._drafts.leave(closed)
        self._composer.edit.setFocus()
        self.closed.emit()
