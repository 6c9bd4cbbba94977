"""Set-up at work: findings and their sentences, probes, tunnel, account editing."""
