"""Moving: a store to the other engine, a home to a file and back."""
