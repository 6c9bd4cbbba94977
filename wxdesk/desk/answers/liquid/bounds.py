"""Bounds of a template."""

from wxdesk.core.content.variables import MAX_PARTS, TEXT_LIMIT_BYTES

SOURCE_LIMIT = 4096
"""Characters of a template."""

OUTPUT_LIMIT = MAX_PARTS * TEXT_LIMIT_BYTES
"""Bytes of a rendered text; more would cost more replies than a rule should spend."""

SECONDS = 0.05
"""Processor time of one rendering."""
