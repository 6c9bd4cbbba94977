"""Team: sign-in and operators."""
