"""Names by which rules refer to templates, and their renaming with the templates.

A rule names a template by its shortcut or its title; after any change of the templates it must not refer to
another one, or none, unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from wxdesk.core.errors import BadInput
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.templates import Template, shortcut_key


class TemplateInUse(BadInput):
    """A template that cannot be deleted, because rules, also disabled ones, use it."""

    template = "“{title}” cannot be deleted; used by: {rules}"

    def __init__(self, title: str, rules: Iterable[str]) -> None:
        super().__init__(title=title, rules=" · ".join(rules))


class PromptWithoutDefault(BadInput):
    """A prompt without a default in a template that rules, also disabled ones, use."""

    template = "Rules say this template and have nobody to ask for “{question}”: {rules}. Give it a default."

    def __init__(self, question: str, rules: Iterable[str]) -> None:
        super().__init__(question=question, rules=" · ".join(rules))


class TemplateNameInUse(BadInput):
    """A name by which rules mean another template, which has no other name."""

    template = "By this name rules mean “{title}” still: {rules}. Choose another title or shortcut."

    def __init__(self, title: str, rules: Iterable[str]) -> None:
        super().__init__(title=title, rules=" · ".join(rules))


class TemplateNames:
    """Index of `templates` by name: by shortcut first, else the first of that title."""

    def __init__(self, templates: Iterable[Template]) -> None:
        listed = sorted(templates, key=lambda one: (one.title, one.id))
        self.by_id = {one.id: one for one in listed}
        self._by_title = {one.title: one for one in reversed(listed)}
        self._by_shortcut = {shortcut_key(one.shortcut): one for one in reversed(listed) if one.shortcut}

    def meant(self, name: str) -> Template | None:
        """Return the template of that name, a shortcut with or without its slash."""
        return self._by_shortcut.get(shortcut_key(name.removeprefix("/"))) or self._by_title.get(name)

    def name_of(self, template: Template, former: str, was: Template) -> str | None:
        """Return a name for `template`, once `former` of `was`; None if all mean others."""
        by_title = (template.title, template.shortcut)
        names = (former, *(by_title if former == was.title else reversed(by_title)))
        meant = ((name, self.meant(name)) for name in names if name)
        return next((name for name, one in meant if one is not None and one.id == template.id), None)


def follow_renames(rules: Sequence[Rule], before: TemplateNames, after: TemplateNames) -> list[tuple[Rule, Rule]]:
    """Return the rules whose names of templates change, each with its new form.

    Raises:
        TemplateInUse, PromptWithoutDefault, TemplateNameInUse: rules would send nothing, or another template.
    """
    for was, calls in _said(rules, before):
        now, users = after.by_id.get(was.id), dict.fromkeys(rule.name for rule, _ in calls)
        if now is None:
            raise TemplateInUse(was.title, users)
        if now.unanswered is not None and was.unanswered is None:
            raise PromptWithoutDefault(now.unanswered.question, users)
        if any(after.name_of(now, name, was) is None for _, name in calls):
            raise TemplateNameInUse(now.title, users)
    pairs = (
        (rule, replace(rule, then=tuple(_renamed(action, before, after) for action in rule.then))) for rule in rules
    )
    return [(rule, other) for rule, other in pairs if rule != other]


def _said(rules: Sequence[Rule], names: TemplateNames) -> Iterator[tuple[Template, list[tuple[Rule, str]]]]:
    """Yield each template in use, with its rules and the names they use."""
    calls: dict[int, list[tuple[Rule, str]]] = {}
    for rule in rules:
        for action in rule.then:
            template = names.meant(action.text) if action.kind is ActionKind.TEMPLATE else None
            if template is not None:
                calls.setdefault(template.id, []).append((rule, action.text))
    return ((names.by_id[template_id], its) for template_id, its in calls.items())


def _renamed(action: Action, before: TemplateNames, after: TemplateNames) -> Action:
    was = before.meant(action.text) if action.kind is ActionKind.TEMPLATE else None
    if was is None:
        return action
    return replace(action, text=after.name_of(after.by_id[was.id], action.text, was) or action.text)
