"""Commands for held replies outside their bubbles: send or stop one, some or all."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_replies.view import HeldView
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices


class HeldReplyCommands(QObject):
    """Gives the commands to the desk, and reports the result for several replies."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices

    def serve(self, view: HeldView) -> None:
        """Carry out what is wanted of the rows of `view`."""
        view.send_wanted.connect(self.send)
        view.stop_wanted.connect(self.stop)
        view.takeover_wanted.connect(self.take_over)

    def send(self, held: HeldReply) -> None:
        """Send one reply, or all asking parts of its answer."""
        self._bridge.ask(self._bridge.desk.replies.release(held.reply.id, whole=bool(held.asking)))

    def stop(self, held: HeldReply) -> None:
        """Stop one reply and the later parts of its answer; their texts stay visible."""
        self._bridge.ask(self._bridge.desk.replies.cancel(held.reply.id))

    def take_over(self, held: HeldReply) -> None:
        """Take over its conversation, which stops its replies that leave by themselves."""
        self._bridge.ask(self._bridge.desk.conversations.take_over(held.reply.conversation_id))

    def stop_all(self) -> None:
        """Stop all held replies, without asking, because seconds count."""
        self._bridge.ask(self._bridge.desk.replies.cancel_held(), self._stopped)

    def send_all(self, held: Sequence[HeldReply]) -> None:
        """Send all held replies, after asking if there are several."""
        if len(held) == 1:
            self.send(held[0])
        elif held:
            people = len({one.reply.conversation_id for one in held})
            self._notices.confirm(
                tr("Send {n} replies now?", n=len(held)),
                ntr(
                    "All of them go to {n} customer at once, without the rest of their wait.",
                    "They go to {n} customers at once, without the rest of their wait.",
                    people,
                ),
                tr("Send all"),
                partial(self.send_these, [one.reply.id for one in held]),  # what is held since then was not asked about
            )

    def send_these(self, reply_ids: Sequence[int]) -> None:
        """Send these, in order within each conversation."""
        self._bridge.ask(self._bridge.desk.replies.release_held(tuple(reply_ids)), self._sent)

    def stop_these(self, reply_ids: Sequence[int]) -> None:
        """Stop these."""
        self._bridge.ask(self._bridge.desk.replies.cancel_held(tuple(reply_ids)), self._stopped)

    def _sent(self, count: int) -> None:
        self._notices.toast(ntr("{n} reply is on its way.", "{n} replies are on their way.", count))

    def _stopped(self, count: int) -> None:
        self._notices.toast(
            ntr(
                "{n} reply was stopped. Its text stays in its conversation.",
                "{n} replies were stopped. Their texts stay in their conversations.",
                count,
            )
        )
