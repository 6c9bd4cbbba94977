"""Sentences of the window about the desk's records, without widgets."""
