"""Pending replies: timers, edit locks, undo, and changed modes or takeovers."""
