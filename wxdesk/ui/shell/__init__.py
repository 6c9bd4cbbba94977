"""The main window: rail, pages, status bar, and what lies across all pages."""
