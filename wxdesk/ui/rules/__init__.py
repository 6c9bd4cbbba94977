"""Rules page: list, editor, trial, reviews, business hours, import and export."""
