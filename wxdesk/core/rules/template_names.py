"""Names of templates in files and in the window, and changes that rules forbid.

A rule refers to a template by id. A person or a file names it by its shortcut or its title, so each one that
a rule uses must have a name that means no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from wxdesk.core.errors import UsedByRules
from wxdesk.core.model.rule import ActionKind, Reference, Rule
from wxdesk.core.templates import Template, shortcut_key


class TemplateInUse(UsedByRules):
    """A template that cannot be deleted."""

    template = "“{title}” cannot be deleted; used by: {rules}"


class PromptWithoutDefault(UsedByRules):
    """A prompt that needs a default, since a rule has nobody to ask."""

    template = "Rules use this template and have nobody to ask for “{question}”: {rules}. Give it a default."


class TemplateNameInUse(UsedByRules):
    """A name by which rules mean another template, which has no other name."""

    template = "Rules still use this name for “{title}”: {rules}. Choose another title or shortcut."


class TemplateNames:
    """Index of `templates` by name and id; `deleted` has the titles of deleted ones."""

    def __init__(self, templates: Iterable[Template], deleted: Mapping[int, str] = MappingProxyType({})) -> None:
        listed = sorted(templates, key=lambda one: (one.title, one.id))
        self._by_id = {one.id: one for one in listed}
        self._by_title = {one.title: one for one in reversed(listed)}
        self._by_shortcut = {shortcut_key(one.shortcut): one for one in reversed(listed) if one.shortcut}
        self._deleted = deleted

    def find(self, reference: Reference) -> Template | None:
        """Return a template by id or name: a shortcut, else the first of that title."""
        if isinstance(reference, int):
            return self._by_id.get(reference)
        return self._by_shortcut.get(shortcut_key(reference.removeprefix("/"))) or self._by_title.get(reference)

    def name_of(self, reference: Reference) -> str:
        """Return the name in files: the shortcut, or the title of a template without one."""
        template = self.find(reference)
        if template is None:
            return reference if isinstance(reference, str) else self._deleted.get(reference, f"#{reference}")
        return template.shortcut or template.title

    def bound(self, rule: Rule) -> Rule:
        """Return the rule with templates by id, wherever a template has the name."""
        found = {one: self.find(one) for one in templates_in(rule)}
        return _with_templates(rule, {one: template.id for one, template in found.items() if template is not None})

    def named(self, rule: Rule) -> Rule:
        """Return the rule with templates by name, as people and files have it."""
        return _with_templates(rule, {one: self.name_of(one) for one in templates_in(rule)})

    def has_name_for(self, template: Template) -> bool:
        """True if the template's name means no other."""
        return self.find(self.name_of(template.id)) is template


def templates_in(rule: Rule) -> dict[Reference, None]:
    """Return the templates that the rule uses, in order."""
    return dict.fromkeys(action.template for action in rule.then if action.kind is ActionKind.TEMPLATE)


def check_use(rules: Sequence[Rule], before: TemplateNames, after: TemplateNames) -> None:
    """Check that templates in use stay usable, and each by a name of its own.

    Raises:
        TemplateInUse, PromptWithoutDefault, TemplateNameInUse: one does not.
    """
    users: dict[int, dict[str, None]] = {}
    for rule in rules:
        for template in filter(None, map(before.find, templates_in(rule))):
            users.setdefault(template.id, {})[rule.name] = None
    for template_id, names in users.items():
        was, now = before.find(template_id), after.find(template_id)
        assert was is not None  # noqa: S101 - it was found
        if now is None:
            raise TemplateInUse(names, title=was.title)
        if now.unanswered is not None and was.unanswered is None:
            raise PromptWithoutDefault(names, question=now.unanswered.question)
        if before.has_name_for(was) and not after.has_name_for(now):
            raise TemplateNameInUse(names, title=now.title)


def _with_templates(rule: Rule, references: Mapping[Reference, Reference]) -> Rule:
    then = tuple(replace(one, template=references.get(one.template, one.template)) for one in rule.then)
    return rule if then == rule.then else replace(rule, then=then)
