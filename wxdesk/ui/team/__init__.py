"""Team: sign-in and operators.

Imported by `window` and `settings`; imports `widgets`, `runtime` and the desk.
"""
