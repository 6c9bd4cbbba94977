"""Data of its owner: backup, export, deletion."""
