"""What would become of a sentence that nobody sent: the answer, and what the desk would do with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wxdesk.core.gaps import mark
from wxdesk.core.lifecycle import delivered, mode_of
from wxdesk.core.model import Content, ReplyKind, ReplyMode
from wxdesk.core.quota import left_for_rules
from wxdesk.core.render import byte_count
from wxdesk.core.rules import Outcome
from wxdesk.desk.composing import Answer, Occasion


@dataclass(frozen=True, slots=True)
class Departure:
    """How one message would leave: `seconds` are those for which it is held, where the mode is HOLD."""

    mode: ReplyMode
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """The answer to a sentence that nobody sent, with the size of each of its texts in bytes (0: not a text).

    outcome: what the desk would decide · left: how many replies rules may send on this occasion · deliveries: how each
    message of the answer would leave, none where nothing is made · shadows: the rules that matched and only look on.
    """

    answer: Answer
    sizes: tuple[int, ...]
    outcome: Outcome
    left: int
    deliveries: tuple[Departure, ...] = ()
    shadows: tuple[str, ...] = ()

    @property
    def contents(self) -> tuple[Content, ...]:
        """The messages that would be made: none where not all of the answer may be sent."""
        return self.answer.contents if self.deliveries else ()

    @property
    def leaving(self) -> tuple[Content, ...]:
        """The same as WeChat would get them. A mark stands for a media_id that only an upload gives."""
        return tuple(_uploaded(content) for content in self.contents)


def trial_of(answer: Answer, occasion: Occasion) -> Trial:
    """What the desk would do with this answer on this occasion."""
    account, thread = occasion.account, occasion.conversation
    left = left_for_rules(thread.window, occasion.now, account.reserve)
    outcome = answer.outcome
    if mode_of(thread, account) is ReplyMode.OFF:
        outcome = Outcome.PAUSED
    elif not left or not (answer.fits(left) or answer.transfer):
        outcome = Outcome.NO_QUOTA
    is_made = outcome not in (Outcome.PAUSED, Outcome.NO_QUOTA) and answer.fits(left)
    return Trial(
        answer,
        tuple(byte_count(content.text) for content in answer.contents),
        outcome,
        left,
        _deliveries(answer, occasion) if is_made else (),
        tuple(one.rule_name for one in answer.matching.verdicts if one.shadow),
    )


def _deliveries(answer: Answer, occasion: Occasion) -> tuple[Departure, ...]:
    if answer.missing:
        return tuple(Departure(ReplyMode.DRAFT) for _ in answer.said)
    ways = [delivered(one.rule, occasion.conversation, occasion.account) for one in answer.said]
    return tuple(Departure(how.mode, how.hold_seconds if how.mode is ReplyMode.HOLD else 0) for how in ways)


def _uploaded(content: Content) -> Content:
    given = mark("media_id")
    if content.kind is ReplyKind.IMAGE and content.picture:
        return replace(content, media_id=given)
    if content.kind is ReplyKind.CARD and content.thumb_picture:
        return replace(content, thumb_media_id=given)
    return content
