"""Tunnel by an SSH server: forwarding to this machine, login, frps' gateway.

Imported by `tunnel.drivers` when it is needed, as asyncssh loads slowly.
"""
