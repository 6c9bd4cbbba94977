"""Finds template variables that can never be set for a given rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wxdesk.core.content.variables import VARIABLES, variables
from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Action, ActionKind, Reference, Rule
from wxdesk.core.templates import Template
from wxdesk.desk.answers.filling import Filling
from wxdesk.desk.answers.template_lookup import action_template

if TYPE_CHECKING:
    from wxdesk.desk.answers.liquid.renderer import LiquidRenderer

_SOME = "1"
"""Stands for a value that can be there."""


def never_set_variables(
    rules: Sequence[Rule], stored: Mapping[Reference, Template], renderer: "LiquidRenderer", *, has_hours: bool
) -> dict[tuple[int, int], str]:
    """Return the first one by rule id and action place; `has_hours`: with a calendar."""
    found = {}
    for rule in rules:
        for place, action in enumerate(rule.then):
            variable = next(_never_set(rule, _texts(action, stored), renderer, has_hours=has_hours), None)
            if variable is not None:
                found[rule.id, place] = variable
    return found


def _texts(action: Action, stored: Mapping[Reference, Template]) -> Iterable[str]:
    template = stored.get(action.template) if action.kind is ActionKind.TEMPLATE else action_template(action)
    return template.sources if template is not None else ()


def _never_set(rule: Rule, texts: Iterable[str], renderer: "LiquidRenderer", *, has_hours: bool) -> Iterator[str]:
    never = set() if has_hours else {"hours."}
    never |= set() if MessageType.ENTER_SESSION in rule.on else {"session_from."}
    never |= set() if any(kind.has_words for kind in rule.on) else {"message.text"}
    for text in texts:
        if never and "{" in text:
            yield from (name for name in _missing(text, never, renderer) if name.startswith(tuple(never)))


def _missing(text: str, never: set[str], renderer: "LiquidRenderer") -> tuple[str, ...]:
    values = _all_values()
    if "hours." in never:
        del values["hours"]
    if "session_from." in never:
        values["session_from"] = {}
    if "message.text" in never:
        values["message"] = {"type": _SOME}
    try:
        return Filling(Template(0, "", text), text, (), values, renderer).prepared().gaps
    except BadTemplate:  # it cannot be worked out with these values, which are not those of a message
        return ()


def _all_values() -> dict[str, object]:
    """Return each variable with a value; those without fixed fields are not checked."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    contact = Contact(0, "", "o1234567", now, alias=_SOME)
    conversation = Conversation(0, "", contact, window=ReplyWindow(1, now))
    message = Message(0, 0, 0, MessageType.TEXT, now, now, text=_SOME)
    hours = dict.fromkeys(VARIABLES["hours"] or (), _SOME)
    return {**variables(message, conversation, Account(_SOME, "", ""), {}, now), "hours": hours}
