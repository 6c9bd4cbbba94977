"""Findings: customers, messages, templates and rules that contain a phrase."""

from dataclasses import dataclass

from wxdesk.core.conversations.listing import SearchHit
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.rule import Rule
from wxdesk.core.search_words import contains
from wxdesk.core.templates import Template, search_templates
from wxdesk.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Findings:
    """Records that contain a phrase, the best first."""

    customers: tuple[Conversation, ...] = ()
    messages: tuple[SearchHit, ...] = ()
    templates: tuple[Template, ...] = ()
    rules: tuple[Rule, ...] = ()


async def find(desk: Desk, phrase: str) -> Findings:
    """Find `phrase` everywhere, in one trip between threads."""
    return Findings(
        tuple(await desk.inbox.customers(phrase)),
        tuple(await desk.inbox.search(phrase)),
        tuple(search_templates(await desk.templates.all(), phrase)),
        tuple(rule for rule in await desk.rules.rulebook.all() if contains(rule.name, phrase)),
    )
