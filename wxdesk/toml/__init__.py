"""TOML files: read and written, mistakes explained, keys and values found."""

from wxdesk.toml.lines import Path, TomlLines
from wxdesk.toml.parsing import BadToml, parsed_toml
from wxdesk.toml.writing import table_text, toml_pairs, toml_value

__all__ = ["BadToml", "Path", "TomlLines", "parsed_toml", "table_text", "toml_pairs", "toml_value"]
