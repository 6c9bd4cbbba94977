"""HOME/config.toml, the file that people write themselves: read and changed.

Imported by `desk`, `app`, `cli` and `commands`; imports `core`, `toml`, `paths` and `timezones`.
"""
