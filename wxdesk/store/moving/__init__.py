"""Moving: a store to the other engine, a home to a file and back.

Imported by `commands` and `desk.data`; imports `store.opening` and all below it.
"""
