"""Search for customers, messages, templates and rules that contain a phrase."""

from asyncio import gather
from collections.abc import Sequence

from msgspec import Struct

from wxdesk.core.conversations.listing import InboxRow, SearchHit
from wxdesk.core.model.rule import Rule
from wxdesk.core.search_words import contains
from wxdesk.core.templates import Template, search_templates
from wxdesk.desk.desk import Desk

MOST = 100
"""Customers that are found at the most."""


MOST_HITS = 200
"""Messages and replies that are found at the most."""


class Found(Struct, frozen=True):
    """Records that contain a phrase, the best first."""

    customers: tuple[InboxRow, ...] = ()
    messages: tuple[SearchHit, ...] = ()
    templates: tuple[Template, ...] = ()
    rules: tuple[Rule, ...] = ()


def search_rules(rules: Sequence[Rule], phrase: str) -> tuple[Rule, ...]:
    """Return the rules with `phrase` in their names, then those that answer it."""
    found = (rule for rule in rules if any(contains(word, phrase) for word in (rule.name, *rule.when.words)))
    return tuple(sorted(found, key=lambda rule: not contains(rule.name, phrase)))


async def find(desk: Desk, phrase: str) -> Found:
    """Find `phrase` everywhere at once, in one trip between threads."""
    conversations, messages = await gather(desk.inbox.customers(phrase, MOST), desk.inbox.search(phrase, MOST_HITS))
    rows = {row.conversation.id: row for row in await desk.inbox.rows([one.id for one in conversations])}
    return Found(
        tuple(rows[one.id] for one in conversations if one.id in rows),
        tuple(messages),
        tuple(search_templates(await desk.templates.all(), phrase)),
        search_rules(await desk.rules.rulebook.all(), phrase),
    )
