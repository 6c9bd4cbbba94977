"""The left region: filters, search, conversations."""
