"""Stored answers that an operator can insert."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update

from wxdesk.core.errors import NotFound
from wxdesk.core.model import Template
from wxdesk.store.database import Database
from wxdesk.store.schema import templates
from wxdesk.store.whole import every_call_whole


@every_call_whole
class SqlTemplates:
    """Fills `desk.ports.Templates`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Template]:
        """All templates by title, in code point order on every engine."""
        async with self._db.read() as connection:
            found = [Template(**row) for row in (await connection.execute(select(templates))).mappings()]
        return sorted(found, key=lambda template: (template.title, template.id))

    async def save(self, template: Template, at: datetime) -> Template:
        """Insert (`id` 0) or update; raises `NotFound` if it was deleted meanwhile."""
        values = {
            "title": template.title,
            "body": template.body,
            "shortcut": template.shortcut,
            "updated_at": at,
        }
        new = templates.insert().values(values)
        change = update(templates).where(templates.c.id == template.id).values(values)
        async with self._db.write() as connection:
            statement = (new if template.id == 0 else change).returning(templates.c.id)
            template_id = await connection.scalar(statement)
            if template_id is None:
                raise NotFound("template")
        return replace(template, id=template_id, updated_at=at)

    async def delete(self, template_id: int) -> None:
        """Remove one; raises `NotFound`."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(templates).where(templates.c.id == template_id))
            if gone.rowcount == 0:
                raise NotFound("template")
