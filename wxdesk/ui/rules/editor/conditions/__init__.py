"""Card of a rule's conditions as one sentence, made of a part for each."""
