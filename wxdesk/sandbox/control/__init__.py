"""Control API and page of the sandbox under /control.

For people who test a back end.
"""
