"""Trial of a sentence: its scenario, the rules' verdicts, and preview bubbles.

Imported by `ui.rules.page`; imports `ui.rules.editor`, `ui.rules.rule_list` and the rooms below the page.
"""
