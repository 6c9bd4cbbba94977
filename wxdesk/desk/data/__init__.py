"""Data of its owner: backup, export, deletion.

Imported by `desk.desk` and `commands`; imports `ports`.
"""
