"""The timeline of the open conversation: entries, texts, model and view.

Imported by the rooms of the inbox above `lists`; `bubbles` paints it. Imports `lists` and the kit.
"""
