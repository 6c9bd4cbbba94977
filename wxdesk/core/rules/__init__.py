"""Rules: faults, business hours, names, pairing with other lists, usage.

Imported by `core.events` and all other layers; imports `core.conversations` and below. `lint` imports
`matching`.
"""
