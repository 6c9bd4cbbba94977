"""Liquid for replies: checks and renders template texts within bounds.

Imported by the rest of `desk.answers` and the rooms above it; no other room imports python-liquid.
"""
