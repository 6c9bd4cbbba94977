"""What the editors of rules and templates share: a field for Liquid, its variables, and leaving what is unsaved."""
