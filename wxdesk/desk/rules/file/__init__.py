"""The rules file: reading and writing rules and business hours as TOML.

Imported by `desk.rules` and above; imports `desk.answers.liquid` and `desk.rules.patterns`.
"""
