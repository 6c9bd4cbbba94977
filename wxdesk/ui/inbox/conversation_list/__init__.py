"""The left region: filters, search, and the list of conversations.

Imported by `page`, `regions` and `navigation`; imports `lists`, `held_replies` and
`timeline`.
"""
