"""A conversation's columns: status, takeover, transfer, preview, waiting since."""
