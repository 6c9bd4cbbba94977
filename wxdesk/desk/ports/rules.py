"""What the desk needs for its rules; the rest of its ports are in `desk.ports`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.deleted import Removed
from wxdesk.core.rules.name_binding import CalendarIds
from wxdesk.core.templates import Template

NOTHING_BESIDE: Mapping[str, str] = MappingProxyType({})


class Rules(Protocol):
    """The ordered list of rules; every saved revision is kept."""

    async def all(self) -> list[Rule]:
        """All rules by position, switched-off ones included."""
        ...

    async def save(self, rule: Rule, at: datetime) -> Rule:
        """Insert (`id` 0, at the end but before a trailing default rule) or update, as the next revision.

        Rules that ask for it by its name (`last_rule_within`) follow a new one, in the same transaction.
        """
        ...

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off; no new revision."""
        ...

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; ids left out keep their order at the end."""
        ...

    async def delete(self, rule_id: int) -> None:
        """Remove a rule from the list; its revisions stay for the decisions that name them."""
        ...

    async def put_back(
        self, removed: Removed, answers: Sequence[Template], calendars: CalendarIds, at: datetime
    ) -> None:
        """Undo a deletion: the rule as it was saved last, with its id.

        It means those of the stored `answers` and `calendars` that it meant.
        """
        ...

    async def revisions(self, rule_id: int) -> list[Rule]:
        """All that was ever saved of a rule, the newest first, also of a deleted one; `updated_at` is when."""
        ...

    async def replace_all(
        self, rules: Sequence[Rule], at: datetime, beside: Mapping[str, str] = NOTHING_BESIDE
    ) -> list[Rule]:
        """Replace the list, and store the settings `beside` it (key: value), in one transaction.

        A rule keeps id and revision where its name and content are the same.
        """
        ...

    async def restore(
        self,
        rules: Sequence[Rule],
        at: datetime,
        beside: Mapping[str, str] = NOTHING_BESIDE,
        expected: Sequence[Rule] | None = None,
    ) -> list[Rule]:
        """Let the list be as it was, ids included, and store the settings `beside` it, in one transaction.

        What reads otherwise now gets its former content as a revision.

        Raises:
            Outdated: the list is not as `expected` any more; nothing was changed.
        """
        ...

    async def keep_hours(
        self,
        settings: Mapping[str, str],
        expected: Mapping[str, str | None],
        renamed: Mapping[str, str],
        gone: Collection[str],
        at: datetime,
    ) -> None:
        """Store `settings`, and let rules ask for `renamed` calendars by their new names, in one transaction.

        Raises:
            Outdated: a setting is not as `expected` any more; nothing was changed.
            CalendarInUse: a rule asks for one that is `gone`; nothing was changed.
        """
        ...

    async def keep_list(self, revisions: Sequence[tuple[int, int]], at: datetime) -> None:
        """Note that these are asked in this order from `at` on (id and revision), if they are others than before."""
        ...
