"""Rules: faults, business hours, names, pairing with other lists, usage."""
