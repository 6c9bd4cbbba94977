"""Words of each action of a rule.

Each has an entry in one table, in the order in which the editor offers them.
"""

from collections.abc import Mapping

from msgspec import Struct

from wxdesk.core.model.rule import ACTION_NUMBERS, Action, ActionKind
from wxdesk.i18n import ntr, tr


class NumberWording(Struct, frozen=True):
    """Words before the number of an action, behind one and several, and its name."""

    before: str
    one: str
    several: str
    name: str


class ActionWording(Struct, frozen=True):
    """Words for one action, in English; they are translated when they are used.

    name: in the menu and as a title · explanation: below the name of one without fields · does: to the customer, in
    a preview and a trial; with {tags}, or in two forms by its number · deed: in the list of rules, which shows one, and
    that of an effect only where a rule does nothing else · lacks: the thing that an unfinished one needs.
    """

    name: str
    explanation: str = ""
    does: str = ""
    does_several: str = ""
    deed: str = ""
    lacks: str = ""
    number: NumberWording = NumberWording("", "", "", "")


WORDINGS: Mapping[ActionKind, ActionWording] = {
    ActionKind.REPLY: ActionWording("Text"),
    ActionKind.TEMPLATE: ActionWording("Template", lacks="a template"),
    ActionKind.IMAGE: ActionWording("Picture"),
    ActionKind.LINK: ActionWording("Link"),
    ActionKind.CARD: ActionWording("Mini-program card", lacks="title, page and cover of the card"),
    ActionKind.TYPING: ActionWording(
        "Typing",
        does="Typing for {n} second …",
        does_several="Typing for {n} seconds …",
        number=NumberWording(
            "The customer sees somebody typing for",
            "second, then the next message comes.",
            "seconds, then the next message comes.",
            "Seconds of typing",
        ),
    ),
    ActionKind.TAKE_OVER: ActionWording(
        "Hand over to a person",
        "The conversation waits for a person; the rules keep quiet in it until it is handed back or resolved.",
        does="The conversation is handed over to a person.",
        deed="hands over",
    ),
    ActionKind.NOTIFY: ActionWording(
        "Call for a person",
        "Somebody at the desk is called; the rules go on as usual.",
        does="You are called to the conversation.",
    ),
    ActionKind.TRANSFER: ActionWording(
        "Transfer to WeChat's own tool",
        "The answer to this very message hands the customer over to WeChat's own service tool. Until "
        "the session there ends, at most half an hour after the last word, this desk sees nothing of what is written.",
        does="The customer is handed over to WeChat's own service tool.",
        deed="transfers",
    ),
    ActionKind.TAG: ActionWording(
        "Tag the customer", does="The customer is tagged: {tags}", deed="only tags", lacks="a tag"
    ),
    ActionKind.RESOLVE: ActionWording(
        "Resolve the conversation",
        "It leaves the list and the figures until the customer writes again.",
        deed="resolves",
    ),
    ActionKind.SNOOZE: ActionWording(
        "Snooze the conversation",
        deed="snoozes",
        number=NumberWording(
            "Out of sight for",
            "minute, or until the customer writes; then it calls for you.",
            "minutes, or until the customer writes; then it calls for you.",
            "Minutes of snoozing",
        ),
    ),
    ActionKind.SILENT: ActionWording(
        "Say nothing",
        "The message counts as answered, and the customer gets nothing.",
        does="The customer gets nothing, on purpose.",
        deed="says nothing",
    ),
}


def action_name(kind: ActionKind) -> str:
    """Return the name of an action, as a title."""
    return tr(WORDINGS[kind].name)


def action_text(action: Action) -> str:
    """Return a sentence on what an action does that sends nothing, else its name."""
    wording, number = WORDINGS[action.kind], ACTION_NUMBERS.get(action.kind)
    if number is not None and wording.does:
        return ntr(wording.does, wording.does_several, getattr(action, number.field))
    return tr(wording.does or wording.name, tags=tr(", ").join(action.tags))


def number_words(kind: ActionKind, number: int) -> tuple[str, str]:
    """Return the words before and behind the number of an action."""
    words = WORDINGS[kind].number
    return tr(words.before), ntr(words.one, words.several, number)
