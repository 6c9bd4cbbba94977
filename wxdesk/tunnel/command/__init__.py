"""Tunnel by another program: its start on a leash, its output, known programs.

Imported by `tunnel.drivers`; `__main__` imports its launcher alone.
"""
