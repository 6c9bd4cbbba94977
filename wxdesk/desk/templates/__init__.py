"""Templates: validating, storing and inserting them, and the built-in ones.

Imported by `ui`, `app`, `commands` and `desk.desk`; imports `desk.answers`, `desk.settings` and
`desk.ports`.
"""
