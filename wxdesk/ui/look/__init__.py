"""Look of the window: colours, fonts, icons, and the one style sheet.

Imported by every other room of `ui`; imports none of them.
"""
