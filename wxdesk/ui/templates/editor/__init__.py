"""Editor of one template: title, lookup, content, prompts and preview."""
