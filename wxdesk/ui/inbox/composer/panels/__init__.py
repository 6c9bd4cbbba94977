"""Panels for links, cards and pictures. Imported by `chat` and `composer`."""
