"""The chat region: header, bars and controls of the open conversation.

Imported by `page`, `regions` and `conversation_list` (its placeholder); imports `timeline`, `composer`,
`takeover`, `details` and `open_conversation`.
"""
