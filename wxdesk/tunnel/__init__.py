"""Tunnels by which WeChat's requests reach this machine."""
