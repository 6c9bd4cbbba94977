"""History of the schema, a function a revision.

Run by `store.migrate`, with Alembic's operations. A released one is never changed, nor what it imports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wxdesk.store.migrations import from_0001, from_0002, from_0019, from_0024, from_0036

if TYPE_CHECKING:
    from alembic.operations import Operations

type SchemaChange = Callable[[Operations], None]

REVISIONS: dict[str, SchemaChange] = {
    name.removeprefix("to_"): change
    for module in (from_0001, from_0002, from_0019, from_0024, from_0036)
    for name, change in vars(module).items()
    if name.startswith("to_")
}
"""Revisions by their numbers, the oldest first."""
