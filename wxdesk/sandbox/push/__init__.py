"""Simulated pushes to a listener: bodies, encryption, retries, faults and journal."""
