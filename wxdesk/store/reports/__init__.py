"""Reports: statistics for the insights page and traces for the traffic page.

Imported by `store.opening`; imports `store.engine` and `store.schema`.
"""
