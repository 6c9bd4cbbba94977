"""The right region: customer, reasons, history."""
