"""TOML files: read, their mistakes explained, and the places of keys and values.

Imported by `desk` and `config`; imports `core`.
"""

from wxdesk.toml.lines import Path, TomlLines
from wxdesk.toml.parsing import BadToml, parsed_toml

__all__ = ["BadToml", "Path", "TomlLines", "parsed_toml"]
