"""Name and meaning of each figure, for chips, tooltips and legend."""

from enum import Enum

from wxdesk.i18n import tr


class Figure(Enum):
    """Figures of the window, in the order of the legend."""

    WAITING = "waiting"
    NEEDS_HUMAN = "needs_human"
    PENDING = "pending"
    FAILED = "failed"
    UNREAD = "unread"
    MINE = "mine"
    NOBODYS = "nobodys"
    MESSAGES = "messages"
    SENT = "sent"
    ANSWERED = "answered"
    BY_HAND = "by_hand"
    UNANSWERED = "unanswered"
    HITS = "hits"
    CORRECTED = "corrected"
    UNMATCHED = "unmatched"


_OF_A_TEAM = frozenset({Figure.MINE, Figure.NOBODYS})


def figure_texts() -> dict[Figure, tuple[str, str]]:
    """Return the name and the meaning of each figure."""
    return {figure: (tr(name), tr(meaning)) for figure, (name, meaning) in _TEXTS.items()}


def legend_texts(*, in_team: bool) -> list[tuple[str, str]]:
    """Return names and meanings of the figures that this desk shows."""
    return [text for figure, text in figure_texts().items() if in_team or figure not in _OF_A_TEAM]


_TEXTS = {
    Figure.WAITING: (
        "Waiting",
        "Customers whom nobody answered yet; the longest wait first. The promise that somebody comes is no answer.",
    ),
    Figure.NEEDS_HUMAN: (
        "For you",
        "Left to you and unanswered, called by a rule, about to run out of time or replies, or failed.",
    ),
    Figure.PENDING: ("Unsent", "Replies held for their time or for you, and drafts; none that you send later"),
    Figure.FAILED: ("Failed", "WeChat refused a reply, or it is unknown whether it arrived; until you settle it"),
    Figure.UNREAD: ("Unread", "Conversations with something that you have not seen; also the number at the inbox"),
    Figure.MINE: ("Mine", "Conversations that you have, among your colleagues"),
    Figure.NOBODYS: ("Nobody's", "They wait for an answer, and none of you has them; the longest wait first"),
    Figure.MESSAGES: ("In", "Messages that customers wrote; opening the chat does not count"),
    Figure.SENT: (
        "Sent by rules, by hand",
        "Replies that WeChat accepted. One message can get several of them, or none.",
    ),
    Figure.ANSWERED: (
        "Answered by rules",
        "Messages whose first answer came from a rule, or that a rule settled without a word",
    ),
    Figure.BY_HAND: ("By hand", "Messages whose first answer a person wrote, or that somebody resolved without a word"),
    Figure.UNANSWERED: (
        "Not answered",
        "Messages of this time that nobody has answered until now; one customer may have several",
    ),
    Figure.HITS: (
        "Hits",
        "Messages that a rule matched, also where its reply was stopped or it only looks on. Beside it: how many got "
        "a reply, even if only the promise that somebody comes.",
    ),
    Figure.CORRECTED: (
        "Corrected",
        "You changed what a rule had prepared, stopped it before it left, or wrote something instead",
    ),
    Figure.UNMATCHED: ("Unmatched", "No rule had an answer of its own: only a default rule spoke, or none"),
}
