"""The main window: rail, pages, status bar, and what lies across all pages.

Imported by `notifications` and `ui.window`; imports the pages and the rooms below them.
"""
