"""Rules at work: the rulebook, validation, import and export, trials and reviews.

Imported by `desk.messages` and the rooms above; imports `desk.answers` and the rooms below it.
"""
