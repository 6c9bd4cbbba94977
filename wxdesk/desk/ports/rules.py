"""Port for the operator's rules, their order and revisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.deleted import DeletedRule
from wxdesk.core.rules.name_binding import CalendarIds

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Rules(Protocol):
    """The ordered list of rules; every saved revision is kept."""

    async def all(self) -> list[Rule]:
        """Return all rules by position, switched-off ones included."""
        ...

    async def save(self, rule: Rule, at: datetime) -> Rule:
        """Insert a rule (`id` 0) or update it, as the next revision.

        A new one goes to the end, but before a trailing default rule. Rules that refer to it by name
        (`last_rule_within`) follow a new name, in the same transaction.
        """
        ...

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off; no new revision."""
        ...

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; ids left out keep their order at the end."""
        ...

    async def delete(self, rule_id: int) -> None:
        """Delete a rule; its revisions stay for the decisions that name them."""
        ...

    async def put_back(self, removed: DeletedRule, calendars: CalendarIds, at: datetime) -> None:
        """Undo a deletion: the rule as it was saved last, with its id.

        It refers to the same `calendars` as before.
        """
        ...

    async def revisions(self, rule_id: int) -> list[Rule]:
        """Return a rule's revisions, newest first, even if deleted; `updated_at` is when."""
        ...

    async def replace_all(
        self, rules: Sequence[Rule], at: datetime, beside: Mapping[str, str] = NO_SETTINGS
    ) -> list[Rule]:
        """Replace the list and store the settings `beside` it, in one transaction.

        `beside` maps keys to values. A rule keeps id and revision where its name and content are the same.
        """
        ...

    async def restore(
        self,
        rules: Sequence[Rule],
        at: datetime,
        beside: Mapping[str, str] = NO_SETTINGS,
        expected: Sequence[Rule] | None = None,
    ) -> list[Rule]:
        """Restore an earlier list, ids included, and store the settings `beside` it.

        All in one transaction. A rule whose content differs now gets its former content as a new revision.

        Raises:
            Outdated: the list is not as `expected` any more; nothing was changed.
        """
        ...

    async def save_hours(
        self,
        settings: Mapping[str, str],
        expected: Mapping[str, str | None],
        renamed: Mapping[str, str],
        gone: Collection[str],
        at: datetime,
    ) -> None:
        """Store `settings` and rename calendars in rules, in one transaction.

        `renamed` maps old names to new ones.

        Raises:
            Outdated: a setting is not as `expected` any more; nothing was changed.
            CalendarInUse: a rule uses one that is `gone`; nothing was changed.
        """
        ...

    async def record_order(self, revisions: Sequence[tuple[int, int]], at: datetime) -> None:
        """Record the rules asked from `at` on, in order (id and revision), if changed."""
        ...
