"""Liquid for replies: checks and renders template texts within bounds."""
