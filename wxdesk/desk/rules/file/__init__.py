"""The rules file: reading and writing rules and business hours as TOML."""
