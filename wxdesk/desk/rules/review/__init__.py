"""Review of rules: dry runs over stored messages, lint, and unmatched messages."""
