"""Panels for links, cards and pictures."""
