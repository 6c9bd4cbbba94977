"""What the desk needs for its stored answers; the rest of its ports are in `desk.ports`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wxdesk.core.templates import Template


class Templates(Protocol):
    """Stored answers; every saved revision is kept."""

    async def all(self) -> list[Template]:
        """All templates by title."""
        ...

    async def save(self, template: Template, at: datetime) -> Template:
        """Insert (`id` 0) or update, as the next revision; its uses stay. Raises `NotFound`, `ShortcutTaken`."""
        ...

    async def delete(self, template_id: int) -> None:
        """Remove one; its revisions stay. Raises `NotFound`."""
        ...

    async def put_back(self, template: Template) -> None:
        """Undo `delete`: the same id and uses, as it was saved last. Raises `ShortcutTaken`."""
        ...

    async def revisions(self, template_id: int) -> list[Template]:
        """All that was ever saved, the newest first; `updated_at` is when."""
        ...

    async def count_use(self, template_id: int, at: datetime) -> None:
        """It was inserted once more; nothing happens if it was deleted meanwhile."""
        ...
