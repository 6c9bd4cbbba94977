"""Small values that must survive a restart, such as the pause."""

from sqlalchemy import Connection, delete, select

from wxdesk.store.engine.database import StorePart, put_rows, read_by, reading, write_by, writing
from wxdesk.store.schema.authored import settings

PREFERENCES = "preferences"
"""Key of the preferences of all."""

OWN_PREFERENCES = f"{PREFERENCES}:"
"""Key of an operator's own preferences, followed by the name."""

CALL = "call:"
"""Key of a call not seen yet, followed by name, colon and conversation."""

ACCOUNT_KEYS = ACCOUNT_MODE, SILENCE_TOLD, REMOVED = ("account:", "keep_months:", "removed:")
"""Keys followed by an account's name: its reply mode, deletions told, its removal."""


def get(connection: Connection, key: str, *, for_update: bool = False) -> str | None:
    """Return a value, locked by `for_update` until the transaction ends."""
    query = select(settings.c.value).where(settings.c.key == key)
    value: str | None = connection.scalar(query.with_for_update() if for_update else query)
    return value


def put(connection: Connection, key: str, value: str) -> None:
    """Store a value."""
    put_rows(connection, settings, [{"key": key, "value": value}])


class Settings(StorePart):
    """Small key-value settings that must survive a restart, such as the pause."""

    get = read_by(get)

    @reading
    def beginning(self, connection: Connection, prefix: str) -> dict[str, str]:
        """Return the values whose keys begin so, by key."""
        query = select(settings.c.key, settings.c.value).where(settings.c.key.startswith(prefix, autoescape=True))
        return {row.key: row.value for row in connection.execute(query)}

    set = write_by(put)

    @writing
    def drop(self, connection: Connection, key: str) -> None:
        """Forget a value."""
        connection.execute(delete(settings).where(settings.c.key == key))
