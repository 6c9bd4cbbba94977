"""The room `desk.answers.liquid`."""
