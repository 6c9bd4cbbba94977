"""The composer: writing, sending, editing and undoing the operator's replies.

`panels` make links, cards and pictures; `templates` insert stored texts. Imported by `chat`; imports
`timeline`, `open_conversation`, `sendability` and the kit.
"""
