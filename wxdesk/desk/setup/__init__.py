"""Set-up at work: findings and their sentences, probes, tunnel, account editing.

Imported by `app` and the edges; imports `store`, `config`, `secrets`, the rooms of `desk` for runtime and settings,
and `core`.
"""
