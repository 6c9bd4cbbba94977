"""Tunnels by which WeChat's requests reach this machine.

Imported by `app`; imports `desk`, `config` and layers below, never another edge.
"""
