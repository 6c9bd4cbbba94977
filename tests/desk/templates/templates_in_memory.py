"""A shelf of templates in memory, for tests that are not about storing."""

from datetime import datetime

from msgspec.structs import replace

from wxdesk.core.errors import NotFound
from wxdesk.core.templates import Template
from wxdesk.store.templates import Templates


class KeptTemplates(Templates):
    """Fills `store.templates.Templates` as the store does, where no rule says a template."""

    def __init__(self) -> None:
        self.kept: dict[int, Template] = {}
        self.saved: list[Template] = []

    async def all(self) -> list[Template]:
        return sorted(self.kept.values(), key=lambda one: (one.title, one.id))

    async def save(self, template: Template, at: datetime) -> Template:
        made = replace(template, id=template.id or len(self.saved) + 1, revision=template.revision + 1, updated_at=at)
        self.kept[made.id] = made
        self.saved.append(made)
        return made

    async def delete(self, template_id: int) -> None:
        if self.kept.pop(template_id, None) is None:
            raise NotFound("template")

    async def put_back(self, template: Template) -> None:
        self.kept[template.id] = template

    async def deleted_titles(self) -> dict[int, str]:
        return {one.id: one.title for one in self.saved if one.id not in self.kept}

    async def revisions(self, template_id: int) -> list[Template]:
        return [one for one in reversed(self.saved) if one.id == template_id]

    async def count_use(self, template_id: int, at: datetime) -> None:
        one = self.kept[template_id]
        self.kept[template_id] = replace(one, uses=one.uses + 1, last_used_at=at)
