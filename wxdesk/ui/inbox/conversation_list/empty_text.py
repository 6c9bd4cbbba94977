"""Words of an empty conversation list, with the one next step."""

from enum import StrEnum

from msgspec import Struct

from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.setup.findings import Check
from wxdesk.i18n import tr


class EmptyStep(StrEnum):
    """Next step where no filter hides anything, or a narrowing does."""

    WIDEN = "widen"  # end the narrowing
    SETUP = "setup"  # open the guided set-up
    RULES = "rules"  # take over the built-in rules


class LackingSetup(Struct, frozen=True):
    """Obstacles before the first answered message: the missing fact, and rules.

    `account` is empty where there is none; `fact` is None once a real message was answered; `refused` tells why
    nobody here may take over the built-in rules, if so.
    """

    account: str = ""
    fact: Check | None = None
    has_rules: bool = True
    refused: str = ""


class EmptyText(Struct, frozen=True):
    """Title, sentence and button of an empty list; `then` is a filter or another step."""

    title: str
    sentence: str
    step: str
    then: InboxFilter | EmptyStep


def empty_text_for(chosen: InboxFilter, lacking: LackingSetup, *, any_not_open: bool, words: str = "") -> EmptyText:
    """Return the text for `chosen` and a narrowing; `any_not_open`: others exist."""
    if words:
        return EmptyText("", tr("No conversation fits “{words}”.", words=words), tr("Show all"), EmptyStep.WIDEN)
    if chosen is InboxFilter.ALL and any_not_open:
        words = tr("Everything is resolved or snoozed. Whoever writes again appears here.")
        return EmptyText(tr("All done"), words, tr("Show all conversations"), InboxFilter.ANY_STATUS)
    if chosen in {InboxFilter.ALL, InboxFilter.ANY_STATUS}:
        return _before_the_first(lacking)
    return EmptyText("", tr(_NOTHING[chosen]), tr("Show all"), InboxFilter.ALL)


def _before_the_first(lacking: LackingSetup) -> EmptyText:
    title, setup = tr("No conversations yet"), tr("Go on with the set-up")
    if not lacking.account:
        words = tr("Connect your mini program, and its customers' messages appear here.")
        return EmptyText(title, words, tr("Connect a mini program"), EmptyStep.SETUP)
    if lacking.fact in _LACKING:
        return EmptyText(title, tr(_LACKING[lacking.fact], account=lacking.account), setup, EmptyStep.SETUP)
    if not lacking.has_rules:
        words = tr("Messages can arrive, but there is no rule that answers them.")
        return EmptyText(title, words, tr("Start with example rules"), EmptyStep.RULES)
    words = tr("As soon as a customer writes to your mini program, the conversation appears here.")
    return EmptyText(title, words, setup if lacking.fact else tr("Show all"), EmptyStep.SETUP)


_LACKING: dict[Check | None, str] = {
    Check.API: "“{account}” cannot answer yet: its AppID and AppSecret have to be right.",
    Check.SECRETS: "“{account}” receives nothing yet: Token and key are missing.",
    Check.ADDRESS: "“{account}” receives nothing yet: WeChat has no way to this computer.",
    Check.URL_CHECK: "“{account}” receives nothing yet: WeChat has not checked the address.",
}


_NOTHING = {
    InboxFilter.WAITING: "Nobody waits for an answer.",
    InboxFilter.NEEDS_HUMAN: "Nothing needs you right now.",
    InboxFilter.PENDING: "No reply is held for its time or for you.",
    InboxFilter.FAILED: "Everything that left has arrived.",
    InboxFilter.UNREAD: "Everything is read.",
    InboxFilter.MINE: "You have none of the open conversations.",
    InboxFilter.NOBODYS: "Everybody who waits has an operator already.",
    InboxFilter.SNOOZED: "Nothing is snoozed.",
    InboxFilter.RESOLVED: "Nothing is resolved yet.",
}
