"""The right region: customer, reasons, history. Imported by `page` and `chat`."""
