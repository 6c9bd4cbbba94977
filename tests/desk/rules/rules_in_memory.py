"""The store's table of rules, kept in a list: what `store.rules.rules.Rules` promises and nothing more."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from tests.desk.settings.settings_in_memory import KeptSettings, keep_hours
from wxdesk.core.errors import NotFound
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.store.rules.rules import Rules


class KeptRules(Rules):
    """Rules in order, with ids and revisions."""

    def __init__(self, rules: Sequence[Rule] = (), settings: KeptSettings | None = None) -> None:
        self.settings = settings or KeptSettings()
        self._last_id = 0
        self.lists: list[tuple[tuple[int, int], ...]] = []
        self._saved: list[Rule] = []
        self._rules = [self._with_id(rule) for rule in rules]

    async def all(self) -> list[Rule]:
        names = RuleNames(self._rules)
        return [names.bound(replace(rule, position=index)) for index, rule in enumerate(self._rules)]

    async def save(self, rule: Rule, at: datetime) -> Rule:
        if rule.id == 0:
            new = self._with_id(replace(rule, updated_at=at))
            self._rules.insert(rule.place_in(self._rules), new)
            return new
        index = self._index(rule.id)
        self._rules[index] = replace(rule, revision=self._rules[index].revision + 1, updated_at=at)
        self._saved.append(self._rules[index])
        return self._rules[index]

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        index = self._index(rule_id)
        self._rules[index] = replace(self._rules[index], enabled=enabled)

    async def reorder(self, ids: Sequence[int]) -> None:
        place = {rule_id: index for index, rule_id in enumerate(ids)}
        self._rules.sort(key=lambda rule: place.get(rule.id, len(place)))

    async def delete(self, rule_id: int) -> None:
        del self._rules[self._index(rule_id)]

    async def deleted_names(self) -> dict[int, str]:
        listed = {rule.id for rule in self._rules}
        return {rule.id: rule.name for rule in self._saved if rule.id not in listed}

    async def revisions(self, rule_id: int) -> list[Rule]:
        written = [replace(one, position=0, enabled=True) for one in self._saved if one.id == rule_id]
        return written[::-1]

    async def replace_all(self, rules: Sequence[Rule], at: datetime, calendars: Sequence[Calendar] = ()) -> list[Rule]:
        if calendars:
            await keep_hours(self.settings, *calendars)
        self._rules = [self._with_id(replace(rule, updated_at=at)) for rule in rules]
        return await self.all()

    async def record_order(self, revisions: Sequence[tuple[int, int]], at: datetime) -> None:
        self.lists.append(tuple(revisions))

    def _with_id(self, rule: Rule) -> Rule:
        self._last_id += 1
        self._saved.append(replace(rule, id=self._last_id, revision=1))
        return self._saved[-1]

    def _index(self, rule_id: int) -> int:
        for index, rule in enumerate(self._rules):
            if rule.id == rule_id:
                return index
        raise NotFound("rule")
