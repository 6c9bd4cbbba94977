"""The rule that one click makes of messages that no rule answered. It fits them; what it says is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.rules.lint.clustering import Group, GroupKind
from wxdesk.i18n import tr

BEGINS_WITH_NUMBER = r"^[^\pL]*?(?P<no>[A-Za-z]*[0-9][0-9-]{5,}[A-Za-z0-9]*)"
BEGINS_WITH_LINK = r"(?i)^[^\pL]*?(https?://|www\.)"
"""What stands before it is no word: a sign (`+86…`, `#…`), a bracket, an emoji, a short number."""

EMPTY = "^$"
"""Of the text as patterns see it, in which nothing is left."""


def suggested(group: Group) -> Rule:
    """A rule, not stored, that matches the messages of `group`."""
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
"""Of the kinds that a contact sends; entering the chat waits for no answer."""
