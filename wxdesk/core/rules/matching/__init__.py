"""Matching of messages against rules: guards, conditions, candidates, verdicts."""
