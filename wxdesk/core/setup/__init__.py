"""Set-up: verdicts of checks, an account's five facts, its public address.

Pure records and functions; `desk/setup` finds things out and words them.
"""
