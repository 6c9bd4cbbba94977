"""Templates and emoticons to insert."""
