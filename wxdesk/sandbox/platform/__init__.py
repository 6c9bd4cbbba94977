"""State and rules of the simulated WeChat: tokens, contacts, media, quota, faults.

No HTTP. Imported by the other rooms of `sandbox`; imports `webhook.crypto`, `desk.ports` and `core`.
"""
