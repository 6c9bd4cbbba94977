"""Changes of the schema since the first release, a function a revision.

A released one is never changed: what it takes from `store.schema` is copied before it changes.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from wxdesk.store.migrations import from_0036

FIRST_RELEASE = "0035"
"""Revision of the schema that the first release made."""

type SchemaChange = Callable[[Connection], None]

REVISIONS: dict[str, SchemaChange] = {
    name.removeprefix("to_"): change for name, change in vars(from_0036).items() if name.startswith("to_")
}
"""Revisions by their numbers, the oldest first."""
