"""Replies: lifecycle, parts, gaps, history, effect of new messages."""
