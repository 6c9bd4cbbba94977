"""Suggests a rule, without a reply, for messages that no rule answered."""

from collections.abc import Callable, Mapping

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.rules.lint.clustering import GroupKind, MessageGroup
from wxdesk.i18n import tr

BEGINS_WITH_NUMBER = r"^[^\pL]*?(?P<no>[A-Za-z]*[0-9][0-9-]{5,}[A-Za-z0-9]*)"
BEGINS_WITH_LINK = r"(?i)^[^\pL]*?(https?://|www\.)"
"""Pattern of a leading link. Before it may stand `+86…`, `#…`, brackets, emoji."""

EMPTY = "^$"
"""Pattern of an empty text, as patterns see it."""


def suggested_rule(group: MessageGroup) -> Rule:
    """Return a new rule, not stored, that matches the messages of `group`."""
    match group.kind:
        case GroupKind.WORDS:
            return Rule(group.words[0], when=Condition(any=group.words))
        case GroupKind.SIGN:
            return Rule(group.words[0], when=Condition(exact=group.words))
        case GroupKind.NUMBER:
            return Rule(tr("A number alone"), when=Condition(regex=BEGINS_WITH_NUMBER))
        case GroupKind.LINK:
            return Rule(tr("A link alone"), when=Condition(regex=BEGINS_WITH_LINK))
        case GroupKind.BLANK:
            return Rule(tr("An empty message"), when=Condition(regex=EMPTY))
        case GroupKind.TYPE:
            return Rule(_NAMES[group.newest.type](), on=frozenset({group.newest.type}))


_NAMES: Mapping[MessageType, Callable[[], str]] = {
    MessageType.IMAGE: lambda: tr("Pictures"),
    MessageType.CARD: lambda: tr("Mini-program cards"),
    MessageType.OTHER: lambda: tr("Neither text nor picture"),
}
"""Rule names by kind of message that contacts send; entering the chat is not one."""
