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
        """Insert (`id` 0) or update, as the next revision; its uses stay.

        Rules that say a template go on saying it, by another name if need be, in the same transaction.

        Raises:
            NotFound, ShortcutTaken: nothing was stored.
            AskedOfRules, NameOfAnother: rules would lose what they say; nothing was stored.
        """
        ...

    async def delete(self, template_id: int) -> None:
        """Remove one; its revisions stay. Raises `NotFound`, or `AnswerInUse` if a rule says it."""
        ...

    async def put_back(self, template: Template, at: datetime) -> None:
        """Undo `delete`: the same id and uses, as it was saved last. Raises `ShortcutTaken`, `NameOfAnother`."""
        ...

    async def revisions(self, template_id: int) -> list[Template]:
        """All that was ever saved, the newest first; `updated_at` is when."""
        ...

    async def count_use(self, template_id: int, at: datetime) -> None:
        """It was inserted once more; nothing happens if it was deleted meanwhile."""
        ...
