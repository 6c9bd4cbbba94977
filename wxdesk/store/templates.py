"""Templates, which operators insert and rules send, with every revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, delete, func, select, text, update

from wxdesk.core.errors import NotFound, ShortcutTaken, required
from wxdesk.core.rules.template_names import TemplateNames, check_use
from wxdesk.core.templates import Template, same_shortcut
from wxdesk.store.engine.database import StorePart, read_by, reading, writing
from wxdesk.store.rules.rules import all_rules, bind
from wxdesk.store.schema.authored import template_revisions, templates


def _revisions(connection: Connection, template_id: int) -> list[Template]:
    """Return all saved revisions, newest first; `updated_at` is when each was saved."""
    query = select(template_revisions).where(template_revisions.c.template_id == template_id)
    rows = connection.execute(query.order_by(template_revisions.c.revision.desc()))
    return [
        replace(row.template, id=template_id, revision=row.revision, updated_at=row.saved_at, by=row.by) for row in rows
    ]


class Templates(StorePart):
    """Templates; every saved revision is kept."""

    async def all(self) -> list[Template]:
        """Return all templates by title, in code point order on every engine."""
        return sorted(await self._db.read(_all), key=lambda template: (template.title, template.id))

    @writing
    def save(self, connection: Connection, template: Template, at: datetime) -> Template:
        """Insert a template (`id` 0) or update it, as the next revision; its uses stay.

        Raises:
            NotFound, ShortcutTaken: nothing was stored.
            PromptWithoutDefault, TemplateNameInUse: rules would lose their answer; nothing was stored.
        """
        known = _known(connection)
        _refuse_taken(template, known)
        if template.id == 0:
            saved = replace(template, revision=1, updated_at=at, uses=0, last_used_at=None)
            new = connection.scalar(templates.insert().values(_values(saved)).returning(templates.c.id))
            saved = replace(saved, id=new or 0)
            _keep_for_rules(connection, known, [*known, saved])
            return _with_revision(connection, saved)
        old = required(next((one for one in known if one.id == template.id), None), "template")
        last = select(func.max(template_revisions.c.revision)).where(template_revisions.c.template_id == old.id)
        revision = max(connection.scalar(last) or 0, old.revision) + 1
        saved = replace(template, revision=revision, updated_at=at, uses=old.uses, last_used_at=old.last_used_at)
        _keep_for_rules(connection, known, [saved if one is old else one for one in known])
        connection.execute(update(templates).where(templates.c.id == old.id).values(_values(saved)))
        return _with_revision(connection, saved)

    @writing
    def delete(self, connection: Connection, template_id: int) -> None:
        """Delete a template, keeping its revisions; raises `NotFound`, `TemplateInUse`."""
        known = _known(connection)
        left = [one for one in known if one.id != template_id]
        if len(left) == len(known):
            raise NotFound("template")
        check_use(all_rules(connection, for_update=True), TemplateNames(known), TemplateNames(left))
        connection.execute(delete(templates).where(templates.c.id == template_id))

    @writing
    def put_back(self, connection: Connection, template: Template) -> None:
        """Undo `delete`: restore id, uses and last content; a second call changes nothing.

        Raises `ShortcutTaken`, `TemplateNameInUse`.
        """
        known = _known(connection)
        if any(one.id == template.id for one in known):
            return  # another desk was faster
        last = next(iter(_revisions(connection, template.id)), template)  # saved by others, or since an earlier undo
        again = replace(last, uses=template.uses, last_used_at=template.last_used_at)
        _refuse_taken(again, known)
        _keep_for_rules(connection, known, [*known, again])
        connection.execute(templates.insert().values(id=again.id, **_values(again)))

    @reading
    def deleted_titles(self, connection: Connection) -> dict[int, str]:
        """Return the last titles of deleted templates by id."""
        query = select(template_revisions).where(template_revisions.c.template_id.not_in(select(templates.c.id)))
        rows = connection.execute(query.order_by(template_revisions.c.revision))
        return {row.template_id: row.template.title for row in rows}

    revisions = read_by(_revisions)

    @writing
    def count_use(self, connection: Connection, template_id: int, at: datetime) -> None:
        """Count one more insertion; does nothing if the template was deleted."""
        change = update(templates).where(templates.c.id == template_id)
        connection.execute(change.values(uses=templates.c.uses + 1, last_used_at=at))


_BESIDE = ("revision", "updated_at", "uses", "last_used_at")
"""Fields of a template that are columns of their own."""


def _all(connection: Connection) -> list[Template]:
    found = connection.execute(select(templates))
    return [replace(row.template, id=row.id, **{name: getattr(row, name) for name in _BESIDE}) for row in found]


def _known(connection: Connection) -> list[Template]:
    """Return all templates, locked against additions and changes by others."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"LOCK TABLE {templates.name} IN SHARE ROW EXCLUSIVE MODE"))
    return _all(connection)


def _refuse_taken(template: Template, known: list[Template]) -> None:
    for other in known:
        if other.id != template.id and same_shortcut(other.shortcut, template.shortcut):
            raise ShortcutTaken(shortcut=template.shortcut, title=other.title)


def _values(template: Template) -> dict[str, Any]:
    return {name: getattr(template, name) for name in _BESIDE} | {"template": template.written}


def _with_revision(connection: Connection, template: Template) -> Template:
    values = {"template_id": template.id, "revision": template.revision, "template": template.written}
    connection.execute(template_revisions.insert().values(**values, saved_at=template.updated_at))
    return template


def _keep_for_rules(connection: Connection, before: Sequence[Template], after: Sequence[Template]) -> None:
    """Check that rules keep their templates, and let those refer by id that can now."""
    rules, names = all_rules(connection, for_update=True), TemplateNames(after)
    check_use(rules, TemplateNames(before), names)
    bind(connection, rules, names.bound)
