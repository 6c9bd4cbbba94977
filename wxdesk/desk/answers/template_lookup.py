"""Finds the templates that rules refer to."""

from collections.abc import Iterable

from wxdesk.core.errors import Phrase, Text
from wxdesk.core.model.rule import Action, ActionKind, Reference, Rule
from wxdesk.core.rules.template_names import TemplateNames, templates_in
from wxdesk.core.templates import Template
from wxdesk.store.templates import Templates


class TemplateLookup:
    """Templates as of the last `load`; always empty without a `templates` port."""

    def __init__(self, templates: Templates | None = None) -> None:
        self._templates = templates
        self.all: tuple[Template, ...] = ()
        self.names = TemplateNames(())

    async def load(self) -> None:
        """Load all templates from the store."""
        if self._templates is not None:
            self.all = tuple(await self._templates.all())
            self.names = TemplateNames(self.all, await self._templates.deleted_titles())

    async def revisions(self, template_id: int) -> list[Template]:
        """Return all saved revisions of a template, the newest first."""
        return [] if self._templates is None else await self._templates.revisions(template_id)

    def find(self, reference: Reference) -> Template | None:
        """Return the template of that id or name."""
        return self.names.find(reference)

    def of(self, action: Action) -> Template | None:
        """Return the template of what an action sends: a stored one, or its own contents."""
        return self.find(action.template) if action.kind is ActionKind.TEMPLATE else action_template(action)

    def used_by(self, rules: Iterable[Rule]) -> dict[Reference, Template]:
        """Return the templates that rules use, by their references."""
        found = {one: self.find(one) for rule in rules for one in templates_in(rule)}
        return {one: template for one, template in found.items() if template is not None}

    def reason_against(self, reference: Reference) -> Text:
        """Explain to the operator why a rule cannot use the template; empty if it can."""
        template = self.find(reference)
        if template is None:
            return Phrase("There is no template “{name}”.", name=self.names.name_of(reference))
        prompt = template.unanswered
        if prompt is None:
            return ""
        return Phrase(
            "The template “{title}” asks for “{question}”, and a rule has nobody to ask.",
            title=template.title,
            question=prompt.question,
        )


def action_template(action: Action) -> Template:
    """Wrap the reply, picture, link or card of a rule as a template."""
    return Template(0, "", action.text, others=action.others, variant=action.variant, content=action.content)
