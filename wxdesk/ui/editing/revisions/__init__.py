"""What rules and templates said before: every revision, compared with the present one, and taken back."""
