"""Finds templates by the names that rules use: shortcut or title."""

from __future__ import annotations

from wxdesk.core.rules.template_names import TemplateNames
from wxdesk.core.templates import Template
from wxdesk.desk.ports.templates import Templates
from wxdesk.i18n import tr


class TemplateLookup:
    """Templates as of the last `load`; always empty without a `templates` port."""

    def __init__(self, templates: Templates | None = None) -> None:
        self._templates = templates
        self.all: tuple[Template, ...] = ()
        self._names = TemplateNames(())

    async def load(self) -> None:
        """Load all templates from the store."""
        if self._templates is not None:
            self.all = tuple(await self._templates.all())
            self._names = TemplateNames(self.all)

    async def revisions(self, template_id: int) -> list[Template]:
        """Return all saved revisions of a template, the newest first."""
        return [] if self._templates is None else await self._templates.revisions(template_id)

    def named(self, name: str) -> Template | None:
        """Return the template of that shortcut, else the first of that title."""
        return self._names.meant(name)

    def reason_against(self, name: str) -> str:
        """Explain to the operator why a rule cannot use the template; empty if it can."""
        template = self.named(name)
        if template is None:
            return tr("There is no template “{name}”.", name=name)
        prompt = template.unanswered
        if prompt is None:
            return ""
        return tr(
            "The template “{title}” asks for “{question}”, and a rule has nobody to ask.",
            title=template.title,
            question=prompt.question,
        )
