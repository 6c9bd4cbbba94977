"""The inbox: list rows, figures, timeline, and conversations that need attention."""
