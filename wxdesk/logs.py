"""A log that masks secrets."""
