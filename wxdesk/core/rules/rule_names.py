"""Names of rules, for the rules that refer to them by id."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from wxdesk.core.model.rule import Reference, Rule


class RuleNames:
    """Names and ids of a list of rules; `others` has names of rules outside the list.

    A name that several rules have refers to any of them, and so stays a name.
    """

    def __init__(self, rules: Iterable[Rule], others: Mapping[int, str] = MappingProxyType({})) -> None:
        listed = {rule.id: rule.name for rule in rules}
        self.all = {**others, **listed}
        self._ids: defaultdict[str, tuple[int, ...]] = defaultdict(tuple)
        for rule_id, name in listed.items():
            self._ids[name] += (rule_id,)

    def ids_of(self, reference: Reference) -> Sequence[int]:
        """Return the ids of the listed rules of that id or name."""
        if isinstance(reference, str):
            return self._ids.get(reference, ())
        return [one for one in self._ids.get(self.name_of(reference), ()) if one == reference]

    def name_of(self, reference: Reference) -> str:
        """Return the name of a rule, also of a deleted one."""
        return reference if isinstance(reference, str) else self.all.get(reference, f"#{reference}")

    def reference_to(self, reference: Reference) -> Reference:
        """Return the id of the rule of that name, if one alone has it.

        A listed rule takes the place of one of the `others` with its name.
        """
        ids = self.ids_of(reference) or self.ids_of(self.name_of(reference))
        return ids[0] if len(ids) == 1 and ids[0] else reference

    def bound(self, rule: Rule) -> Rule:
        """Return the rule with other rules by id where possible."""
        return replace(rule, when=rule.when.referring(lambda calendar: calendar, self.reference_to))

    def named(self, rule: Rule) -> Rule:
        """Return the rule with other rules by name, as people and files have it."""
        return replace(rule, when=rule.when.referring(lambda calendar: calendar, self.name_of))
