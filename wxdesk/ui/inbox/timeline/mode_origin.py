"""Explains the setting that made a reply wait: account, conversation or rule."""

from dataclasses import dataclass

from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import is_passed_over
from wxdesk.core.replies.on_new_message import WAITS
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import mode_text


@dataclass(frozen=True, slots=True)
class ModeOrigin:
    """The setting, as a short text for a caption and as a sentence."""

    short: str
    sentence: str


def mode_origin_of(reply: Reply) -> ModeOrigin | None:
    """Return the setting that made an automatic `reply` wait when it began to.

    None if the reply does not wait, if its bubble says so, or if it is unknown.
    """
    if reply.author is not Author.RULE or reply.state not in WAITS or reply.error or is_passed_over(reply):
        return None
    if reply.state is ReplyState.DRAFT and reply.by:
        if reply.mode is ReplyMode.DRAFT:
            return ModeOrigin(
                tr("in your hand"), tr("You have begun to change it, so no other answer takes its place.")
            )
        return ModeOrigin(tr("kept by you"), tr("You stopped its clock to change it. It leaves when you send it."))
    if reply.mode is None or reply.mode_from is None:
        return None
    return _set_by(reply.mode_from, mode_text(reply.mode))


def _set_by(source: ModeSource, mode: str) -> ModeOrigin:
    match source:
        case ModeSource.ACCOUNT:
            sentence = tr("{mode}: so it was set for the account when this began to wait.", mode=mode)
            return ModeOrigin(tr("set for the account"), sentence)
        case ModeSource.CONVERSATION:
            sentence = tr("{mode}: so it was set for this conversation when this began to wait.", mode=mode)
            return ModeOrigin(tr("set for this conversation"), sentence)
        case ModeSource.RULE:
            sentence = tr("{mode}: so the rule itself said when this was made.", mode=mode)
            return ModeOrigin(tr("set by the rule"), sentence)
