"""The chat region: header, bars and controls of the open conversation.

Imported by `page` and `regions`; imports `timeline`, `composer`, `takeover`, `details` and
`open_conversation`.
"""
