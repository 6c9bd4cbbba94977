"""Everything with which the operator writes in the chat, put together and kept."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import PreferencesChanged, TemplatesChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import WAITS, Reply, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.draft_keeping import DraftKeeping
from wxdesk.ui.inbox.composer.edit_lock import EditLock
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.composer.sending import ReplySending
from wxdesk.ui.inbox.composer.templates.insertion import TemplateInsertion
from wxdesk.ui.inbox.composer.typing_notice import TypingNotice
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey


class ReplyWriting(QObject):
    """The composer with its panels and templates over `host`, connected with the desk."""

    def __init__(self, host: QWidget, album: Album, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._session = session
        accounts = bridge.desk.accounts
        self.composer = Composer(
            lambda: accounts if accounts.are_known else None,
            lambda: bridge.desk.preferences.now.guarded_words,
            lambda reply: session.model.record(f"r{reply.id}"),
        )
        self.drafts = self.composer.drafts
        self.lock = EditLock(self.drafts, bridge, session)
        self.panels = PanelControl(host, self.composer, album, bridge, session)
        self.templates = TemplateInsertion(host, self.composer, self.panels, bridge, session)
        bridge.follow(self.templates, self.templates.renew, TemplatesChanged)
        bridge.follow(self.composer.edit, self._use_send_key, PreferencesChanged)
        self._use_send_key()
        self.typing = TypingNotice(self.composer.edit, self.panels, bridge, session)
        self.sending = ReplySending(self.panels, self.composer, self.lock, bridge, session)
        self.keeping = DraftKeeping(self.drafts, bridge)
        self.sending.stored.connect(self.keeping.store)
        self.sending.stored_here.connect(self.typing.go_on_or_stop)  # else held replies would wait for a minute

    def _use_send_key(self) -> None:
        self.composer.edit.use_send_key(self._bridge.desk.preferences.now.send_key)

    def keys(self) -> tuple[ShortcutKey, ...]:
        """Return the shortcuts for writing."""
        finish = self.sending.send_and_resolve
        return (
            ShortcutKey("/", tr("Insert a template, in an empty reply or after a blank; // writes a slash")),
            ShortcutKey("Ctrl+J", tr("Insert a template anywhere in the reply"), self.templates.open_picker),
            ShortcutKey("Ctrl+Shift+E", tr("Insert an emoticon or emoji"), self.templates.open_emoticons),
            ShortcutKey("Ctrl+L", tr("Make a link of the selected words"), self.panels.open_text_link),
            ShortcutKey("Ctrl+Shift+L", tr("Send a link"), partial(self.panels.open, ReplyKind.LINK)),
            ShortcutKey("Ctrl+Shift+P", tr("Send a picture"), partial(self.panels.open, ReplyKind.IMAGE)),
            ShortcutKey("Ctrl+Shift+M", tr("Send a mini-program card"), partial(self.panels.open, ReplyKind.CARD)),
            ShortcutKey("Ctrl+Z", tr("Take back what you have just sent, in an empty reply")),
            ShortcutKey(self.composer.edit.send_key, tr("Send the reply")),
            ShortcutKey("Enter", tr("Send the bubble in focus")),
            ShortcutKey("Shift+Enter", tr("Begin a new line in the reply")),
            ShortcutKey("Ctrl+Shift+Enter", tr("Send the reply and resolve the conversation"), finish),
        )

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
            self.tick(self._session.row.conversation, self._bridge.desk.clock())
            self.lock.follow()
        if in_text:
            self.composer.start_editing(reply)
        else:
            self.panels.change(reply)
