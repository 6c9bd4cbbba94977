"""Port for the operator's templates and their revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wxdesk.core.templates import Template


class Templates(Protocol):
    """Templates; every saved revision is kept."""

    async def all(self) -> list[Template]:
        """Return all templates by title."""
        ...

    async def save(self, template: Template, at: datetime) -> Template:
        """Insert a template (`id` 0) or update it, as the next revision; its uses stay.

        Raises:
            NotFound, ShortcutTaken: nothing was stored.
            PromptWithoutDefault, TemplateNameInUse: rules would lose their answer; nothing was stored.
        """
        ...

    async def delete(self, template_id: int) -> None:
        """Delete a template, keeping its revisions; raises `NotFound`, `TemplateInUse`."""
        ...

    async def put_back(self, template: Template, at: datetime) -> None:
        """Undo a deletion, with id and uses; raises `ShortcutTaken`, `TemplateNameInUse`."""
        ...

    async def deleted_titles(self) -> dict[int, str]:
        """Return the last titles of deleted templates by id."""
        ...

    async def revisions(self, template_id: int) -> list[Template]:
        """Return all saved revisions, newest first; `updated_at` is when each was saved."""
        ...

    async def count_use(self, template_id: int, at: datetime) -> None:
        """Count one more insertion; does nothing if the template was deleted."""
        ...
