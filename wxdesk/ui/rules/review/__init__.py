"""Reviews of all rules: lint findings, unmatched messages and dry runs."""
