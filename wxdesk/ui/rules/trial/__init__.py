"""Trial of a sentence: its scenario, the rules' verdicts, and preview bubbles."""
