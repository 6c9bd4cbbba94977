"""Texts that several pages use: names, modes, previews and quotations.

Nothing here ever shows a whole openid.
"""

import re
from functools import cache

from wxdesk import emoticons
from wxdesk.core.content.kind_words import KIND_WORDS, OTHER_KIND
from wxdesk.core.content.text_links import visible_text
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.reply import Reply, ReplyKind
from wxdesk.core.wechat.emoticon_codes import EmoticonReplacer
from wxdesk.i18n import language, names, ntr, tr


def name_of(contact: Contact) -> str:
    """Return the alias that the operator gave, else the openid's ends: `oX3f…9k2`."""
    return contact.alias or short_openid(contact.openid)


def short_openid(openid: str) -> str:
    """Return enough of an openid to tell contacts apart, too little to address one."""
    return f"{openid[:4]}…{openid[-3:]}" if len(openid) >= 12 else f"{openid[:2]}…"


def first_words(text: str, most: int = 24) -> str:
    """Return the beginning of `text` on one line, of so many characters at `most`."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most] + "…"


def author_word(reply: Reply) -> str:
    """Return the author of a reply: the rule (and whether edited), or the operator."""
    return " · ".join(author_words(reply))


def author_words(reply: Reply) -> tuple[str, ...]:
    """Return `author_word` piece by piece."""
    if reply.author is Author.OPERATOR:
        return (reply.operator or tr("You"),)
    name = (reply.rule_name,) if reply.rule_name else ()
    by = tr("edited by {who}", who=reply.operator) if reply.operator else tr("edited by you")
    edited = (by,) if reply.edited else ()
    return (tr("Rule"), *name, *edited)


mode_text = names(
    {
        ReplyMode.AUTO: "Automatic",
        ReplyMode.HOLD: "Automatic, waits first",
        ReplyMode.DRAFT: "Drafts only",
        ReplyMode.OFF: "By hand",
    }
)
"""Name of a reply mode, in a few words."""


brief_mode_text = names(
    {ReplyMode.AUTO: "Auto", ReplyMode.HOLD: "Waits", ReplyMode.DRAFT: "Drafts", ReplyMode.OFF: "By hand"}
)
"""Shortest name of a reply mode, for little room."""


def preview_of(conversation: Conversation, *, with_author: bool = True, operator: str = "") -> str:
    """Return the last message on one line, or an empty text if there is none.

    `[Image]` and the like stand for content without text. A message not by the contact names its author or `operator`.
    """
    if conversation.last_at is None:
        return ""
    own = conversation.preview_author is not Author.CONTACT
    preview = visible_text(conversation.preview) if own else conversation.preview
    said, kind = " ".join(readable(preview).split()), conversation.preview_kind
    if not said or kind in {ReplyKind.LINK, ReplyKind.CARD}:
        said = f"{kind_text(kind)} {said}".rstrip()
    if not own or not with_author:
        return said
    if conversation.preview_author is Author.RULE:
        return tr("Rule: {said}", said=said)
    return said_by(operator, said)


def said_by(operator: str, said: str) -> str:
    """Return what an operator said, after their name; without one it is the only one."""
    return tr("{name}: {value}", name=operator, value=said) if operator else tr("You: {said}", said=said)


def readable(text: str) -> str:
    """Show WeChat's emoticon codes as emoji, or as names; for display only."""
    if "/" not in text and "[" not in text:
        return text
    from wxdesk.ui.look.fonts import has_emoji  # Qt, which the terminal's demonstration can do without

    return _legends(language())[0](text) if has_emoji() else with_names(text)


def with_names(text: str) -> str:
    """Show WeChat's emoticon codes in `text` as names in brackets, for display only."""
    return _legends(language())[1](text)


@cache
def _legends(spoken: str) -> tuple[EmoticonReplacer, EmoticonReplacer]:
    table = emoticons.read_emoticons()
    return emoticons.readable(table, spoken), emoticons.named(table, spoken)


def more_text(count: int) -> str:
    """Return the line below a list that is not complete."""
    return ntr("{n} more: write a few letters to find it", "{n} more: write a few letters to find them", count)


def kind_text(kind: str) -> str:
    """Return a placeholder for a MessageType, ReplyKind or MsgType without text."""
    return tr(KIND_WORDS.get(kind, OTHER_KIND))


_TO_COPY = re.compile(r"https?://[!-~]+|[A-Za-z0-9._@+-]{4,}")
_MOST_TO_COPY = 5


def parts_to_copy(text: str) -> list[str]:
    """Return the first numbers, codes and addresses in a text, to be copied."""
    found = (part.strip(".-+_") for part in _TO_COPY.findall(text))
    worth = [part for part in found if re.search(r"[\d@/]", part) and part != text.strip()]
    return list(dict.fromkeys(worth))[:_MOST_TO_COPY]


MOST_QUOTED = 4
"""Words that stand in a sentence; of more, only their number."""


def quoted(words: tuple[str, ...]) -> str:
    """Quote words in the marks of the language, the first few of many."""
    opening, closing = ("「", "」") if language() == "zh_CN" else ("“", "”")
    shown = "".join if language() == "zh_CN" else " ".join
    text = shown([f"{opening}{word}{closing}" for word in words[:MOST_QUOTED]])
    return tr("{words} and {n} more", words=text, n=len(words) - MOST_QUOTED) if len(words) > MOST_QUOTED else text
