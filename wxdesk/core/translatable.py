"""A sentence with a value in it, kept apart so that it can be said in the operator's language."""

from __future__ import annotations


class Phrase:
    """A sentence that fills a hole of an error's and has holes of its own."""

    __slots__ = ("sentence", "values")

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence.format(**self.values)
