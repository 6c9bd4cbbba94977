"""Set-up while the desk runs: the tunnel, and what else leads a push here.

Imported by `app` and the edges; imports `core` and the desk's runtime.
"""
