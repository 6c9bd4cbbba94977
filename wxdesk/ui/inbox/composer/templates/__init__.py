"""Templates and emoticons to insert. Imported by `composer`."""
