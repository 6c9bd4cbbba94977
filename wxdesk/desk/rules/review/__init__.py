"""Review of rules: dry runs over stored messages, lint, and unmatched messages.

Imported by `desk.desk` and the user interface; imports the other modules of `desk.rules`.
"""
