"""What is true: records and pure functions.

Standard library only, no input or output, no clock: whatever a function needs is handed to it.
"""
