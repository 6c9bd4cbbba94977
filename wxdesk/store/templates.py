"""Stored answers that an operator can insert."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from wxdesk.core.errors import NotFound
from wxdesk.core.model import Template
from wxdesk.store.database import Database
from wxdesk.store.schema import templates


class SqlTemplates:
    """Fills `desk.ports.Templates`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Template]:
        """All templates by title, in code point order on every engine."""
        return sorted(await self._db.read(_all), key=lambda template: (template.title, template.id))

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
        template_id = await self._db.write(_save, (new if template.id == 0 else change).returning(templates.c.id))
        if template_id is None:
            raise NotFound("template")
        return replace(template, id=template_id, updated_at=at)

    async def delete(self, template_id: int) -> None:
        """Remove one; raises `NotFound`."""
        if not await self._db.write(_delete, template_id):
            raise NotFound("template")


def _all(connection: Connection) -> list[Template]:
    return [Template(**row) for row in connection.execute(select(templates)).mappings()]


def _save(connection: Connection, statement: ReturningInsert[int] | ReturningUpdate[int]) -> int | None:
    return connection.scalar(statement)


def _delete(connection: Connection, template_id: int) -> bool:
    return connection.execute(delete(templates).where(templates.c.id == template_id)).rowcount > 0
