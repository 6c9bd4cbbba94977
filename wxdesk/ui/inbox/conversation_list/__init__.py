"""The left region: filters, search, conversations. Imported by `page`."""
