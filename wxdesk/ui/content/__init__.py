"""What is said, as people see it: laid out and painted alike in bubbles, previews and editors; and its pictures."""
