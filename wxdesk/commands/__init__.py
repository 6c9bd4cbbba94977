"""Subcommands of `wxdesk` that need more than a few lines, a module each."""
