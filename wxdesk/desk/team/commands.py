"""Commands: the methods of `Desk` that change something, and the terms of each.

The server that works carries them out, for its own window and for desks on other machines; all other methods only
read, and run where they are called.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from msgspec import Struct

from wxdesk.core.model.operator import Role
from wxdesk.core.model.rule import Rule
from wxdesk.core.templates import Template
from wxdesk.desk.conversations.claims import Claims
from wxdesk.desk.desk import Desk

type Subject = Callable[[Desk, Any], Awaitable[str]]
"""Finder of what a command is about, by its first argument; for the record of it."""


async def _named(_: Desk, first: Any) -> str:  # noqa: ANN401 - of whichever command
    """Return the argument, or the name or title of the record that it is."""
    return str(first) if isinstance(first, str | int) else getattr(first, "name", "") or getattr(first, "title", "")


def _named_by_id(all_of: Callable[[Desk], Coroutine[Any, Any, Sequence[Rule | Template]]]) -> Subject:
    async def subject(desk: Desk, first: Any) -> str:  # noqa: ANN401 - a record, or the id of one
        if isinstance(first, int):
            first = next((one for one in await all_of(desk) if one.id == first), "")
        return await _named(desk, first)

    return subject


async def _ids(_: Desk, first: Sequence[int]) -> str:
    return " ".join(map(str, first))


async def _nothing(_: Desk, first: object) -> str:
    """Return nothing: the argument is a whole file, or a choice."""
    return ""


class CommandTerms(Struct, frozen=True):
    """Terms of a command: who may give it, and what goes with it.

    `claim` is made first, with the command's first argument.
    """

    role: Role = Role.OPERATOR
    claim: Callable[[Claims, Any], Awaitable[None]] | None = None
    subject: Subject = _named
    recorded: bool = True
    """False for what has its own history, as replies have, and for what needs none."""
    by_itself: bool = False
    """True if a desk gives it by itself, whoever is signed in there."""
    unasked: bool = False
    """True if it reports what operators see and type, and they wait for nothing."""
    seldom: bool = False
    """True if the same command is not repeated for a while; each key asks for one."""
    forgotten: bool = False
    """True if a command is deleted with its result once the desk has it."""
    local: bool = False
    """True if no other desk gives it: it needs the machine that has the secrets."""

    @property
    def writes(self) -> bool:
        """True if it writes to a customer."""
        return self.claim in (Claims.claim_to_write, Claims.claim_to_change)


_USUAL, _UNRECORDED, _LEAD = CommandTerms(), CommandTerms(recorded=False), CommandTerms(Role.LEAD)
_UNASKED = CommandTerms(recorded=False, unasked=True)
_LOCAL = CommandTerms(Role.OWNER, local=True)
_RULES = CommandTerms(Role.LEAD, subject=_named_by_id(lambda desk: desk.rules.rulebook.all()))
_TEMPLATES = CommandTerms(Role.LEAD, subject=_named_by_id(lambda desk: desk.templates.all()))

_ROWS = (
    ("conversations", _USUAL, "hand_back arm_transfer take_back set_mode describe"),
    ("conversations", CommandTerms(subject=_ids), "change"),
    ("conversations", CommandTerms(claim=Claims.claim), "take_over"),
    ("conversations", _UNASKED, "mark_read"),
    ("claims", _USUAL, "claim join give_back hand_to"),
    ("claims", _LEAD, "take"),
    ("claims", _UNASKED, "see"),
    ("replies", CommandTerms(claim=Claims.claim_to_write, recorded=False), "write write_split"),
    ("replies", CommandTerms(claim=Claims.claim_to_change, recorded=False), "release edit retry"),
    ("replies", _UNRECORDED, "undo lock_for_edit unlock cancel confirm release_held cancel_held"),
    ("drafts", _UNASKED, "keep"),
    ("skipped", CommandTerms(subject=_nothing), "ask_rules"),
    ("outbox", _USUAL, "pause resume"),
    ("outbox", _UNRECORDED, "try_now"),
    ("takeovers", _USUAL, "hand_back_endless"),
    ("attention", _UNASKED, "look"),
    ("presence", CommandTerms(recorded=False, by_itself=True, unasked=True), "attend"),
    ("typing", CommandTerms(recorded=False, seldom=True, unasked=True), "show prepare"),
    ("typing", _UNASKED, "stop"),
    ("rules.rulebook", _RULES, "save set_enabled reorder delete put_back"),
    ("rules.exchange", CommandTerms(Role.LEAD, subject=_nothing), "take_in restore"),
    ("rules.business_hours", _LEAD, "save"),
    ("templates", _TEMPLATES, "save save_all delete put_back"),
    ("templates", _UNASKED, "count_use"),
    ("preferences", _LEAD, "set"),
    ("preferences", _UNRECORDED, "set_own"),
    ("accounts", _LEAD, "set_mode follow_config"),
    ("quarantine", _USUAL, "read_again"),
    ("erasing", CommandTerms(Role.OWNER), "erase"),
    ("customer_data", CommandTerms(recorded=False, forgotten=True), "sheet"),
    ("account_editing", _LOCAL, "add change pause set_secrets set_other_secret set_phone set_customer_data"),
    ("account_editing", _LOCAL, "set rename remove"),
)

COMMANDS = {f"{part}.{name}": command for part, command, names in _ROWS for name in names.split()}
"""Terms of all commands, by the path of their method from `Desk`."""

SHARED = {path: command for path, command in COMMANDS.items() if not command.local}
"""Terms of the commands that desks on other machines give, too."""
